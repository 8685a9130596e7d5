"""One metric within every slice of a column."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from reign_trainer.constants import FEWEST_CLUSTERS, FEWEST_ROWS
from reign_trainer.evidence.measure import METRICS, MeasureError, degrees_of_freedom
from reign_trainer.evidence.measure.arrays import Bools, Ints
from reign_trainer.evidence.measure.clustering import Clustering
from reign_trainer.evidence.measure.interval import student_interval
from reign_trainer.evidence.measure.metric_values import metric_values, missing
from reign_trainer.evidence.measure.replicates import Replicates
from reign_trainer.evidence.measure.standard_error import standard_error
from reign_trainer.shapes import Interval

from .area import slice_areas
from .cells import Cells
from .compared_rows import ComparedRows
from .grouping import Grouping
from .losses import LOSSES
from .slice_sums import slice_means, slice_r2

FEWEST_OF_A_SLICE = 30
LEVEL = 0.95


class MeasuredSlice(NamedTuple):
    """What one slice says. Of ``difference`` and ``unmeasured`` exactly one is there."""

    rows: int
    clusters: int
    challenger: float | None
    champion: float | None
    difference: Interval | None
    unmeasured: str | None


class _Pair(NamedTuple):
    """Both models within one slice; of a bootstrap also how the slice's rows are clustered."""

    challenger: Replicates
    champion: Replicates
    ways: tuple[Clustering, ...] = ()


def measure_slices(compared: ComparedRows, metric: str, grouping: Grouping) -> list[MeasuredSlice]:
    """Measure both models within each slice, with the difference and its interval by the slice's own clusters.

    Means of losses, RMSE, R2 and ROC AUC are found for all slices at once, from sums by slice and cluster; other
    metrics slice by slice, on a copy of its rows: about 0.3 s each, for their walks along the ranking. Two-way
    clusters are handled as everywhere: the variances of either way, less that of the intersections.

    Parameters
    ----------
    compared : ComparedRows
    metric : str
    grouping : Grouping
        Of the judged rows; slices without rows are allowed.

    Returns
    -------
    list of MeasuredSlice
        In the order of ``grouping.keys``.
    """
    ways = tuple(Cells.of(grouping, way) for way in compared.holdout.ways)
    rows = np.bincount(grouping.codes, minlength=len(grouping.keys))
    clusters = np.min([np.diff(cells.first) for cells in ways], axis=0)
    refusals = _refusals(compared, metric, grouping, rows, clusters)
    wanted = np.array([refusal is None for refusal in refusals])
    pairs: dict[int, _Pair] = {}
    try:
        if wanted.any():
            pairs = _replicates(compared, metric, grouping, ways, wanted)
    except MeasureError as error:
        refusals = [refusal or str(error) for refusal in refusals]
    weights = [[(cells, cells.sums(part)) for cells in ways[:2]] for part in compared.holdout.weights_by_class]
    found = []
    for at, refusal in enumerate(refusals):
        one = MeasuredSlice(int(rows[at]), int(clusters[at]), None, None, None, refusal)
        if at in pairs:
            freedom = min(
                degrees_of_freedom(*(of_cells[cells.within(at)] for cells, of_cells in of_class))
                for of_class in weights
            )
            one = _measured(metric, pairs[at], one, freedom, compared.alpha)
        found.append(one)
    return found


def _refusals(compared: ComparedRows, metric: str, grouping: Grouping, rows: Ints, clusters: Ints) -> list[str | None]:
    """Say for each slice why it cannot be measured, if so."""
    refusal = _unsuited(compared, metric)
    if refusal is not None:
        return [refusal] * rows.size
    found: list[str | None] = [
        f"too few rows: {of_slice}, at least {FEWEST_OF_A_SLICE} are needed" if of_slice < FEWEST_OF_A_SLICE else None
        for of_slice in rows.tolist()
    ]
    # Means over rows need no class to be frequent.
    if compared.task == "binary" or metric == "macro_f1":
        labels = compared.holdout.labels.astype(np.intp)
        classes = int(labels.max()) + 1
        pair = grouping.codes.astype(np.intp) * classes + labels
        of_class = np.bincount(pair, minlength=rows.size * classes).reshape(rows.size, classes)
        found = [refusal or _too_few(counts[counts > 0]) for refusal, counts in zip(found, of_class, strict=True)]
    return [
        refusal
        or (
            f"too few clusters: {of_slice}, at least {FEWEST_CLUSTERS} are needed"
            if of_slice < FEWEST_CLUSTERS
            else None
        )
        for refusal, of_slice in zip(found, clusters.tolist(), strict=True)
    ]


def _too_few(counts: Ints) -> str | None:
    if counts.size < 2:
        return "one class only"
    if counts.min() < FEWEST_ROWS:
        return f"too few rows of a class: {counts.min()}, at least {FEWEST_ROWS} are needed"
    return None


def _unsuited(compared: ComparedRows, metric: str) -> str | None:
    if compared.task not in METRICS[metric].tasks:
        return f"{metric} is no metric of a {compared.task} task"
    lacking = missing(metric, compared.parameters)
    return f"{metric} needs {', '.join(lacking).replace('_', ' ')}" if lacking else None


def _replicates(
    compared: ComparedRows, metric: str, grouping: Grouping, ways: tuple[Cells, ...], wanted: Bools
) -> dict[int, _Pair]:
    holdout = compared.holdout
    if metric == "roc_auc":
        found = [slice_areas(holdout, order, grouping, ways, wanted) for order in compared.orders]
    elif metric == "r2":
        found = [slice_r2(holdout, losses, grouping, ways, wanted) for losses in compared.losses(metric)]
    elif metric in LOSSES:
        root = metric == "rmse"
        found = [slice_means(holdout, losses, ways, wanted, root=root) for losses in compared.losses(metric)]
    else:
        return _one_by_one(compared, metric, grouping, wanted)
    challenger, champion = found
    return {at: _Pair(challenger[at], champion[at]) for at in challenger}


def _one_by_one(compared: ComparedRows, metric: str, grouping: Grouping, wanted: Bools) -> dict[int, _Pair]:
    pairs = {}
    for at in np.flatnonzero(wanted).tolist():
        part = compared.take(np.flatnonzero(grouping.codes == at))
        challenger, champion = metric_values([metric], part.holdout, part.models, part.parameters, compared.seed)
        pairs[at] = _Pair(challenger[metric], champion[metric], part.holdout.ways)
    return pairs


def _measured(metric: str, pair: _Pair, nothing: MeasuredSlice, freedom: float, alpha: float) -> MeasuredSlice:
    """Fill in what a slice says of which nothing but its rows and clusters was known."""
    challenger, champion, ways = pair
    if not (np.isfinite(challenger.estimate) and np.isfinite(champion.estimate)):
        return nothing._replace(unmeasured=f"{metric} is not defined: labels or scores do not vary")
    entry = METRICS[metric]
    difference = challenger.minus(champion) if entry.better == "higher" else champion.minus(challenger)
    error = standard_error(difference, ways, entry.method)
    interval = student_interval(
        difference.estimate, error, nothing.clusters, LEVEL, entry.method, alpha, degrees_of_freedom=freedom
    )
    both = nothing._replace(challenger=challenger.estimate, champion=champion.estimate)
    if interval.standard_error is None:
        return both._replace(unmeasured="all rows that tell are of one cluster: there is no standard error")
    return both._replace(difference=interval)
