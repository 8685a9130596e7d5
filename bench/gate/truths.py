"""What the metrics of the generators truly are: the values that intervals are asked to cover.

Over all clusters the binormal scores of a class are normal, and every binary metric is a function of their two densities
and the share of positives: it is integrated on a fine grid. The errors of the regression have a distribution in closed
form. Only the multiclass metrics come from a sample, one with so many clusters that its own error is far below that of
any interval asked about.
"""

from __future__ import annotations

import numpy as np
from generators import Binormal, Floats, Ints
from scipy.special import expit, log_expit, logit
from scipy.stats import norm

GRID = 400_001
"""Points of the grid of scores, over ten standard deviations to either side."""


def share_of_positives(model: Binormal) -> float:
    """Share of positive rows over all clusters, by Gauss-Hermite quadrature over their log odds."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(101)
    return float(np.sum(weights * expit(logit(model.rate) + model.rate_spread * nodes)) / np.sum(weights))


def binary_truths(
    model: Binormal, separation: float, slope: float, intercept: float, bad_rate: float
) -> dict[str, float]:
    """Give the metrics of a binormal model whose probability is ``expit(slope * score + intercept)``.

    Parameters
    ----------
    model : Binormal
        With clusters.
    separation : float
    slope, intercept : float
        `slope` above zero.
    bad_rate : float
        Of the approval rate.

    Returns
    -------
    dict of str to float
    """
    share = share_of_positives(model)
    spread = np.sqrt(1 + model.level**2), np.sqrt(1 + model.level**2 + model.shock**2)
    scores = np.linspace(-10, 10 + separation, GRID)
    step = scores[1] - scores[0]
    negative, positive = norm(0, spread[0]), norm(separation, spread[1])
    of_negative, of_positive = negative.pdf(scores) * step, positive.pdf(scores) * step
    alarms, hits = negative.sf(scores), positive.sf(scores)
    flagged = share * hits + (1 - share) * alarms
    precision = np.divide(share * hits, flagged, out=np.ones_like(hits), where=flagged > 0)

    probability = expit(slope * scores + intercept)
    surprise = -log_expit(slope * scores + intercept), -log_expit(-slope * scores - intercept)
    accepted = 1 - flagged
    bad = np.divide(share * (1 - hits), accepted, out=np.zeros_like(hits), where=accepted > 0)
    return {
        "roc_auc": model.area(separation),
        "ks": float(np.max(hits - alarms)),
        "pr_auc": float(np.sum(of_positive * precision)),
        "log_loss": float(share * np.sum(of_positive * surprise[0]) + (1 - share) * np.sum(of_negative * surprise[1])),
        "brier": float(
            share * np.sum(of_positive * np.square(1 - probability))
            + (1 - share) * np.sum(of_negative * np.square(probability))
        ),
        "approval_rate": float(np.max(accepted[bad <= bad_rate], initial=0.0)),
    }


def regression_truths(spread: float, shock: float) -> dict[str, float]:
    """Give MAE and RMSE of errors ``spread * exp(shock * u) * z``, u and z standard normal.

    Parameters
    ----------
    spread, shock : float
    """
    return {
        "mae": float(spread * np.sqrt(2 / np.pi) * np.exp(shock**2 / 2)),
        "rmse": float(spread * np.exp(shock**2)),
    }


def multiclass_truths(labels: Ints, probabilities: Floats) -> dict[str, float]:
    """Accuracy and macro F1 of a large sample.

    Parameters
    ----------
    labels : ndarray of shape (n,), integers
    probabilities : ndarray of shape (n, k)
    """
    predicted = np.argmax(probabilities, axis=1)
    k = probabilities.shape[1]
    table = np.bincount(labels * k + predicted, minlength=k * k).reshape(k, k)
    hits = np.diag(table)
    return {
        "accuracy": float(hits.sum() / labels.size),
        "macro_f1": float(np.mean(2 * hits / (table.sum(axis=0) + table.sum(axis=1)))),
    }
