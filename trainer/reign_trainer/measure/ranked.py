"""Average precision and Kolmogorov-Smirnov: walks along the ranking, with a paired cluster bootstrap.

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
from .precision_influence import precision_influence
from .ranking import Ranking
from .replicates import Replicates
from .tally import tally

BINS = 16_384
RESAMPLES = 500
BLOCK = 50
"""How many resamples are walked at a time: enough to be quick, few enough to stay small."""

BUNDLES = 2_000
"""More clusters than this are dealt at random into so many bundles of equal number, and bundles are drawn."""

CLUSTERS_OF_A_CLASS = 3
"""Each class must occur in so many clusters, or in all if there are fewer: else too many resamples would lack it."""


class Ranked(NamedTuple):
    """Both metrics of one model."""

    pr_auc: Replicates
    ks: Replicates


def ranked(rankings: Sequence[Ranking], seed: int) -> list[Ranked]:
    """Measure average precision and KS for each of several models of one holdout, on the same resamples.

    Average precision is the sum over thresholds of the gain in recall times the precision, as scikit-learn has it. KS
    is the largest lead of the positives' cumulative share over the negatives', highest scores first. It is
    one-sided: a model that ranks the wrong way round has a KS near 0, not near 1.

    Parameters
    ----------
    rankings : sequence of Ranking
        Of the same rows.
    seed : int
        Of the PCG64 generator that draws the clusters.

    Returns
    -------
    list of Ranked
        NaN where a resample lacks a class; no values at all where a class occurs in too few clusters.

    References
    ----------
    A. C. Cameron, J. B. Gelbach, D. L. Miller, "Bootstrap-based improvements for inference with clustered errors",
    Review of Economics and Statistics 90, 2008.
    """
    points = [(ranking.positives[:, np.newaxis], ranking.negatives[:, np.newaxis]) for ranking in rankings]
    estimates = [_walk(*point)[:, 0] for point in points]
    drawn = _resampled(rankings, seed) if _classes_are_spread(rankings[0]) else [np.empty((2, 0)) for _ in rankings]
    return [
        Ranked(*(Replicates(float(estimate[i]), values[i]) for i in (0, 1)))
        for estimate, values in zip(estimates, drawn, strict=True)
    ]


def _classes_are_spread(ranking: Ranking) -> bool:
    wanted = min(CLUSTERS_OF_A_CLASS, ranking.cluster_count)
    return ranking.cluster_count > 1 and all(
        np.count_nonzero(np.bincount(ranking.clusters[rows])) >= wanted
        for rows in (ranking.positive, ~ranking.positive)
    )


def _resampled(rankings: Sequence[Ranking], seed: int) -> list[Floats]:
    rng = np.random.Generator(np.random.PCG64(seed))
    clusters = rankings[0].cluster_count
    units = min(clusters, BUNDLES)
    unit_of_cluster = np.arange(clusters) if units == clusters else rng.permutation(clusters) % units
    times = _multiplicities(rng, units)
    return [_walked(_Binned.of(ranking, unit_of_cluster[ranking.clusters], units), times) for ranking in rankings]


def _walked(binned: "_Binned", times: Floats) -> Floats:
    """Average precision and KS on each resample, shape (2, RESAMPLES)."""
    blocks = np.array_split(times, -(-RESAMPLES // BLOCK), axis=1)
    values = np.concatenate([_walk(binned.positives @ block, binned.negatives @ block) for block in blocks], axis=1)
    if binned.missed is not None:
        values[0] += np.einsum("i,ij->j", binned.missed, times - 1)
    return values


def _multiplicities(rng: np.random.Generator, units: int) -> Floats:
    """Draw ``units`` units with replacement, `RESAMPLES` times: how often each came, (units, RESAMPLES)."""
    drawn = rng.integers(0, units, size=(units, RESAMPLES)) * RESAMPLES + np.arange(RESAMPLES)
    times: Floats = np.bincount(drawn.ravel(), minlength=units * RESAMPLES).astype(np.float64)
    return times.reshape(units, RESAMPLES)


class _Binned(NamedTuple):
    """Weight of each class by bin and unit, best bin first, and what the bins miss.

    `missed` is, by unit, the influence of its rows on average precision less their influence as the bins see it.
    """

    positives: csr_array
    negatives: csr_array
    missed: Floats | None

    @classmethod
    def of(cls, ranking: Ranking, unit_of_row: Ints, units: int) -> "_Binned":
        bin_of_rank = _bins(ranking)
        size = int(bin_of_rank[-1]) + 1
        of_row = bin_of_rank[ranking.rank]

        def table(rows: Bools) -> csr_array:
            # Rows are in the order of bins already, which is all that the format asks for.
            ends = np.searchsorted(of_row[rows], np.arange(size + 1))
            cells = csr_array((ranking.weights[rows], unit_of_row[rows], ends), shape=(size, units))
            cells.sum_duplicates()
            return cells

        positive = ranking.positive
        missed = None
        if size < ranking.positives.size:
            positives = tally(bin_of_rank, ranking.positives, size)
            negatives = tally(bin_of_rank, ranking.negatives, size)
            influence = precision_influence(ranking.positives, ranking.negatives, ranking.rank, positive)
            influence -= precision_influence(positives, negatives, of_row, positive)
            missed = tally(unit_of_row, ranking.weights * influence, units)
        return cls(table(positive), table(~positive), missed)


def _bins(ranking: Ranking) -> Ints:
    """Bin of each rank."""
    positives, negatives = ranking.positives, ranking.negatives
    if positives.size <= BINS:
        return np.arange(positives.size)
    before = [(np.cumsum(of_class) - of_class) / of_class.sum() for of_class in (positives, negatives)]
    cuts = np.minimum((before[0] + before[1]) / 2 * BINS, BINS - 1).astype(np.intp)
    bins: Ints = np.cumsum(np.diff(cuts, prepend=cuts[0]) > 0)  # a heavy rank would leave empty bins behind it
    return bins


def _walk(positives: Floats, negatives: Floats) -> Floats:
    """Average precision and KS, shape (2, resamples), from weights by rank or bin, shape (bins, resamples)."""
    hits, alarms = np.cumsum(positives, axis=0), np.cumsum(negatives, axis=0)
    all_positive, all_negative = hits[-1], alarms[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        # Before the first row of a resample the precision is 0 / 0, and the gain in recall 0.
        precision = np.divide(hits, hits + alarms, out=np.zeros_like(hits), where=hits > 0)
        average = np.einsum("ij,ij->j", positives, precision) / all_positive
        lead = np.max(hits / all_positive - alarms / all_negative, axis=0, initial=0.0)
    defined = (all_positive > 0) & (all_negative > 0)
    return np.where(defined, np.stack([average, lead]), np.nan)
