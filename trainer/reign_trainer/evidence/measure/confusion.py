"""Macro F1, from counts of true, predicted and hit rows by cluster and class."""

import numpy as np

from .arrays import Bools, Floats, Ints
from .clustering import Clustering
from .holdout import Holdout
from .replicates import Replicates
from .tally import tally

CELLS = 1_000_000
"""How many (cluster, class) cells are counted at a time: rows may have a cluster each."""


def macro_f1(holdout: Holdout, scores: Floats) -> Replicates:
    """Mean over classes of F1, every class that occurs in the labels counting the same.

    The predicted class is the most probable one, of equal ones the lowest. Classes that no label has are not averaged
    over, although predicting them costs the others recall: with scikit-learn this is
    ``f1_score(y, predicted, labels=np.unique(y), average='macro', zero_division=0)``. The same holds with a cluster
    left out: a class that goes with it is not averaged over.

    Parameters
    ----------
    holdout : Holdout
    scores : ndarray of shape (n, k)

    Returns
    -------
    Replicates
    """
    k = scores.shape[1]
    truth, predicted = holdout.labels.astype(np.intp), np.argmax(scores, axis=1)
    # F1 is 2 hits / (true + predicted). Rows are counted beside weights because only whole numbers vanish exactly.
    rows = tally(truth, np.ones_like(holdout.weights), k)
    hits = tally(truth, holdout.weights * (truth == predicted), k)
    sizes = tally(truth, holdout.weights, k) + tally(predicted, holdout.weights, k)

    def without_each_cluster(way: Clustering) -> Floats:
        order = np.argsort(way.codes, kind="stable")
        clusters, weights = way.codes[order], holdout.weights[order]
        true, answered = truth[order], predicted[order]
        hit, one = weights * (true == answered), np.ones_like(weights)
        values = np.empty(way.count)
        step = max(1, CELLS // k)
        for start in range(0, way.count, step):
            stop = min(start + step, way.count)
            part = slice(*np.searchsorted(clusters, [start, stop]))
            shape = (stop - start, k)
            true_cell = (clusters[part] - start) * k + true[part]
            answered_cell = (clusters[part] - start) * k + answered[part]
            left_rows = rows - _cells(true_cell, one[part], shape)
            left_hits = hits - _cells(true_cell, hit[part], shape)
            left_sizes = sizes - _cells(true_cell, weights[part], shape) - _cells(answered_cell, weights[part], shape)
            values[start:stop] = _mean_f1(left_hits, left_sizes, left_rows > 0)
        return values

    estimate = _mean_f1(hits[np.newaxis], sizes[np.newaxis], rows[np.newaxis] > 0)
    return Replicates(float(estimate[0]), tuple(without_each_cluster(way) for way in holdout.ways))


def _cells(cells: Ints, weights: Floats, shape: tuple[int, int]) -> Floats:
    return tally(cells, weights, shape[0] * shape[1]).reshape(shape)


def _mean_f1(hits: Floats, sizes: Floats, occurs: Bools) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):  # a single cluster leaves nothing: 0 / 0
        f1 = np.where(occurs, np.clip(2 * hits / sizes, 0, 1), 0)
        return np.asarray(f1.sum(axis=1) / occurs.sum(axis=1))
