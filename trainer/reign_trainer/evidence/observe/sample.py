"""The rows of both windows that are looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

#: Of each window. Half a hundred thousand rows put a Kolmogorov-Smirnov distance within about 0.01.
SAMPLED_ROWS = 50_000


def generator_of(train: str, holdout: str) -> np.random.Generator:
    """Seed by the snapshots: the same rows are looked at whenever they are asked for."""
    return np.random.Generator(np.random.PCG64([int(train[:16], 16), int(holdout[:16], 16)]))


def chosen_rows(rows: int, most: int, generator: np.random.Generator) -> np.ndarray:
    """Choose at most so many of the rows; positions, ascending."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(generator.choice(rows, size=most, replace=False, shuffle=False))


@dataclass(frozen=True)
class SampledWindows:
    """Both snapshots, and which of their rows are looked at.

    Attributes
    ----------
    train, holdout : pyarrow.Table
        All rows.
    train_rows, holdout_rows : ndarray of shape (n,) and (m,)
        Positions of the sampled rows.
    """

    train: pa.Table
    holdout: pa.Table
    train_rows: np.ndarray
    holdout_rows: np.ndarray

    def sampled(self, column: str) -> tuple[pa.Array, pa.Array]:
        """Give the sampled rows of one column, in training and in the holdout."""
        return _taken(self.train.column(column), self.train_rows), _taken(
            self.holdout.column(column), self.holdout_rows
        )


def sample(train: pa.Table, holdout: pa.Table, generator: np.random.Generator) -> SampledWindows:
    """Choose the rows that are looked at."""
    train_rows = chosen_rows(train.num_rows, SAMPLED_ROWS, generator)
    holdout_rows = chosen_rows(holdout.num_rows, SAMPLED_ROWS, generator)
    return SampledWindows(train, holdout, train_rows, holdout_rows)


def as_numbers(column: pa.Array) -> np.ndarray:
    """Give a column of numbers as float64, or a time as microseconds since 1970; NaN where there is none."""
    if pa.types.is_timestamp(column.type):
        column = column.view(pa.int64())
    return np.asarray(column.cast(pa.float64(), safe=False).fill_null(np.nan).to_numpy(zero_copy_only=False))


def _taken(column: pa.ChunkedArray, rows: np.ndarray) -> pa.Array:
    if rows.size == len(column):
        taken = column
    else:
        taken = column.take(pa.array(rows))
    return pa.concat_arrays(taken.chunks) if taken.num_chunks else pa.array([], type=column.type)
