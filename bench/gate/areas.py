"""The areas of many holdouts at once, by the formulas of `reign_trainer.evidence.measure.auc`: what is simulated is what ships.

Only for scores without ties and rows of equal weight. Every run checks it against `reign_trainer.evidence.measure.measure`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from generators import Bools, Floats, Ints


@dataclass(frozen=True)
class Areas:
    """One model's areas.

    Attributes
    ----------
    estimate : ndarray of shape (count,)
    deleted : ndarray of shape (count, clusters)
        With one cluster left out.
    placement : ndarray of shape (count, rows)
        DeLong's: the share of the other class that the row is on the right side of.
    """

    estimate: Floats
    deleted: Floats
    placement: Floats


def areas(scores: Floats, positive: Bools, clusters: Ints, cluster_count: int) -> Areas:
    """Measure the area of each holdout, and without each of its clusters.

    Parameters
    ----------
    scores, positive, clusters : ndarray of shape (count, rows)
    cluster_count : int
        Equal to the rows where each is a cluster of its own.

    Returns
    -------
    Areas
    """
    count, rows = scores.shape
    order = scores.argsort(axis=1)
    sorted_positive = np.take_along_axis(positive, order, axis=1)
    below = np.cumsum(~sorted_positive, axis=1)
    positives = sorted_positive.sum(axis=1)
    negatives = rows - positives
    above = positives[:, np.newaxis] - np.cumsum(sorted_positive, axis=1)
    won = np.where(sorted_positive, below, 0).sum(axis=1).astype(np.float64)
    placement = np.empty((count, rows))
    np.put_along_axis(placement, order, np.where(sorted_positive, below, above).astype(np.float64), axis=1)

    if cluster_count == rows:
        touching, within, own_positives, own_rows = placement, 0.0, positive, 1
    else:
        cells = clusters + cluster_count * np.arange(count)[:, np.newaxis]
        size, shape = count * cluster_count, (count, cluster_count)
        touching = np.bincount(cells.ravel(), placement.ravel(), size).reshape(shape)
        own_rows = np.bincount(cells.ravel(), minlength=size).reshape(shape)
        own_positives = np.bincount(cells.ravel(), positive.ravel(), size).reshape(shape)
        within = _within(np.take_along_axis(cells, order, axis=1).ravel(), sorted_positive.ravel(), size).reshape(shape)
    left_positives = positives[:, np.newaxis] - own_positives
    left_negatives = negatives[:, np.newaxis] - (own_rows - own_positives)
    deleted = (won[:, np.newaxis] - touching + within) / (left_positives * left_negatives)
    placement /= np.where(positive, negatives[:, np.newaxis], positives[:, np.newaxis])
    return Areas(won / (positives * negatives), deleted, placement)


def _within(cells: Ints, positive: Bools, size: int) -> Floats:
    """Pairs within each cell whose positive row scores higher, from rows in the order of their scores."""
    keys = cells.astype(np.uint16) if size <= 65_536 else cells  # 16-bit keys are sorted in linear time
    order = np.argsort(keys, kind="stable")
    cells, positive = cells[order], positive[order]
    negatives = np.cumsum(~positive)
    through = np.cumsum(np.bincount(cells, ~positive, size))
    before = np.concatenate([[0.0], through[:-1]])
    return np.bincount(cells, np.where(positive, negatives - before[cells], 0), size)


def jackknife_errors(challenger: Areas, champion: Areas) -> Floats:
    """Clustered standard errors of the differences, shape (count,), as `jackknife_error` of the trainer has it."""
    clusters = challenger.deleted.shape[1]
    estimate = challenger.estimate - champion.estimate
    moved = challenger.deleted - champion.deleted - estimate[:, np.newaxis]
    return np.sqrt((clusters - 1) / clusters * np.square(moved).sum(axis=1))


def independent_errors(challenger: Areas, champion: Areas, positive: Bools) -> Floats:
    """DeLong's standard errors of the differences, shape (count,): those of independent rows.

    E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Biometrics 44, 1988.
    """
    moved = challenger.placement - champion.placement

    def variance(rows: Bools) -> Floats:
        number = rows.sum(axis=1)
        inside = np.where(rows, moved, 0)
        mean = inside.sum(axis=1) / number
        return (np.square(inside).sum(axis=1) / number - mean**2) / (number - 1)

    return np.sqrt(variance(positive) + variance(~positive))
