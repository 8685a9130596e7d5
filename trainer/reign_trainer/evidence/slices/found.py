"""Slices that nobody declared, found on one half of the clusters and measured on the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from reign_trainer.evidence.measure import MeasureError
from reign_trainer.evidence.measure.arrays import Bools, Ints
from reign_trainer.evidence.measure.holdout import Holdout
from reign_trainer.evidence.rows.comparison import Comparison
from reign_trainer.evidence.rows.gate_parameters import gate_parameters
from reign_trainer.shapes import Gate, SearchPolicy, SliceEvidence

from .compared_rows import ComparedRows
from .grouping import Grouping, Key
from .groupings import groupings
from .holm import holm_upper_bounds
from .losses import LOSSES
from .measure_slices import MeasuredSlice, measure_slices
from .slice_evidence import slice_evidence

VALUES = 10
FEWEST_TO_SEARCH = 14
KEPT = 5
SEARCHED_ROWS = 200_000
"""Of a half with more rows so many are searched, taken at random: it is the number of clusters that tells."""

USUAL_CLUSTERS = 10

_STREAM = 4
"""Sets this generator apart from others of the same seed."""


def found_slices(comparison: Comparison, gate: Gate) -> list[SliceEvidence]:
    """Search slices of one and two columns for the clearest losses in the primary metric.

    The clusters are dealt at random into two halves. On the first, every slice is measured, and the clearest losses are
    kept: at most `KEPT`, and no pair of values of which one is kept already. They are ranked by the estimate over a
    standard error that borrows from the other slices (Smyth). Each is then measured on the second half, which had no
    part in the choice: its interval holds as if it had been declared.

    Rows clustered two ways are dealt both ways, and those that fall between the halves are left out: the halves must
    not share a cluster of either way.

    Parameters
    ----------
    comparison : Comparison
    gate : Gate

    Returns
    -------
    list of SliceEvidence
        The clearest losses of the first half first, all numbers from the second. ``holm_high`` is over these slices.
        Empty where the policy asks for no search, without a champion, and below `FEWEST_TO_SEARCH` clusters.

    References
    ----------
    G. K. Smyth, "Linear models and empirical Bayes methods for assessing differential expression in microarray
    experiments", Statistical Applications in Genetics and Molecular Biology 3, 2004.
    """
    if gate.search is None or comparison.champion is None:
        return []
    try:
        compared = ComparedRows.of(comparison, comparison.champion, gate_parameters(gate, comparison.table))
        if compared.holdout.cluster_count < FEWEST_TO_SEARCH:
            return []
        return _found(compared, comparison.primary, comparison.table, gate.search)
    except MeasureError:
        return []


class _Candidate(NamedTuple):
    """A slice that one or two columns make; `parts` names a value of each."""

    keys: tuple[Key, ...]
    parts: tuple[tuple[Grouping, int], ...]

    def rows(self) -> Bools:
        """Mark the rows of the slice."""
        inside: Bools = np.logical_and.reduce([grouping.codes == code for grouping, code in self.parts])
        return inside


def _found(compared: ComparedRows, metric: str, table: pa.Table, search: SearchPolicy) -> list[SliceEvidence]:
    if metric in LOSSES:
        compared.losses(metric)  # known from here on in every part of the rows
    kept = compared.holdout.kept
    table = table if kept is None else table.filter(pa.array(kept))
    by_column = groupings(table, dict.fromkeys(search.columns), VALUES, VALUES * 100)
    columns = [one for one in by_column.values() if isinstance(one, Grouping)]
    rng = np.random.Generator(np.random.PCG64([compared.seed, _STREAM]))
    first, second = _halves(compared.holdout, rng)

    worst = _worst(compared, metric, columns, _thinned(first, rng))
    measured = []
    for candidate in worst:
        part = compared.take(np.flatnonzero(candidate.rows() & second))
        everything = Grouping([candidate.keys], np.zeros(part.holdout.labels.size, dtype=np.uint8))
        measured += measure_slices(part, metric, everything)
    shown = [one.difference for one in measured if one.difference is not None]
    bounds = iter(holm_upper_bounds(shown, [search.margin] * len(shown), compared.alpha))
    return [
        slice_evidence(
            candidate.keys,
            metric,
            search.margin,
            one,
            None if one.difference is None else next(bounds),
            protected=False,
        )
        for candidate, one in zip(worst, measured, strict=True)
    ]


def _halves(holdout: Holdout, rng: np.random.Generator) -> tuple[Bools, Bools]:
    """Mark the rows whose clusters are all in the first half, and those whose clusters are all in the second."""
    firsts = []
    for way in holdout.ways[:2]:
        chosen = np.zeros(way.count, dtype=np.bool_)
        chosen[rng.permutation(way.count)[: way.count // 2]] = True
        firsts.append(chosen[way.codes])
    return np.logical_and.reduce(firsts), ~np.logical_or.reduce(firsts)


def _thinned(half: Bools, rng: np.random.Generator) -> Ints:
    """Number the rows of a half, or of `SEARCHED_ROWS` at random."""
    rows = np.flatnonzero(half)
    if rows.size <= SEARCHED_ROWS:
        return rows
    return np.sort(rng.choice(rows, SEARCHED_ROWS, replace=False))


def _worst(compared: ComparedRows, metric: str, columns: list[Grouping], rows: Ints) -> list[_Candidate]:
    """Give the slices with the clearest losses on some of the rows, the clearest first."""
    if rows.size == 0:
        return []
    half = compared.take(rows)
    losses: list[tuple[_Candidate, MeasuredSlice]] = []
    errors: list[float] = []
    for grouping, candidates in _candidates(columns, rows):
        for candidate, one in zip(candidates, measure_slices(half, metric, grouping), strict=True):
            if one.difference is None:
                continue
            errors.append(_error_of_a_row(one))
            if one.difference.estimate < 0:
                losses.append((candidate, one))
    usual = float(np.median(errors)) if errors else 0.0
    kept: list[_Candidate] = []
    for candidate, _ in sorted(losses, key=lambda loss: _clearness(loss[1], usual)):
        told = any(len(other.keys) == 1 and other.keys[0] in candidate.keys for other in kept)
        if not told and len(kept) < KEPT:
            kept.append(candidate)
    return kept


def _error_of_a_row(measured: MeasuredSlice) -> float:
    error = measured.difference.standard_error if measured.difference is not None else None
    return measured.rows * (error or 0.0) ** 2


def _clearness(measured: MeasuredSlice, usual: float) -> float:
    """Give a t-statistic: the smaller, the clearer the loss.

    With few clusters the smallest of many standard errors is small by luck. So each variance is drawn to what slices
    of so many rows usually have, as if `USUAL_CLUSTERS` more clusters had said so.
    """
    difference = measured.difference
    if difference is None:
        return 0.0
    own = difference.degrees_of_freedom
    variance = (own * _error_of_a_row(measured) + USUAL_CLUSTERS * usual) / (own + USUAL_CLUSTERS) / measured.rows
    return difference.estimate / float(np.sqrt(variance)) if variance > 0 else -np.inf


def _candidates(columns: list[Grouping], rows: Ints) -> Iterator[tuple[Grouping, list[_Candidate]]]:
    """Group the rows by each column and by each pair of columns; what a group is called in all rows stands beside it."""
    thin = [grouping.take(rows) for grouping in columns]
    place = [{keys[0]: code for code, keys in enumerate(grouping.keys)} for grouping in columns]
    for at, grouping in enumerate(thin):
        yield grouping, [_Candidate(keys, ((columns[at], place[at][keys[0]]),)) for keys in grouping.keys]
    for one, other in combinations(range(len(columns)), 2):
        pair = thin[one].crossed(thin[other])
        yield (
            pair,
            [
                _Candidate(keys, ((columns[one], place[one][keys[0]]), (columns[other], place[other][keys[1]])))
                for keys in pair.keys
            ],
        )
