"""Average precision, Kolmogorov-Smirnov and approval rate: walks along the ranking, on variations of the weights.

Nothing is sorted again: leaving a cluster out, or drawing clusters with replacement, only changes the weights of rows
that are in order already. Average precision is smooth in the weights, so each cluster is left out once. A maximum such
as KS and a threshold such as that of the approval rate are not: for them the jackknife has no guarantee, and clusters
are drawn with replacement instead.

For the variations, not for the estimates, neighbouring ranks are put into bins, so that one costs that many steps and
not n: `BINS` where clusters are drawn, and up to `FINEST` where few are left out. The bins are cut so that each holds
at most 2 / bins of the positive and of the negative weight, but for one rank that may be heavier by itself. With no
more different scores than bins nothing is approximated. With more, what binning does to average precision is put right
to first order.

Where there are very many clusters (each row one, say), they are left out or drawn in bundles: sums of independent
clusters are independent too, so the variance is estimated as well as before, with a noise of 1 / sqrt(2 * bundles): 3.2
% of `LEFT_OUT`, as much as `RESAMPLES` have, and 1.6 % of `BUNDLES`, which comes on top of that.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from .arrays import Bools, Floats, Ints
from .clustering import Clustering
from .metrics import METRICS
from .precision_influence import precision_influence
from .ranking import Ranking
from .replicates import Replicates
from .tally import tally
from .walk import walk

BINS = 16_384
FINEST = 131_072
RESAMPLES = 500
BLOCK = 50
"""How many resamples are walked at a time: enough to be quick, few enough to stay small."""

BUNDLES = 2_000
"""More clusters than this are dealt at random into so many bundles of equal number, and bundles are drawn."""

LEFT_OUT = 500
"""More clusters than this are dealt in turn into so many bundles, and each bundle is left out once."""

CLUSTERS_OF_A_CLASS = 3
"""Each class must occur in so many clusters, or in all if there are fewer: else too many resamples would lack it."""


def ranked(
    rankings: Sequence[Ranking], names: Sequence[str], bad_rate: float | None, seed: int | None
) -> list[dict[str, Replicates]]:
    """Measure metrics that walk along the ranking for each of several models of one holdout, on the same variations.

    Parameters
    ----------
    rankings : sequence of Ranking
        Of the same rows.
    names : sequence of {'pr_auc', 'ks', 'approval_rate'}
    bad_rate : float or None
        Of the approval rate.
    seed : int or None
        Of the PCG64 generator that draws the clusters. With None nothing is drawn: for every metric each cluster (or
        bundle) is left out once.

    Returns
    -------
    list of dict of str to Replicates
        NaN where a variation lacks a class; no values at all where clusters are drawn and a class occurs in too few of
        them.

    References
    ----------
    A. C. Cameron, J. B. Gelbach, D. L. Miller, "Bootstrap-based improvements for inference with clustered errors",
    Review of Economics and Statistics 90, 2008.
    """
    estimates = [
        walk(ranking.positives[:, np.newaxis], ranking.negatives[:, np.newaxis], names, bad_rate)[:, 0]
        for ranking in rankings
    ]
    rng = None if seed is None else np.random.Generator(np.random.PCG64(seed))
    drawn = [name for name in names if rng is not None and METRICS[name].method == "bootstrap"]
    left_out = [name for name in names if name not in drawn]
    values: list[dict[str, list[Floats]]] = [{name: [] for name in names} for _ in rankings]
    for way in range(len(rankings[0].ways)):
        for kind in filter(None, (left_out, drawn)):
            plan = _left_out(rankings[0], way) if kind is left_out else _drawn(rankings[0], way, rng)
            for ranking, of_model in zip(rankings, values, strict=True):
                for name, walked in zip(kind, _walked(ranking, way, plan, kind, bad_rate), strict=True):
                    of_model[name].append(walked)
    return [
        {name: Replicates(float(estimate[at]), tuple(of_model[name])) for at, name in enumerate(names)}
        for estimate, of_model in zip(estimates, values, strict=True)
    ]


class _Plan(NamedTuple):
    """Which unit each cluster belongs to, how often each unit comes in each variation, and how fine to walk.

    `times` has shape (units, variations).
    """

    unit_of_cluster: Ints
    times: Floats
    bins: int


def _left_out(ranking: Ranking, way: int) -> _Plan:
    clusters = ranking.ways[way].count
    units = min(clusters, LEFT_OUT)
    bins = max(BINS, min(FINEST, RESAMPLES * BINS // units))
    return _Plan(np.arange(clusters) % units, np.ones((units, units)) - np.eye(units), bins)


def _drawn(ranking: Ranking, way: int, rng: np.random.Generator | None) -> _Plan:
    clusters = ranking.ways[way].count
    assert rng is not None
    units = min(clusters, BUNDLES)
    unit_of_cluster = np.arange(clusters) if units == clusters else rng.permutation(clusters) % units
    if not _classes_are_spread(ranking, ranking.ways[way]):
        return _Plan(unit_of_cluster, np.empty((units, 0)), BINS)
    return _Plan(unit_of_cluster, _multiplicities(rng, units), BINS)


def _walked(ranking: Ranking, way: int, plan: _Plan, names: Sequence[str], bad_rate: float | None) -> Floats:
    """Walk all variations, shape (names, variations)."""
    times = plan.times
    if times.shape[1] == 0:
        return np.empty((len(names), 0))
    unit_of_row = plan.unit_of_cluster[ranking.ways[way].codes]
    cells = _Cells.of(ranking, unit_of_row, times.shape[0], plan.bins, "pr_auc" in names)
    blocks = np.array_split(times, -(-times.shape[1] // BLOCK), axis=1)
    walked = np.concatenate(
        [walk(cells.positives @ block, cells.negatives @ block, names, bad_rate) for block in blocks], axis=1
    )
    if cells.missed is not None:
        walked[list(names).index("pr_auc")] += np.einsum("i,ij->j", cells.missed, times - 1)
    return walked


def _classes_are_spread(ranking: Ranking, way: Clustering) -> bool:
    wanted = min(CLUSTERS_OF_A_CLASS, way.count)
    return way.count > 1 and all(
        np.count_nonzero(np.bincount(way.codes[rows])) >= wanted for rows in (ranking.positive, ~ranking.positive)
    )


def _multiplicities(rng: np.random.Generator, units: int) -> Floats:
    """Draw ``units`` units with replacement, `RESAMPLES` times: how often each came, (units, RESAMPLES)."""
    drawn = rng.integers(0, units, size=(units, RESAMPLES)) * RESAMPLES + np.arange(RESAMPLES)
    times: Floats = np.bincount(drawn.ravel(), minlength=units * RESAMPLES).astype(np.float64)
    return times.reshape(units, RESAMPLES)


class _Cells(NamedTuple):
    """Weight of each class by bin and unit, best bin first, and what the bins miss.

    `missed` is, by unit, the influence of its rows on average precision less their influence as the bins see it: None
    where it is not asked for, and where there is nothing to miss.
    """

    positives: csr_array
    negatives: csr_array
    missed: Floats | None

    @classmethod
    def of(cls, ranking: Ranking, unit_of_row: Ints, units: int, bins: int, precision: bool) -> "_Cells":
        bin_of_rank = _bins(ranking, bins)
        size = int(bin_of_rank[-1]) + 1
        of_row = bin_of_rank[ranking.rank]

        def table(rows: Bools) -> csr_array:
            # Rows are in the order of bins already, which is all that the format asks for.
            ends = np.searchsorted(of_row[rows], np.arange(size + 1))
            cells = csr_array((ranking.weights[rows], unit_of_row[rows], ends), shape=(size, units))
            cells.sum_duplicates()
            return cells

        missed = None
        if precision and size < ranking.positives.size:
            positives = tally(bin_of_rank, ranking.positives, size)
            negatives = tally(bin_of_rank, ranking.negatives, size)
            influence = precision_influence(ranking.positives, ranking.negatives, ranking.rank, ranking.positive)
            influence -= precision_influence(positives, negatives, of_row, ranking.positive)
            missed = tally(unit_of_row, ranking.weights * influence, units)
        return cls(table(ranking.positive), table(~ranking.positive), missed)


def _bins(ranking: Ranking, most: int) -> Ints:
    """Bin of each rank."""
    positives, negatives = ranking.positives, ranking.negatives
    if positives.size <= most:
        return np.arange(positives.size)
    before = [(np.cumsum(of_class) - of_class) / of_class.sum() for of_class in (positives, negatives)]
    cuts = np.minimum((before[0] + before[1]) / 2 * most, most - 1).astype(np.intp)
    bins: Ints = np.cumsum(np.diff(cuts, prepend=cuts[0]) > 0)  # a heavy rank would leave empty bins behind it
    return bins
