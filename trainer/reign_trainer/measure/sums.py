"""Metrics that are functions of sums over rows: the jackknife is exact from the sums of each cluster.

B. Efron, "The Jackknife, the Bootstrap and Other Resampling Plans", SIAM, 1982.
"""

import numpy as np

from .arrays import Floats
from .holdout import Holdout
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
    return Replicates(float(np.sqrt(squared.estimate)), np.sqrt(squared.values))


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
    error = holdout.sum_by_cluster(w * np.square(scores - holdout.labels))
    weight, first, second = (holdout.sum_by_cluster(w * power) for power in (np.ones_like(y), y, np.square(y)))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        estimate = 1 - error.sum() / (second.sum() - first.sum() ** 2 / weight.sum())
        rest = without_each(second)
        spread = rest - without_each(first) ** 2 / without_each(weight)
        values = np.where(spread > CONSTANT * rest, 1 - without_each(error) / spread, np.nan)
    return Replicates(float(estimate), values)


def _mean(holdout: Holdout, rows: Floats) -> Replicates:
    total = holdout.sum_by_cluster(holdout.weights * rows)
    weight = holdout.sum_by_cluster(holdout.weights)
    with np.errstate(invalid="ignore"):  # a single cluster leaves nothing: 0 / 0
        values = without_each(total) / without_each(weight)
    return Replicates(float(total.sum() / weight.sum()), values)
