"""Which rows belong together: one way to cluster, or two ways and their intersections."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .arrays import Floats, Ints
from .tally import tally

SPREAD = 4
"""Codes that span at most so many numbers a row are counted off in a table, others are sorted."""


@dataclass(frozen=True)
class Clustering:
    """One way to put rows into clusters.

    Attributes
    ----------
    codes : ndarray of shape (n,), intp
        0 to ``count - 1``, in the order of the given codes.
    count : int
        Of clusters; each has at least one row.
    """

    codes: Ints
    count: int

    @classmethod
    def of(cls, given: npt.NDArray[np.integer]) -> "Clustering":
        """Number the clusters of integer codes, shape (n,), without gaps."""
        codes = given.astype(np.intp, copy=False)
        low, high = int(codes.min()), int(codes.max())
        if high - low > SPREAD * codes.size:
            distinct, dense = np.unique(codes, return_inverse=True)
            return cls(dense.astype(np.intp, copy=False), int(distinct.size))
        shifted = codes - low
        present = np.zeros(high - low + 1, dtype=np.bool_)
        present[shifted] = True
        place: Ints = np.cumsum(present) - 1
        return cls(place[shifted], int(place[-1]) + 1)

    def sums(self, rows: Floats) -> Floats:
        """Sum one number a row into one number a cluster."""
        return tally(self.codes, rows, self.count)

    def reordered(self, order: Ints) -> "Clustering":
        """Give the clusters of the rows in another order."""
        return Clustering(self.codes[order], self.count)


def ways_to_cluster(given: npt.NDArray[np.integer]) -> tuple[Clustering, ...]:
    """Give the one way of codes of shape (n,); of shape (n, 2) both ways and, third, their intersections."""
    if given.ndim == 1:
        return (Clustering.of(given),)
    first, second = Clustering.of(given[:, 0]), Clustering.of(given[:, 1])
    return first, second, Clustering.of(first.codes * second.count + second.codes)
