"""Rows in the order of one model's scores: sorted once, for all slices of all columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reign_trainer.evidence.measure.arrays import Bools, Floats, Ints
from reign_trainer.evidence.measure.clustering import Clustering
from reign_trainer.evidence.measure.holdout import Holdout


@dataclass(frozen=True)
class Sorted:
    """Rows in some order.

    Attributes
    ----------
    rows : ndarray of shape (n,), int32
    rank : ndarray of shape (n,), int32, or None
        By score over all rows, equal scores sharing one; None where all scores differ.
    positive : ndarray of shape (n,), bool
    weights : ndarray of shape (n,) or None
        None where all are 1.
    """

    rows: npt.NDArray[np.int32]
    rank: npt.NDArray[np.int32] | None
    positive: Bools
    weights: Floats | None

    def take(self, order: Ints) -> Sorted:
        """Give the rows in another order."""
        weights = None if self.weights is None else self.weights[order]
        rank = None if self.rank is None else self.rank[order]
        return Sorted(self.rows[order], rank, self.positive[order], weights)

    def by_slice(self, codes: np.ndarray) -> Sorted:
        """Give the rows by slice, and within each slice in this order.

        Parameters
        ----------
        codes : ndarray of shape (n,), uint8
            Of the rows as they are numbered, not in this order. Bytes are sorted in linear time.
        """
        return self.take(np.argsort(codes[self.rows], kind="stable"))


@dataclass(frozen=True)
class ScoreOrder:
    """Rows of a binary holdout, highest scores first.

    Attributes
    ----------
    overall : Sorted
        By score.
    by_cluster : tuple of Sorted
        For each way to cluster: by cluster, and within each cluster by score.
    """

    overall: Sorted
    by_cluster: tuple[Sorted, ...]

    @classmethod
    def of(cls, holdout: Holdout, scores: Floats) -> ScoreOrder:
        """Sort the rows by scores of shape (n,)."""
        rows = np.argsort(-scores, kind="stable").astype(np.int32)
        ordered = scores[rows]
        rank = np.zeros(rows.size, dtype=np.int32)
        np.cumsum(ordered[1:] != ordered[:-1], out=rank[1:])
        weights = None if np.all(holdout.weights == 1) else holdout.weights[rows]
        tied = int(rank[-1]) + 1 < rank.size
        overall = Sorted(rows, rank if tied else None, holdout.labels[rows] == 1, weights)
        return cls(overall, tuple(overall.take(_by_cluster(way, rows)) for way in holdout.ways))


def _by_cluster(way: Clustering, rows: npt.NDArray[np.int32]) -> Ints:
    # Keys of 16 bits are sorted in linear time.
    keys = way.codes.astype(np.uint16) if way.count <= 65_536 else way.codes
    return np.argsort(keys[rows], kind="stable")
