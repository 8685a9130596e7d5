"""How far apart two windows are in one column: three sizes, none of them a p-value.

A test for independent rows would call every column shifted: rows of one day are alike, and 50,000 of them make any
difference significant. What counts is the size, beside what it was for the last holdouts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .out_of_fold import encoded_auc, random_halves
from .view import MISSING, View, equal_parts

#: Bins of the population stability index: deciles of the training rows.
_BINS = 10
#: Up to so many different numbers are bins themselves.
_FEW_VALUES = 20
#: A decile that is one value of at least this share of the rows is told apart from what lies below it.
_POINT_SHARE = 0.02
#: Bins of fewer rows in both windows are taken together; of a small sample those below a twentieth of it.
_RARE_ROWS = 50
_RARE_SHARE = 0.05
#: Rows that are added to each bin, so that an empty one makes no infinite index.
_SMOOTHING = 0.5
#: Parts of a number's range that are told apart: at most so many, and of about so many rows of both windows.
_DOMAIN_PARTS = 50
_DOMAIN_PART_ROWS = 200
#: Rows that the overall share of holdout rows counts for in that of one part.
_DOMAIN_PRIOR = 10


@dataclass(frozen=True)
class Sizes:
    """Sizes of one column's shift; None where they cannot be told or say nothing."""

    psi: float | None
    ks: float | None
    auc: float | None


NOTHING = Sizes(None, None, None)


def sizes(view: View, generator: np.random.Generator) -> Sizes:
    """Measure the shift of one column; all None where a window has no rows."""
    if view.train.size == 0 or view.holdout.size == 0:
        return NOTHING
    return Sizes(stability_index(view), distance(view) if view.ordered else None, column_auc(view, generator))


def largest(several: list[Sizes]) -> Sizes:
    """Give the largest of each size."""

    def most(values: list[float | None]) -> float | None:
        return max((value for value in values if value is not None), default=None)

    return Sizes(
        most([one.psi for one in several]), most([one.ks for one in several]), most([one.auc for one in several])
    )


def stability_index(view: View) -> float:
    """Give the population stability index: the sum of (p - q) ln(p / q) over bins.

    Bins of numbers are the deciles of the training rows, or their values where they are few, and one for missing
    values; those of texts are the categories. Rare ones are taken together: under no shift at all the index is about
    the number of bins times (1 / n + 1 / m), and rare bins would make most of it.

    References
    ----------
    B. Yurdakul, J. Naranjo, "Statistical properties of the population stability index", Journal of Risk Model
    Validation 14, 2020.
    """
    train, holdout = view.train_counts, view.holdout_counts
    bins = _ordered_bins(train) if view.ordered else np.arange(train.size)
    p, q = np.bincount(bins, train), np.bincount(bins, holdout)
    rare_train = min(_RARE_ROWS, _RARE_SHARE * view.train.size)
    rare_holdout = min(_RARE_ROWS, _RARE_SHARE * view.holdout.size)
    rare = (p < rare_train) & (q < rare_holdout)
    p, q = (np.append(rows[~rare], rows[rare].sum()) for rows in (p, q))
    filled = p + q > 0
    shares = [(rows[filled] + _SMOOTHING) / (rows[filled] + _SMOOTHING).sum() for rows in (p, q)]
    return float(np.sum((shares[0] - shares[1]) * np.log(shares[0] / shares[1])))


def _ordered_bins(train: np.ndarray) -> np.ndarray:
    """Give the bin of each level: below a cut, at a cut (where many rows are), between two, and so on."""
    present = train.copy()
    present[MISSING] = 0
    used = np.flatnonzero(present)
    if used.size == 0:
        return np.asarray(np.arange(train.size) != MISSING, dtype=np.int64)
    through, rows = np.cumsum(present), int(present.sum())
    if used.size <= _FEW_VALUES:
        cuts = used
        point = np.ones(cuts.size, dtype=np.bool_)
    else:
        cuts = np.unique(np.searchsorted(through, rows * np.arange(1, _BINS) / _BINS, side="left"))
        point = present[cuts] >= _POINT_SHARE * rows
    levels = np.arange(train.size)
    bins = np.searchsorted(cuts, levels, side="left") + np.searchsorted(cuts, levels, side="right")
    joins_below = np.zeros(2 * cuts.size + 1, dtype=np.int64)
    joins_below[1::2] = ~point
    bins = bins - joins_below[bins]
    bins[MISSING] = 2 * cuts.size + 1
    return np.asarray(bins)


def distance(view: View) -> float:
    """Give the Kolmogorov-Smirnov distance: the largest between the two distribution functions, missing values first."""
    train = np.cumsum(view.train_counts) / view.train.size
    holdout = np.cumsum(view.holdout_counts) / view.holdout.size
    return float(np.max(np.abs(train - holdout)))


def column_auc(view: View, generator: np.random.Generator) -> float | None:
    """Give the AUC of telling holdout rows from training rows by this column: one half where nothing has shifted.

    Also a shift that leaves the order of the two windows as it was (the same median, another spread) is seen: parts of
    the range are told apart by their share of holdout rows, learnt on the other half of the rows.

    References
    ----------
    S. Rabanser, S. Guennemann, Z. Lipton, "Failing loudly: an empirical study of methods for detecting dataset shift",
    NeurIPS 2019.
    """
    levels = np.concatenate([view.train, view.holdout])
    if view.ordered:
        parts = max(2, min(_DOMAIN_PARTS, levels.size // _DOMAIN_PART_ROWS))
        levels = equal_parts(np.bincount(levels), parts)[levels]
    target = np.arange(levels.size) >= view.train.size
    halves = np.concatenate([random_halves(view.train.size, generator), random_halves(view.holdout.size, generator)])
    return encoded_auc(levels, target, halves, _DOMAIN_PRIOR)
