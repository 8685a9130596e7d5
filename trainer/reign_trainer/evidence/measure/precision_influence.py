"""How average precision answers to a little more weight on a row: its influence function, up to a constant."""

import numpy as np

from .arrays import Bools, Floats, Ints


def precision_influence(positives: Floats, negatives: Floats, rank: Ints, positive: Bools) -> Floats:
    """Differentiate average precision by the weight of each row.

    With p, H and A the positives at a threshold, the positives and the negatives up to it, average precision is
    ``sum(p * H / (H + A)) / sum(p)``. Weight on a row adds to H or A of its own and of every later threshold; on a
    positive row also to p of its own and to the denominator.

    Parameters
    ----------
    positives, negatives : ndarray of shape (ranks,)
        Weight of each class by rank (or by bin of ranks), best first. No rank is empty.
    rank : ndarray of shape (n,), integers
        Of each row.
    positive : ndarray of shape (n,), bool

    Returns
    -------
    ndarray of shape (n,)
    """
    hits, alarms = np.cumsum(positives), np.cumsum(negatives)
    passed = hits + alarms
    precision = hits / passed
    total = hits[-1]
    steepness = positives / np.square(passed)
    gain = precision - np.sum(positives * precision) / total + _from_here_on(steepness * alarms)
    loss = -_from_here_on(steepness * hits)
    influence: Floats = np.where(positive, gain[rank], loss[rank]) / total
    return influence


def _from_here_on(values: Floats) -> Floats:
    return np.cumsum(values[::-1])[::-1]
