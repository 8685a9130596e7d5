"""Numbers and times as slices: by value where there are few, else cut at their quintiles."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa

from reign_trainer.evidence.measure.arrays import Floats, Ints

from .value_names import Names

PARTS = 5
DISPLACED = 0.02
"""Edges are shortened to what a person can read as long as no part gains or loses more than this share of the rows."""

_FIRST_LOOK = 10_000


def ordered_values(numbers: Floats, limit: int, names: Names) -> tuple[list[str | None], Ints]:
    """Slice rows by a number.

    Parameters
    ----------
    numbers : ndarray of shape (n,)
        NaN for rows without one.
    limit : int
        Of more different numbers than this, parts are made: half-open, such as ``[0, 12)``, from ``(-inf, 0)`` to
        ``[80, inf)``. The extremes belong to single rows and are not told. Edges are rounded (or, times, set back to a
        whole second, minute, hour or day) as far as that moves few rows. Where equal numbers straddle a quintile
        there are fewer parts.
    names : Names
        How a number is written, and which shorter ones may stand for it as an edge.

    Returns
    -------
    names : list of str or None
        In ascending order; None, for rows without a number, last.
    codes : ndarray of shape (n,), intp
    """
    missing = np.isnan(numbers)
    known = numbers[~missing] if missing.any() else numbers
    distinct = _few(known, limit)
    if distinct is not None:
        codes = np.searchsorted(distinct, numbers)  # NaN comes after all numbers
        return [*names.all_of(distinct), None], codes
    edges = _edges(np.sort(known), names)
    codes = np.searchsorted(edges, numbers, side="right")
    codes[missing] = edges.size + 1
    told = names.all_of(edges)
    inner = [f"[{low}, {high})" for low, high in pairwise(told)]
    return [f"(-inf, {told[0]})", *inner, f"[{told[-1]}, inf)", None], codes


def _few(known: Floats, limit: int) -> Floats | None:
    """Give the different numbers in ascending order, or None where there are more than ``limit``."""
    if np.unique(known[:_FIRST_LOOK]).size > limit:
        return None
    distinct = np.sort(pa.array(known).unique().to_numpy())
    return distinct if distinct.size <= limit else None


def _edges(ordered: Floats, names: Names) -> Floats:
    n = ordered.size
    edges = np.unique(ordered[(np.arange(1, PARTS) * n) // PARTS])
    if edges[0] == ordered[0]:
        # The most frequent number may be the lowest: then it is a part of its own, and not one with all others.
        above = ordered[np.searchsorted(ordered, edges[0], side="right")]
        edges = np.unique(np.append(edges[1:], above))
    below = np.searchsorted(ordered, edges)
    for shortened in names.shortened(edges):
        moved = np.searchsorted(ordered, shortened)
        if np.all(np.diff(moved, prepend=0, append=n) > 0) and np.all(np.abs(moved - below) <= DISPLACED * n):
            return shortened
    return edges
