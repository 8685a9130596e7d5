"""Average precision, Kolmogorov-Smirnov and approval rate: walks along the ranking, with a paired cluster bootstrap.

Deleting clusters one by one does not give the variance of a maximum such as KS (the jackknife needs smoothness), so
clusters are drawn with replacement instead. Nothing is sorted again: a resample only changes the weights of rows
that are in order already.

For the resamples, not for the estimates, neighbouring ranks are put into at most `BINS` bins, so that a resample costs
`BINS` steps and not n. The bins are cut so that each holds at most 2 / BINS of the positive and of the negative
weight, but for one rank that may be heavier by itself. With up to `BINS` different scores nothing is approximated. With
more, what binning does to average precision is put right to first order. Measured at 400,000 and at a million rows, the
standard error of a difference is then within 2 % of the exact bootstrap's; for two models that rank almost alike, whose
difference has a standard error below 1e-4, within a fifth.

Where there are very many clusters (each row one, say), they are drawn in bundles: sums of independent clusters are
independent too, so the variance is estimated as well as before, with a noise of 1 / sqrt(2 * BUNDLES), or 1.6 %, beside
the 3.2 % that `RESAMPLES` leaves.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from .arrays import Bools, Floats, Ints
from .clustering import Clustering
from .precision_influence import precision_influence
from .ranking import Ranking
from .replicates import Replicates
from .tally import tally
from .walk import walk

BINS = 16_384
RESAMPLES = 500
BLOCK = 50
"""How many resamples are walked at a time: enough to be quick, few enough to stay small."""

BUNDLES = 2_000
"""More clusters than this are dealt at random into so many bundles of equal number, and bundles are drawn."""

CLUSTERS_OF_A_CLASS = 3
"""Each class must occur in so many clusters, or in all if there are fewer: else too many resamples would lack it."""


def ranked(
    rankings: Sequence[Ranking], names: Sequence[str], bad_rate: float | None, seed: int | None
) -> list[dict[str, Replicates]]:
    """Measure metrics that walk along the ranking for each of several models of one holdout, on the same resamples.

    Parameters
    ----------
    rankings : sequence of Ranking
        Of the same rows.
    names : sequence of {'pr_auc', 'ks', 'approval_rate'}
    bad_rate : float or None
        Of the approval rate.
    seed : int or None
        Of the PCG64 generator that draws the clusters; with None nothing is drawn, each unit is left out once.

    Returns
    -------
    list of dict of str to Replicates
        NaN where a resample lacks a class; no values at all where a class occurs in too few clusters.

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
    binned = [_Binned.of(ranking) for ranking in rankings]
    by_way = [_resampled(binned, way, names, bad_rate, rng) for way in range(len(rankings[0].ways))]
    return [
        {
            name: Replicates(float(estimates[model][at]), tuple(values[model][at] for values in by_way))
            for at, name in enumerate(names)
        }
        for model in range(len(rankings))
    ]


def _resampled(
    binned: Sequence["_Binned"],
    way: int,
    names: Sequence[str],
    bad_rate: float | None,
    rng: np.random.Generator | None,
) -> list[Floats]:
    """Walk the variations of one way to cluster: for each model, shape (names, variations)."""
    first = binned[0].ranking
    clusters = first.ways[way].count
    if not _classes_are_spread(first, first.ways[way]):
        return [np.empty((len(names), 0)) for _ in binned]
    units = min(clusters, BUNDLES)
    dealt = np.arange(clusters) if units == clusters or rng is None else rng.permutation(clusters)
    unit_of_cluster = dealt % units
    times = np.ones((units, units)) - np.eye(units) if rng is None else _multiplicities(rng, units)
    blocks = np.array_split(times, -(-times.shape[1] // BLOCK), axis=1)
    values = []
    for model in binned:
        cells = model.cells(unit_of_cluster[model.ranking.ways[way].codes], units)
        walked = np.concatenate(
            [walk(cells.positives @ block, cells.negatives @ block, names, bad_rate) for block in blocks], axis=1
        )
        if cells.missed is not None and "pr_auc" in names:
            walked[names.index("pr_auc")] += np.einsum("i,ij->j", cells.missed, times - 1)
        values.append(walked)
    return values


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

    `missed` is, by unit, the influence of its rows on average precision less their influence as the bins see it.
    """

    positives: csr_array
    negatives: csr_array
    missed: Floats | None


class _Binned(NamedTuple):
    """A ranking with the bin of each row, and by row what the bins miss of its influence on average precision."""

    ranking: Ranking
    bins: int
    of_row: Ints
    missed: Floats | None

    @classmethod
    def of(cls, ranking: Ranking) -> "_Binned":
        bin_of_rank = _bins(ranking)
        size = int(bin_of_rank[-1]) + 1
        of_row = bin_of_rank[ranking.rank]
        missed = None
        if size < ranking.positives.size:
            positives = tally(bin_of_rank, ranking.positives, size)
            negatives = tally(bin_of_rank, ranking.negatives, size)
            missed = precision_influence(ranking.positives, ranking.negatives, ranking.rank, ranking.positive)
            missed -= precision_influence(positives, negatives, of_row, ranking.positive)
            missed *= ranking.weights
        return cls(ranking, size, of_row, missed)

    def cells(self, unit_of_row: Ints, units: int) -> _Cells:
        def table(rows: Bools) -> csr_array:
            # Rows are in the order of bins already, which is all that the format asks for.
            ends = np.searchsorted(self.of_row[rows], np.arange(self.bins + 1))
            cells = csr_array((self.ranking.weights[rows], unit_of_row[rows], ends), shape=(self.bins, units))
            cells.sum_duplicates()
            return cells

        positive = self.ranking.positive
        missed = None if self.missed is None else tally(unit_of_row, self.missed, units)
        return _Cells(table(positive), table(~positive), missed)


def _bins(ranking: Ranking) -> Ints:
    """Bin of each rank."""
    positives, negatives = ranking.positives, ranking.negatives
    if positives.size <= BINS:
        return np.arange(positives.size)
    before = [(np.cumsum(of_class) - of_class) / of_class.sum() for of_class in (positives, negatives)]
    cuts = np.minimum((before[0] + before[1]) / 2 * BINS, BINS - 1).astype(np.intp)
    bins: Ints = np.cumsum(np.diff(cuts, prepend=cuts[0]) > 0)  # a heavy rank would leave empty bins behind it
    return bins
