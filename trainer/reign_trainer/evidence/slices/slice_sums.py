"""Metrics that are functions of sums over rows, within all slices of a column at once."""

from __future__ import annotations

import numpy as np

from reign_trainer.evidence.measure.arrays import Bools, Floats
from reign_trainer.evidence.measure.holdout import Holdout
from reign_trainer.evidence.measure.replicates import Replicates, without_each
from reign_trainer.evidence.measure.sums import CONSTANT

from .cells import Cells
from .grouping import Grouping


def slice_means(
    holdout: Holdout, losses: Floats, ways: tuple[Cells, ...], wanted: Bools, *, root: bool
) -> dict[int, Replicates]:
    """Measure the mean loss within each slice, or its square root.

    Parameters
    ----------
    holdout : Holdout
    losses : ndarray of shape (n,)
    ways : tuple of Cells
        For each way to cluster.
    wanted : ndarray of shape (slices,), bool
        Which slices to measure.
    root : bool
        For RMSE.

    Returns
    -------
    dict of int to Replicates
        By number of the slice.
    """
    weighted = holdout.weights * losses
    sums = [(cells, cells.sums(weighted), cells.sums(holdout.weights)) for cells in ways]

    def one(at: int) -> Replicates:
        parts = [(total[cells.within(at)], weight[cells.within(at)]) for cells, total, weight in sums]
        estimate = parts[0][0].sum() / parts[0][1].sum()
        values = [without_each(total) / without_each(weight) for total, weight in parts]
        if root:
            estimate, values = np.sqrt(estimate), [np.sqrt(of_way) for of_way in values]
        return Replicates(float(estimate), tuple(values))

    with np.errstate(divide="ignore", invalid="ignore"):  # a single cluster leaves nothing: 0 / 0
        return {int(at): one(int(at)) for at in np.flatnonzero(wanted)}


def slice_r2(
    holdout: Holdout, squared_errors: Floats, grouping: Grouping, ways: tuple[Cells, ...], wanted: Bools
) -> dict[int, Replicates]:
    """Measure R2 within each slice: against the mean of the slice's own rows, which moves as clusters are left out.

    Parameters and result are as in `slice_means`. NaN where the labels of a slice are all equal.
    """
    weights, slices = holdout.weights, len(grouping.keys)
    with np.errstate(divide="ignore", invalid="ignore"):
        sums = np.bincount(grouping.codes, weights=weights * holdout.labels, minlength=slices)
        means = sums / np.bincount(grouping.codes, weights=weights, minlength=slices)
    # Labels far from zero would lose their variance to rounding.
    y = holdout.labels - means[grouping.codes]
    rows = (weights * squared_errors, weights, weights * y, weights * np.square(y))
    by_way = [(cells, [cells.sums(one) for one in rows]) for cells in ways]

    def one(at: int) -> Replicates:
        cells, sums = by_way[0]
        estimate = _r2(*(np.array([of_cells[cells.within(at)].sum()]) for of_cells in sums))
        values = tuple(_r2(*(without_each(of_cells[cells.within(at)]) for of_cells in sums)) for cells, sums in by_way)
        return Replicates(float(estimate[0]), values)

    with np.errstate(divide="ignore", invalid="ignore"):
        return {int(at): one(int(at)) for at in np.flatnonzero(wanted)}


def _r2(error: Floats, weight: Floats, first: Floats, second: Floats) -> Floats:
    spread = second - np.square(first) / weight
    return np.where(spread > CONSTANT * second, 1 - error / spread, np.nan)
