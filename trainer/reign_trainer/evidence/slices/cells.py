"""What each cluster holds of each slice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reign_trainer.evidence.measure.arrays import Floats, Ints
from reign_trainer.evidence.measure.clustering import Clustering
from reign_trainer.evidence.measure.tally import tally

from .grouping import Grouping


@dataclass(frozen=True)
class Cells:
    """The pairs of slice and cluster that have rows, by slice and within it by cluster.

    Attributes
    ----------
    of_row : ndarray of shape (n,), int32
        The cell of each row.
    first : ndarray of shape (slices + 1,), intp
        Cells ``first[s]`` to ``first[s + 1] - 1`` are those of slice s.
    """

    of_row: npt.NDArray[np.int32]
    first: Ints

    @classmethod
    def of(cls, grouping: Grouping, way: Clustering) -> Cells:
        """Number the cells."""
        slices, n = len(grouping.keys), grouping.codes.size
        pair = grouping.codes.astype(np.intp) * way.count + way.codes
        starts = np.arange(slices + 1) * way.count
        if slices * way.count <= 2 * n:
            occurs = np.bincount(pair, minlength=slices * way.count) > 0
            before = np.concatenate([[0], np.cumsum(occurs)])
            return cls(before[pair].astype(np.int32), before[starts])
        occurring, number = np.unique(pair, return_inverse=True)
        return cls(number.astype(np.int32), np.searchsorted(occurring, starts))

    @property
    def count(self) -> int:
        """Count all cells."""
        return int(self.first[-1])

    def sums(self, rows: Floats) -> Floats:
        """Sum one number a row into one number a cell."""
        return tally(self.of_row.astype(np.intp), rows, self.count)

    def within(self, slice_: int) -> slice:
        """Give the cells of a slice: one for each cluster that has rows in it."""
        return slice(int(self.first[slice_]), int(self.first[slice_ + 1]))
