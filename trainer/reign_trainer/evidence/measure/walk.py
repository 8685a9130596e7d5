"""Average precision, KS and approval rate from weights by threshold, for many variations of the weights at a time."""

from collections.abc import Sequence

import numpy as np

from .arrays import Floats

SLACK = 1e-12
"""A bad rate counts as kept where it is exceeded by this share of itself: rounding must not turn an equality down."""


def walk(positives: Floats, negatives: Floats, names: Sequence[str], bad_rate: float | None) -> Floats:
    """Walk from the highest to the lowest score.

    Parameters
    ----------
    positives, negatives : ndarray of shape (thresholds, variations)
        Weight of each class by rank or by bin of ranks, highest scores first.
    names : sequence of {'pr_auc', 'ks', 'approval_rate'}
    bad_rate : float or None
        Of the approval rate.

    Returns
    -------
    ndarray of shape (names, variations)
        NaN where a class has no weight.
    """
    hits, alarms = np.cumsum(positives, axis=0), np.cumsum(negatives, axis=0)
    found = np.empty((len(names), positives.shape[1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        for at, name in enumerate(names):
            if name == "pr_auc":
                found[at] = _average_precision(positives, hits, alarms)
            elif name == "ks":
                found[at] = np.max(hits / hits[-1] - alarms / alarms[-1], axis=0, initial=0.0)
            else:
                assert bad_rate is not None
                found[at] = _approval_rate(hits, alarms, bad_rate)
    defined = (hits[-1] > 0) & (alarms[-1] > 0)
    return np.where(defined, found, np.nan)


def _average_precision(positives: Floats, hits: Floats, alarms: Floats) -> Floats:
    """Sum the gains in recall times the precision there, as scikit-learn does.

    Before the first row of a variation the precision is 0 / 0, and the gain in recall 0.
    """
    precision = np.divide(hits, hits + alarms, out=np.zeros_like(hits), where=hits > 0)
    average: Floats = np.einsum("ij,ij->j", positives, precision) / hits[-1]
    return average


def _approval_rate(hits: Floats, alarms: Floats, bad_rate: float) -> Floats:
    """Find the largest share of the weight below a threshold of which at most ``bad_rate`` is positive.

    The rows from the highest score down to a threshold are turned away, the rest is accepted: the first threshold at
    which the rest is good enough accepts most. With everything turned away nothing is bad, so there is always one.
    """
    bad, good = hits[-1] - hits, alarms[-1] - alarms
    everything = hits[-1] + alarms[-1]
    kept = bad * (1 - bad_rate) <= good * (bad_rate * (1 + SLACK))
    first = np.argmax(kept, axis=0)[np.newaxis]
    accepted = np.take_along_axis(bad, first, axis=0) + np.take_along_axis(good, first, axis=0)
    all_are_good_enough = hits[-1] * (1 - bad_rate) <= alarms[-1] * (bad_rate * (1 + SLACK))
    rate: Floats = np.where(all_are_good_enough, 1.0, accepted[0] / everything)
    return rate
