"""Slices as codes of the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from reign_trainer.evidence.measure.arrays import Ints


class Key(NamedTuple):
    """One condition of a slice: the column has this value; None for rows without one."""

    column: str
    value: str | None


@dataclass(frozen=True)
class Grouping:
    """Slices that share no row.

    Attributes
    ----------
    keys : list of tuple of Key
        What the rows of each slice have in common: one condition, or two.
    codes : ndarray of shape (n,), uint8
        Index into ``keys`` of the slice of each row. One byte: a stable sort of bytes takes linear time.
    """

    keys: list[tuple[Key, ...]]
    codes: np.ndarray

    def take(self, rows: Ints) -> Grouping:
        """Keep some of the rows, and all slices."""
        return Grouping(self.keys, self.codes[rows])

    def crossed(self, other: Grouping) -> Grouping:
        """Pair each slice with each of the other column that it shares a row with."""
        width = len(other.keys)
        pair = self.codes.astype(np.uint16) * width + other.codes
        rows = np.bincount(pair, minlength=len(self.keys) * width)
        occurs = np.flatnonzero(rows)
        number = np.zeros(rows.size, dtype=np.uint8)
        number[occurs] = np.arange(occurs.size)
        keys = [self.keys[at // width] + other.keys[at % width] for at in occurs]
        return Grouping(keys, number[pair])
