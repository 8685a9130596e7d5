"""The rows of a holdout that both contenders answered."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from reign_trainer.evidence.measure.arrays import Bools

from .seen_rows import SeenRows
from .shared_classes import SharedClasses


@dataclass(frozen=True)
class HoldoutRows:
    """The rows of a holdout that both contenders answered, in the order of their ids.

    Attributes
    ----------
    challenger : pyarrow.Table
        Its stored predictions.
    champion : pyarrow.Table or None
        Those of the champion, row for row; None where there is none that could be scored.
    anchor : pyarrow.Table or None
        Those of the anchor, row for row; None as well where it lacks a row.
    holdout : int
        How many rows the challenger's holdout has.
    holdout_of_champion : int or None
        How many the champion's has.
    labels_differ : int
        Rows whose label is another one in the champion's query.
    labelled, chose, known : ndarray of shape (n,), bool
        Rows with a label; labelled rows that took part in choosing the champion; rows whose class, if they have one,
        every version knows.
    seen : SeenRows
        Which rows the contenders were fitted on.
    classes : SharedClasses
    """

    challenger: pa.Table
    champion: pa.Table | None
    anchor: pa.Table | None
    holdout: int
    holdout_of_champion: int | None
    labels_differ: int
    labelled: Bools
    chose: Bools
    known: Bools
    seen: SeenRows
    classes: SharedClasses

    def only(self, keep: Bools) -> HoldoutRows:
        """Give the rows where `keep` is true."""
        mask = pa.array(keep)

        def kept(rows: pa.Table | None) -> pa.Table | None:
            return None if rows is None else rows.filter(mask)

        return replace(
            self,
            challenger=self.challenger.filter(mask),
            champion=kept(self.champion),
            anchor=kept(self.anchor),
            labelled=self.labelled[keep],
            chose=self.chose[keep],
            known=self.known[keep],
            seen=self.seen.only(keep),
        )

    def why_none_is_left(self, keep: Bools) -> str | None:
        """Say why none of the rows is kept, if so."""
        if keep.any():
            return None
        if self.holdout == 0:
            return "the holdout has no rows"
        if self.challenger.num_rows == 0:
            return "no row is in the holdout of both queries: the two row ids have nothing in common"
        if not self.labelled.any():
            return "no row of the holdout has a label"
        if not (self.labelled & ~self.chose).any():
            return "every labelled row of the holdout took part in choosing the champion: judge on newer rows"
        if not (self.labelled & self.known & ~self.chose).any():
            return "no labelled row is of a class that both versions know"
        return "no labelled row has an approval probability above zero"

    def count_other_classes(self) -> int | None:
        """Count the rows of a class that not every version knows; None where every version knows every class."""
        return None if self.classes.all_known else int(np.count_nonzero(self.labelled & ~self.known))
