"""Areas under the ROC curve of all slices of a column at once, with their exact delete-one-cluster values."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from reign_trainer.evidence.measure.arrays import Bools, Floats, Ints
from reign_trainer.evidence.measure.holdout import Holdout
from reign_trainer.evidence.measure.replicates import Replicates, without_each
from reign_trainer.evidence.measure.tally import tally

from .cells import Cells
from .grouping import Grouping
from .score_order import ScoreOrder, Sorted


def slice_areas(
    holdout: Holdout, order: ScoreOrder, grouping: Grouping, ways: tuple[Cells, ...], wanted: Bools
) -> dict[int, Replicates]:
    """Measure ROC AUC within each slice.

    This is `reign_trainer.evidence.measure.auc.roc_auc` of the rows of each slice, to rounding. It needs, for each slice, the
    pairs of a positive and a negative row that the positive one wins; for each cell (a cluster's rows in the slice) the
    won pairs that touch it, and those within it. A negative row is in as many won pairs as positive rows are above it;
    a positive one in as many as there are negative rows, less those above it. So all follow from one walk along each
    slice and one along each cell, for which rows are put in order by stable partitions of orders that were sorted once
    for all columns: no slice is sorted by itself.

    Parameters
    ----------
    holdout : Holdout
    order : ScoreOrder
        Of the model.
    grouping : Grouping
    ways : tuple of Cells
        For each way to cluster.
    wanted : ndarray of shape (slices,), bool
        Which slices to measure: those with rows of both classes.

    Returns
    -------
    dict of int to Replicates
        By number of the slice.
    """
    by_slice = order.overall.by_slice(grouping.codes)
    placement = _placement(by_slice, _starts(grouping.codes[by_slice.rows]))
    positive = holdout.weights * (holdout.labels == 1)
    negative = holdout.weights - positive

    values: dict[int, list[Floats]] = {int(at): [] for at in np.flatnonzero(wanted)}
    estimates: dict[int, float] = {}
    for cells, by_cluster in zip(ways, order.by_cluster, strict=True):
        positives, negatives = cells.sums(positive), cells.sums(negative)
        placed = tally(cells.of_row[by_slice.rows].astype(np.intp), placement, cells.count)
        inside = _won_within(by_cluster, grouping, cells)
        for at, of_way in values.items():
            part = cells.within(at)
            all_positives, all_negatives = positives[part].sum(), negatives[part].sum()
            # Over all rows of a slice, negative ones are placed at the won pairs, positive ones at the lost ones less.
            won = (placed[part].sum() + all_positives * all_negatives) / 2
            touching = placed[part] + positives[part] * all_negatives
            pairs = without_each(positives[part]) * without_each(negatives[part])
            with np.errstate(divide="ignore", invalid="ignore"):
                area = np.clip((won - touching + inside[part]) / pairs, 0, 1)
            of_way.append(np.where(pairs > 0, area, np.nan))
            estimates[at] = float(np.clip(won / (all_positives * all_negatives), 0, 1))
    return {at: Replicates(estimates[at], tuple(of_way)) for at, of_way in values.items()}


def _placement(rows: Sorted, group_starts: Bools) -> Floats:
    """Give each negative row the weight of positive rows above it in its group, each positive one minus that of negatives.

    Rows of equal scores count one half. Each is times the row's own weight.
    """
    group_first, ties = np.flatnonzero(group_starts), _Ties.of(rows, group_starts)
    positives_above = _twice_above(_weights(rows, rows.positive), group_first, ties)
    negatives_above = _twice_above(_weights(rows, ~rows.positive), group_first, ties)
    placement = np.where(rows.positive, -negatives_above, positives_above) / 2
    return placement if rows.weights is None else placement * rows.weights


def _won_within(by_cluster: Sorted, grouping: Grouping, cells: Cells) -> Floats:
    """Sum, for each cell, the pairs within it whose positive row scores higher."""
    if cells.count == by_cluster.rows.size:
        return np.zeros(cells.count)  # no cell has two rows
    rows = by_cluster.by_slice(grouping.codes)
    cell = cells.of_row[rows.rows]
    starts = _starts(cell)
    above = _twice_above(_weights(rows, rows.positive), np.flatnonzero(starts), _Ties.of(rows, starts))
    return tally(cell.astype(np.intp), above * _weights(rows, ~rows.positive), cells.count) / 2


class _Ties(NamedTuple):
    """Runs of rows of one group with equal scores.

    Attributes
    ----------
    first, last, length : ndarray of shape (ties,)
    """

    first: Ints
    last: Ints
    length: Ints

    @classmethod
    def of(cls, rows: Sorted, group_starts: Bools) -> _Ties | None:
        """Find the runs; None where all scores of each group differ."""
        if rows.rank is None:
            return None
        first = np.flatnonzero(group_starts | _starts(rows.rank))
        if first.size == rows.rows.size:
            return None
        after = np.append(first[1:], rows.rows.size)
        return cls(first, after - 1, after - first)


def _twice_above(weights: np.ndarray, group_first: Ints, ties: _Ties | None) -> np.ndarray:
    """Sum, for each row, the weights of its group that come before its tie, and those up to the end of its tie.

    Parameters
    ----------
    weights : ndarray of shape (n,)
        In the order of groups and scores. Whole numbers are summed up exactly, others to rounding.
    group_first : ndarray of shape (groups,)
        Where groups begin: there the sum begins anew.
    ties : _Ties or None
    """
    steps = weights.copy()
    steps[group_first[1:]] -= np.add.reduceat(weights, group_first)[:-1]
    through = np.cumsum(steps, dtype=weights.dtype)
    if ties is None:
        return np.asarray(2 * through - weights)
    twice = through[ties.first] - weights[ties.first] + through[ties.last]
    return np.asarray(np.repeat(twice, ties.length))


def _weights(rows: Sorted, of_class: Bools) -> np.ndarray:
    # Twice the sum of 32-bit ones fits up to a billion rows.
    return of_class.astype(np.int32) if rows.weights is None else rows.weights * of_class


def _starts(codes: np.ndarray) -> Bools:
    """Mark where a run of equal codes begins."""
    starts = np.ones(codes.size, dtype=np.bool_)
    np.not_equal(codes[1:], codes[:-1], out=starts[1:])
    return starts
