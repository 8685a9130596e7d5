"""One column of both windows as levels: whole numbers that stand for its values."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

#: The level of a row without a value: NULL is a value of its own, below all others.
MISSING = 0


@dataclass(frozen=True)
class View:
    """The sampled rows of one column, value by value.

    Attributes
    ----------
    train : ndarray of shape (n,), int64
        Levels of the training rows: 0 without a value, else from 1; in the order of the values where ``ordered``.
    holdout : ndarray of shape (m,), int64
    ordered : bool
        Numbers and times are, texts are not.
    values : ndarray of shape (n,), float64, or None
        The training rows' values where ``ordered``, NaN where missing.
    """

    train: np.ndarray
    holdout: np.ndarray
    ordered: bool
    values: np.ndarray | None = None

    @property
    def levels(self) -> int:
        """How many levels there are, the missing one and those that no row has included."""
        return 1 + max(int(rows.max(initial=MISSING)) for rows in (self.train, self.holdout))

    @property
    def train_counts(self) -> np.ndarray:
        """Training rows of each level."""
        return np.bincount(self.train, minlength=self.levels)

    @property
    def holdout_counts(self) -> np.ndarray:
        """Holdout rows of each level."""
        return np.bincount(self.holdout, minlength=self.levels)

    def only(self, kept: np.ndarray) -> View:
        """Keep some of the training rows: a mask of shape (n,)."""
        return replace(self, train=self.train[kept], values=None if self.values is None else self.values[kept])


def number_view(train: np.ndarray, holdout: np.ndarray) -> View:
    """Take numbers by their ranks, so that infinite ones are values like others; NaN is missing."""
    both = np.concatenate([train, holdout])
    levels = np.zeros(both.size, dtype=np.int64)
    present = ~np.isnan(both)
    levels[present] = np.unique(both[present], return_inverse=True)[1] + 1
    return View(levels[: train.size], levels[train.size :], ordered=True, values=train)


def text_view(train: pa.Array, holdout: pa.Array) -> View:
    """Take texts as categories; NULL is missing."""
    both = pa.concat_arrays([train.cast(pa.large_string()), holdout.cast(pa.large_string())])
    indices = both.dictionary_encode().indices.fill_null(-1)
    levels = indices.to_numpy(zero_copy_only=False).astype(np.int64) + 1
    return View(levels[: len(train)], levels[len(train) :], ordered=False)


def equal_parts(counts: np.ndarray, parts: int) -> np.ndarray:
    """Put ordered levels into parts of about as many rows each; rows of one level stay together.

    Parameters
    ----------
    counts : ndarray of shape (levels,)
        Rows of each level; the first is the missing one.
    parts : int

    Returns
    -------
    ndarray of shape (levels,), int64
        The part of each level: the missing one has part 0 for itself, the others have 1 to ``parts``.
    """
    present = counts.copy()
    present[MISSING] = 0
    middle = np.cumsum(present) - present / 2
    part = np.floor(middle * (parts / max(1, int(present.sum())))).astype(np.int64) + 1
    part[MISSING] = MISSING
    return np.minimum(part, parts)
