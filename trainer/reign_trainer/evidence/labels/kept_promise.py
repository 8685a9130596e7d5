"""Do recorded approval probabilities come true? A wrong one weighs the labelled rows wrongly, and nobody would see it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from reign_trainer.evidence.measure.arrays import Bools, Floats
from reign_trainer.evidence.rows.columns import event_days

PARTS = 5
NEGLIGIBLE = 0.02
"""Shares that differ by no more than this are not told."""


def contradicted(accepted: Bools, probability: Floats) -> int:
    """Count rows that were accepted without a chance, or turned away although their acceptance was certain."""
    return int(np.count_nonzero(accepted & (probability == 0)) + np.count_nonzero(~accepted & (probability == 1)))


def disagreement(table: pa.Table, accepted: Bools, probability: Floats) -> float:
    """Hold the share that was accepted against the mean probability: of all rows, and by fifths of score and probability.

    Whoever cuts by the score and records a constant probability is right on the whole and wrong in every fifth of the
    score.

    Parameters
    ----------
    table : pyarrow.Table
        Stored predictions, with the event time and, but for several classes, a score.
    accepted : ndarray of shape (n,), bool
    probability : ndarray of shape (n,)

    Returns
    -------
    float
        The largest difference in standard errors clustered by day, of those above `NEGLIGIBLE`; 0 where there is none.
    """
    residual = accepted.astype(np.float64) - probability
    days = np.unique(event_days(table), return_inverse=True)[1]
    groupings = [np.zeros(residual.size, dtype=np.intp), _fifths(probability)]
    if "score" in table.column_names:
        groupings.append(_fifths(table.column("score").to_numpy()))
    found = [
        _standardised(residual[codes == part], days[codes == part])
        for codes in groupings
        for part in np.unique(codes).tolist()
    ]
    return max(found, default=0.0)


def _fifths(values: Floats) -> np.ndarray:
    return np.asarray(np.searchsorted(np.quantile(values, np.arange(1, PARTS) / PARTS), values, side="right"))


def _standardised(residual: Floats, days: np.ndarray) -> float:
    mean = float(residual.mean())
    if abs(mean) <= NEGLIGIBLE:
        return 0.0
    sums = np.bincount(days, weights=residual - mean)
    error = float(np.sqrt(np.sum(np.square(sums)))) / residual.size
    # Nothing that varies: the difference is the same every day.
    return abs(mean) / error if error > 0 else 1e6
