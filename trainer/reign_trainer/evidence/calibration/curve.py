"""The calibration curve in bins of equal numbers of rows, and the expected calibration error over them.

M. P. Naeini, G. F. Cooper, M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015.
"""

from __future__ import annotations

import numpy as np

from reign_trainer.evidence.measure.arrays import Floats, Ints
from reign_trainer.evidence.measure.tally import tally
from reign_trainer.shapes import Bounded, CalibrationBin

from .jackknife import bounded
from .rows import Rows

BINS = 20


def curve(rows: Rows) -> tuple[list[CalibrationBin], Bounded]:
    """Cut the rows into `BINS` bins and compare the mean score with the share of positives in each.

    Parameters
    ----------
    rows : Rows

    Returns
    -------
    bins : list of CalibrationBin
        In ascending order of the scores; fewer than `BINS` where equal scores, which stay together, fill more than one.
        Intervals are of a delete-one-cluster jackknife over the clusters in the bin; a bin of one class only, whose
        jackknife sees no variance at all, has none.
    expected_error : Bounded
        Mean over bins, by weight, of the distance between both. A distance is never negative, so a perfectly calibrated
        model has some too: about 0.8 standard errors of a bin's rate. The bins' edges are taken as given.
    """
    bin_of_row, count = _bins(rows.scores)
    weight, positive, predicted = (
        tally(rows.codes * count + bin_of_row, one, rows.clusters * count).reshape(-1, count)
        for one in (rows.weights, rows.weights * rows.labels, rows.weights * rows.scores)
    )
    sizes = np.bincount(bin_of_row, minlength=count)
    bins = [
        CalibrationBin(
            rows=int(sizes[at]),
            predicted=float(predicted[:, at].sum() / weight[:, at].sum()),
            observed=_rate(weight[:, at], positive[:, at]),
        )
        for at in range(count)
    ]
    return bins, _expected_error(weight, positive, predicted)


def _bins(scores: Floats) -> tuple[Ints, int]:
    """Bin of each row of ascending scores, and how many there are."""
    n = scores.size
    starts = np.ones(n, dtype=np.bool_)
    starts[1:] = scores[1:] != scores[:-1]
    first = np.flatnonzero(starts)
    ends = np.append(first[1:], n)
    # Equal scores go where the middle of their rows lies.
    tie_bin = np.minimum((first + ends) * BINS // (2 * n), BINS - 1)
    _, dense = np.unique(tie_bin, return_inverse=True)
    return np.repeat(dense, ends - first).astype(np.intp), int(dense[-1]) + 1


def _rate(weight: Floats, positive: Floats) -> Bounded:
    present = weight > 0
    weight, positive = weight[present], positive[present]
    estimate = float(positive.sum() / weight.sum())
    one_class = not positive.any() or bool(np.all(positive == weight))
    if one_class or weight.size < 2:
        return Bounded(estimate=min(estimate, 1.0), low=None, high=None)
    return bounded(estimate, (positive.sum() - positive) / (weight.sum() - weight), 0.0, 1.0)


def _expected_error(weight: Floats, positive: Floats, predicted: Floats) -> Bounded:
    gap = positive - predicted
    estimate = float(np.abs(gap.sum(axis=0)).sum() / weight.sum())
    if weight.shape[0] < 2:
        return Bounded(estimate=estimate, low=None, high=None)
    left = weight.sum() - weight.sum(axis=1)
    return bounded(estimate, np.abs(gap.sum(axis=0) - gap).sum(axis=1) / left, 0.0, 1.0)
