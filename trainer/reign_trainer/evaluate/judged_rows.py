"""Which rows of the holdout are judged, and why the others are not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reign_trainer.errors import TrainerError
from reign_trainer.shapes import ContenderRequest, Definition, EvaluateRequest, EvidenceRows
from reign_trainer.store import Store

from .clusters import cluster_columns

ROW_ID = "reign_row_id"
EVENT_TIME = "reign_event_time"


@dataclass(frozen=True)
class JudgedRows:
    """The rows of a comparison, in the order of their ids.

    Attributes
    ----------
    challenger : pyarrow.Table
        Predictions of the challenger for the judged rows.
    champion : pyarrow.Table or None
        Those of the champion, row for row; None where there is none that could be scored.
    counts : EvidenceRows
    """

    challenger: pa.Table
    champion: pa.Table | None
    counts: EvidenceRows

    @property
    def ids(self) -> pa.Array:
        """The row ids."""
        return ids_of(self.challenger)


def judged_rows(request: EvaluateRequest, store: Store) -> JudgedRows:
    """Read both contenders' predictions and keep the rows that they can be compared on.

    Left out, and counted, are in this order: rows that are not in the holdout of both; rows without label; rows that took
    part in choosing the champion. Where labels differ between the two queries, the challenger's count: its query is
    the one that the definition has now.
    """
    if request.challenger.predictions is None:
        raise TrainerError("MeasurementImpossible", "The challenger has no predictions.")
    challenger = _predictions(store, request.challenger.predictions, request.definition)
    champion = None
    holdout = challenger.num_rows
    labels_differ = 0
    if request.champion is not None and request.champion.predictions is not None:
        champion = store.read_rows("predictions", request.champion.predictions)
        challenger, champion = _in_both(challenger, champion)
        labels_differ = _differences(challenger.column("label"), champion.column("label"))

    labelled = _labelled(challenger)
    chose = _chose_champion(request, store, challenger) & labelled
    keep = pa.array(labelled & ~chose)
    counts = EvidenceRows(
        holdout=holdout,
        in_both=challenger.num_rows,
        unlabelled=int(np.count_nonzero(~labelled)),
        chose_champion=int(np.count_nonzero(chose)),
        labels_differ=labels_differ,
        judged=pc.sum(keep).as_py() or 0,
    )
    return JudgedRows(challenger.filter(keep), None if champion is None else champion.filter(keep), counts)


def fitted_on(contender: ContenderRequest, ids: pa.Array, store: Store) -> int:
    """Count the judged rows that a contender was fitted on."""
    trained = ids_of(store.read_rows("snapshots", contender.train_snapshot, [ROW_ID]))
    return int(np.count_nonzero(_is_in(ids, trained)))


def ids_of(rows: pa.Table) -> pa.Array:
    """Give the row ids as one array."""
    ids = rows.column(ROW_ID).combine_chunks()
    return ids if pa.types.is_integer(ids.type) else ids.cast(pa.large_string())


def _predictions(store: Store, predictions: str, definition: Definition) -> pa.Table:
    rows = store.read_rows("predictions", predictions)
    source = definition.source
    needed = [ROW_ID, EVENT_TIME, "label", *cluster_columns(source.cluster), *(["weight"] if source.weight else [])]
    missing = [name for name in needed if name not in rows.column_names]
    if missing:
        raise TrainerError("StoreCorrupt", f"The predictions {predictions} have no column {', '.join(missing)}.")
    return rows


def _in_both(challenger: pa.Table, champion: pa.Table) -> tuple[pa.Table, pa.Table]:
    ours, theirs = ids_of(challenger), ids_of(champion)
    if ours.equals(theirs):
        return challenger, champion
    if ours.type != theirs.type:
        return challenger.slice(0, 0), champion.slice(0, 0)
    at = pc.index_in(ours, value_set=theirs)
    both = at.is_valid()
    return challenger.filter(both), champion.take(at.drop_null())


def _labelled(rows: pa.Table) -> np.ndarray:
    return np.asarray(~np.isnan(rows.column("label").cast(pa.float64()).fill_null(np.nan).to_numpy()))


def _differences(ours: pa.ChunkedArray, theirs: pa.ChunkedArray) -> int:
    first, second = (column.cast(pa.float64()).fill_null(np.nan).to_numpy() for column in (ours, theirs))
    return int(np.count_nonzero((first != second) & ~(np.isnan(first) & np.isnan(second))))


def _chose_champion(request: EvaluateRequest, store: Store, rows: pa.Table) -> np.ndarray:
    chose = np.zeros(rows.num_rows, dtype=np.bool_)
    if request.champion is None:
        return chose
    ids = ids_of(rows)
    for snapshot in request.chose_champion:
        chosen_on = ids_of(store.read_rows("snapshots", snapshot, [ROW_ID]))
        if chosen_on.type == ids.type:
            chose |= _is_in(ids, chosen_on)
        else:
            # The row id has become another column since: no id can be found again, so the whole period goes.
            chose |= _in_window(rows, store.read_manifest("snapshots", snapshot)["window"])
    return chose


def _in_window(rows: pa.Table, window: dict[str, str]) -> np.ndarray:
    times = rows.column(EVENT_TIME).to_numpy()
    start, end = (np.datetime64(window[bound].removesuffix("Z"), "us") for bound in ("from", "to"))
    return np.asarray((times >= start) & (times < end))


def _is_in(ids: pa.Array, others: pa.Array) -> np.ndarray:
    if ids.type != others.type:
        return np.zeros(len(ids), dtype=np.bool_)
    return np.asarray(pc.is_in(ids, value_set=others).to_numpy(zero_copy_only=False))
