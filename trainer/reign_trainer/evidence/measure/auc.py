"""Area under the ROC curve with its exact delete-one-cluster values, in O(n log n)."""

import numpy as np

from .arrays import Floats
from .clustering import Clustering
from .ranking import Ranking
from .replicates import Replicates, without_each
from .tally import tally


def roc_auc(ranking: Ranking) -> Replicates:
    """Probability that a positive row scores above a negative one, equal scores counting one half.

    The area is a sum over pairs of a positive and a negative row, over the number of such pairs. Without cluster g
    the pairs that touch g are gone: those of g's positives with any negative and those of g's negatives with any
    positive, of which the pairs within g are in both. The first two are sums of DeLong's placement values over g,
    found from midranks as Sun & Xu do; the pairs within g are the same sum over g's own rows. The values are thus
    what computing the area anew would give, for any number of clusters and any weights (a pair weighs the product of
    its rows' weights).

    Parameters
    ----------
    ranking : Ranking

    Returns
    -------
    Replicates
        NaN where leaving a cluster out leaves no positive or no negative row.

    References
    ----------
    E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, "Comparing the areas under two or more correlated receiver
    operating characteristic curves: a nonparametric approach", Biometrics 44, 1988.
    X. Sun, W. Xu, "Fast implementation of DeLong's algorithm for comparing the areas under correlated receiver
    operating characteristic curves", IEEE Signal Processing Letters 21, 2014.
    N. A. Obuchowski, "Nonparametric analysis of clustered ROC curve data", Biometrics 53, 1997.
    """
    positives, negatives = ranking.positives, ranking.negatives
    positive_sum, negative_sum = positives.sum(), negatives.sum()
    below = negative_sum - np.cumsum(negatives) + negatives / 2
    above = np.cumsum(positives) - positives / 2
    won = float(np.sum(positives * below))  # not np.dot: its last bits depend on the number of threads

    placement = ranking.weights * np.where(ranking.positive, below[ranking.rank], above[ranking.rank])
    positive_weights, negative_weights = ranking.weights * ranking.positive, ranking.weights * ~ranking.positive

    def without_each_cluster(way: Clustering) -> Floats:
        left_won = won - way.sums(placement) + _won_within(ranking, way)
        pairs = without_each(way.sums(positive_weights)) * without_each(way.sums(negative_weights))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(pairs > 0, np.clip(left_won / pairs, 0, 1), np.nan)

    values = tuple(without_each_cluster(way) for way in ranking.ways)
    return Replicates(won / float(positive_sum * negative_sum), values)


def _won_within(ranking: Ranking, way: Clustering) -> Floats:
    """Sum, for each cluster, the pairs within it whose positive row scores higher."""
    # A stable sort by cluster keeps the order of scores; 16-bit keys are sorted in linear time.
    keys = way.codes.astype(np.uint16) if way.count <= 65_536 else way.codes
    order = np.argsort(keys, kind="stable")
    clusters, rank = way.codes[order], ranking.rank[order]
    starts = np.ones(order.size, dtype=np.bool_)
    starts[1:] = (clusters[1:] != clusters[:-1]) | (rank[1:] != rank[:-1])
    tie = np.cumsum(starts) - 1
    tie_cluster = clusters[starts]

    weights, positive = ranking.weights[order], ranking.positive[order]
    positives = tally(tie, weights * positive, tie_cluster.size)
    negatives = tally(tie, weights * ~positive, tie_cluster.size)
    through = np.cumsum(negatives)
    through_cluster = through[np.searchsorted(tie_cluster, np.arange(way.count), side="right") - 1]
    below = through_cluster[tie_cluster] - through + negatives / 2
    return tally(tie_cluster, positives * below, way.count)
