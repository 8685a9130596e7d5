"""Metrics that are functions of sums over rows: the jackknife is exact from the sums of each cluster.

B. Efron, "The Jackknife, the Bootstrap and Other Resampling Plans", SIAM, 1982.
"""

import numpy as np

from .arrays import Floats
from .clustering import Clustering
from .holdout import Holdout
from .parameters import Costs
from .replicates import Replicates, without_each

EPSILON = float(np.finfo(np.float64).eps)
"""Probabilities are clipped to [EPSILON, 1 - EPSILON] in the log loss, as scikit-learn does with float64."""

CONSTANT = 1e-9
"""Labels whose variance is below this share of their mean square, both about the mean of all, count as one value."""


def log_loss(holdout: Holdout, scores: Floats) -> Replicates:
    """Mean of minus the logarithm of the probability given to the true class.

    Parameters
    ----------
    holdout : Holdout
    scores : ndarray of shape (n,) or (n, k)

    Returns
    -------
    Replicates
    """
    if scores.ndim == 1:
        truth = np.where(holdout.labels == 1, scores, 1 - scores)
    else:
        truth = scores[np.arange(holdout.labels.size), holdout.labels.astype(np.intp)]
    return _mean(holdout, -np.log(np.clip(truth, EPSILON, 1 - EPSILON)))


def brier(holdout: Holdout, scores: Floats) -> Replicates:
    """Mean squared distance of the probability of the positive class from the label."""
    return _mean(holdout, np.square(scores - holdout.labels))


def accuracy(holdout: Holdout, scores: Floats) -> Replicates:
    """Share of rows whose most probable class is the true one; of equal probabilities the lowest class counts."""
    return _mean(holdout, (np.argmax(scores, axis=1) == holdout.labels).astype(np.float64))


def mae(holdout: Holdout, scores: Floats) -> Replicates:
    """Mean absolute error."""
    return _mean(holdout, np.abs(scores - holdout.labels))


def rmse(holdout: Holdout, scores: Floats) -> Replicates:
    """Root of the mean squared error."""
    squared = _mean(holdout, np.square(scores - holdout.labels))
    return Replicates(float(np.sqrt(squared.estimate)), tuple(np.sqrt(values) for values in squared.values))


def pinball(holdout: Holdout, scores: Floats, quantile: float) -> Replicates:
    """Mean of what falls short times the quantile, and of what goes beyond times one minus the quantile.

    The quantile itself is the prediction that makes it smallest.

    Parameters
    ----------
    holdout : Holdout
    scores : ndarray of shape (n,)
    quantile : float
        Between 0 and 1.

    Returns
    -------
    Replicates

    References
    ----------
    R. Koenker, G. Bassett, "Regression quantiles", Econometrica 46, 1978.
    """
    short = holdout.labels - scores
    return _mean(holdout, np.maximum(quantile * short, (quantile - 1) * short))


def expected_cost(holdout: Holdout, scores: Floats, costs: Costs) -> Replicates:
    """Mean cost of a row at the cut-off: rows whose score is at least that are flagged."""
    return _mean(holdout, np.where(scores >= costs.cutoff, costs.flagged, costs.passed))


def r2(holdout: Holdout, scores: Floats) -> Replicates:
    """One minus the squared error's share of the labels' squared distance from the mean of these very rows.

    Leaving a cluster out moves that mean too. NaN where the labels that are left are all equal.

    Parameters
    ----------
    holdout : Holdout
    scores : ndarray of shape (n,)

    Returns
    -------
    Replicates
    """
    w = holdout.weights
    # Labels far from zero would lose their variance to rounding.
    y = holdout.labels - np.average(holdout.labels, weights=w)
    parts = (w * np.square(scores - holdout.labels), w, w * y, w * np.square(y))
    error, weight, first, second = (np.sum(part) for part in parts)

    def without_each_cluster(way: Clustering) -> Floats:
        left_error, left_weight, left_first, left_second = (without_each(way.sums(part)) for part in parts)
        spread = left_second - left_first**2 / left_weight
        return np.where(spread > CONSTANT * left_second, 1 - left_error / spread, np.nan)

    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        estimate = float(1 - error / (second - first**2 / weight))
        values = tuple(without_each_cluster(way) for way in holdout.ways)
    return Replicates(estimate, values)


def _mean(holdout: Holdout, rows: Floats) -> Replicates:
    weighted = holdout.weights * rows
    with np.errstate(invalid="ignore"):  # a single cluster leaves nothing: 0 / 0
        values = tuple(
            without_each(way.sums(weighted)) / without_each(way.sums(holdout.weights)) for way in holdout.ways
        )
    return Replicates(float(np.sum(weighted) / np.sum(holdout.weights)), values)
