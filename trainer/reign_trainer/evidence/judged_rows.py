"""Which rows of a holdout are judged, and what each of them weighs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reign_trainer.evidence.measure.arrays import Bools, Floats
from reign_trainer.known_row_ids import ids_of
from reign_trainer.shapes import Definition, EvaluateRequest, Selection

from .calibration import swap_ins
from .labels import selection
from .measure import MeasureError
from .rows.clusters import cluster_codes
from .rows.columns import numbers
from .rows.holdout_rows import HoldoutRows
from .rows.row_hash import row_hash


@dataclass(frozen=True)
class JudgedRows:
    """The rows that count.

    Attributes
    ----------
    rows : HoldoutRows
        These alone.
    weights : ndarray of shape (n,) or None
        Inverse approval probabilities, where the labelled rows stand in for others.
    selection : Selection or None
    unmeasured : str or None
        Why nothing can be measured, if so.
    row_hash : str
        Of their ids.
    clusters : ndarray of shape (n,) or (n, 2), int64
        Codes from 0 without gaps.
    seed : int
        Follows from the cycle and its rows: resampling is part of what the same inputs give again.
    """

    rows: HoldoutRows
    weights: Floats | None
    selection: Selection | None
    unmeasured: str | None
    row_hash: str
    clusters: npt.NDArray[np.int64]
    seed: int

    def own_weights(self) -> Floats:
        """Give what each row weighs; broken weights as zero."""
        rows = self.rows.challenger
        own = numbers(rows, "weight") if "weight" in rows.column_names else np.ones(rows.num_rows)
        both = own if self.weights is None else own * self.weights
        return np.where(np.isfinite(both) & (both > 0), both, 0.0)


def judge_rows(holdout: HoldoutRows, request: EvaluateRequest) -> JudgedRows:
    """Leave out rows without label, rows that chose the champion, and rows that stand in for nobody."""
    definition = request.definition
    keep = holdout.labelled & holdout.known & ~holdout.chose & _weighs(holdout, definition)
    selected, weights, unmeasured = None, None, None
    if definition.source.labels != "complete" and definition.source.selection is not None:
        swapped = swap_ins(holdout.challenger, holdout.champion, definition.gate, definition)
        try:
            selected, weights = selection(holdout.challenger, definition, keep, swapped)
        except MeasureError as error:
            unmeasured = str(error)
    if weights is not None:
        keep = keep & (weights > 0)
        weights = weights[keep]
    rows = holdout.only(keep)
    hash_of_rows = row_hash(ids_of(rows.challenger))
    return JudgedRows(
        rows=rows,
        weights=weights,
        selection=selected,
        unmeasured=unmeasured or holdout.why_none_is_left(keep),
        row_hash=hash_of_rows,
        clusters=cluster_codes(rows.challenger, definition.source.cluster),
        seed=int(hashlib.sha256(f"{request.cycle.id}\n{hash_of_rows}".encode()).hexdigest()[:12], 16),
    )


def _weighs(holdout: HoldoutRows, definition: Definition) -> Bools:
    """Say which rows count: those of weight zero are no evidence. Broken weights are reported when measuring."""
    if definition.source.weight is None:
        return np.ones(holdout.challenger.num_rows, dtype=np.bool_)
    return np.asarray(numbers(holdout.challenger, "weight") != 0)
