"""Rows in the order of one model's scores: sorted once, used by every metric of ranks."""

from dataclasses import dataclass

import numpy as np

from .arrays import Bools, Floats, Ints
from .clustering import Clustering
from .holdout import Holdout
from .tally import tally


@dataclass(frozen=True)
class Ranking:
    """A binary holdout with the highest scores first. Rows of equal scores share a rank.

    Attributes
    ----------
    rank : ndarray of shape (n,), intp
        From 0, without gaps, not decreasing.
    positive : ndarray of shape (n,), bool
    weights : ndarray of shape (n,), float64
    ways : tuple of Clustering
        As in `Holdout`, in this order of rows.
    positives, negatives : ndarray of shape (ranks,), float64
        Weight of the positive and of the negative rows of each rank.
    """

    rank: Ints
    positive: Bools
    weights: Floats
    ways: tuple[Clustering, ...]
    positives: Floats
    negatives: Floats

    @classmethod
    def of(cls, holdout: Holdout, scores: Floats) -> "Ranking":
        """Sort the rows of a holdout by scores of shape (n,)."""
        order = np.argsort(-scores, kind="stable")
        ordered = scores[order]
        rank = np.zeros(order.size, dtype=np.intp)
        np.cumsum(ordered[1:] != ordered[:-1], out=rank[1:])
        positive = holdout.labels[order] == 1
        weights = holdout.weights[order]
        ranks = int(rank[-1]) + 1
        positives = tally(rank, weights * positive, ranks)
        negatives = tally(rank, weights * ~positive, ranks)
        ways = tuple(way.reordered(order) for way in holdout.ways)
        return cls(rank, positive, weights, ways, positives, negatives)
