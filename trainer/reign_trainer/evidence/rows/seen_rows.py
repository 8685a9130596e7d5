"""Which rows are in the snapshots that versions were fitted or chosen on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reign_trainer.constants import EVENT_TIME
from reign_trainer.evidence.measure.arrays import Bools
from reign_trainer.known_row_ids import KnownRowIds, ids_of

from .columns import in_window


@dataclass(frozen=True)
class SeenRows:
    """For some rows, which of them each snapshot holds.

    Attributes
    ----------
    count : int
        How many rows there are.
    by_snapshot : dict of str to ndarray of shape (count,), bool
        Of every snapshot whose row ids are known.
    """

    count: int
    by_snapshot: dict[str, Bools]

    def in_any(self, snapshots: Iterable[str]) -> Bools:
        """Tell which rows are in any of some snapshots. Snapshots whose row ids are gone tell of no row."""
        known = [self.by_snapshot[one] for one in snapshots if one in self.by_snapshot]
        return np.logical_or.reduce(known) if known else np.zeros(self.count, dtype=np.bool_)

    def count_in(self, snapshot: str) -> int | None:
        """Count the rows that a snapshot holds; None where nobody knows any more which rows it held."""
        held = self.by_snapshot.get(snapshot)
        return None if held is None else int(np.count_nonzero(held))

    def only(self, keep: Bools) -> SeenRows:
        """Give the rows where `keep` is true."""
        return SeenRows(
            int(np.count_nonzero(keep)), {snapshot: held[keep] for snapshot, held in self.by_snapshot.items()}
        )


def held_by(snapshot: KnownRowIds, rows: pa.Table, evidence_format: int) -> Bools:
    """Tell which rows a snapshot holds: by row id or, where that is another column by now, by time.

    Parameters
    ----------
    snapshot : KnownRowIds
    rows : pyarrow.Table
        Stored predictions.
    evidence_format : int
        By the rules of format 2 a time is looked for in the window of the snapshot's manifest, where it has one; later in
        the period from its first to its last event.
    """
    ids = ids_of(rows)
    if snapshot.ids.type == ids.type:
        return np.asarray(pc.is_in(ids, value_set=snapshot.ids).to_numpy(zero_copy_only=False))
    # The row id has become another column since: no id can be found again, so the whole period goes.
    if snapshot.window is not None and evidence_format < 3:
        return in_window(rows, snapshot.window)
    if snapshot.events is None:
        return np.zeros(rows.num_rows, dtype=np.bool_)
    first, last = (np.datetime64(one, "us") for one in snapshot.events)
    times = rows.column(EVENT_TIME).to_numpy()
    return np.asarray((times >= first) & (times <= last))
