"""Macro F1, from counts of true, predicted and hit rows by cluster and class."""

import numpy as np

from .arrays import Bools, Floats, Ints
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
    order = np.argsort(holdout.clusters, kind="stable")
    clusters, weights = holdout.clusters[order], holdout.weights[order]
    truth = holdout.labels.astype(np.intp)[order]
    predicted = np.argmax(scores, axis=1)[order]
    hit = weights * (truth == predicted)

    # F1 is 2 hits / (true + predicted). Rows are counted beside weights because only whole numbers vanish exactly.
    one = np.ones_like(weights)
    rows = tally(truth, one, k)
    hits = tally(truth, hit, k)
    sizes = tally(truth, weights, k) + tally(predicted, weights, k)

    values = np.empty(holdout.cluster_count)
    step = max(1, CELLS // k)
    for start in range(0, holdout.cluster_count, step):
        stop = min(start + step, holdout.cluster_count)
        part = slice(*np.searchsorted(clusters, [start, stop]))
        shape = (stop - start, k)
        true_cell = (clusters[part] - start) * k + truth[part]
        predicted_cell = (clusters[part] - start) * k + predicted[part]
        left_rows = rows - _cells(true_cell, one[part], shape)
        left_hits = hits - _cells(true_cell, hit[part], shape)
        left_sizes = sizes - _cells(true_cell, weights[part], shape) - _cells(predicted_cell, weights[part], shape)
        values[start:stop] = _mean_f1(left_hits, left_sizes, left_rows > 0)
    estimate = _mean_f1(hits[np.newaxis], sizes[np.newaxis], rows[np.newaxis] > 0)
    return Replicates(float(estimate[0]), values)


def _cells(cells: Ints, weights: Floats, shape: tuple[int, int]) -> Floats:
    return tally(cells, weights, shape[0] * shape[1]).reshape(shape)


def _mean_f1(hits: Floats, sizes: Floats, occurs: Bools) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):  # a single cluster leaves nothing: 0 / 0
        f1 = np.where(occurs, np.clip(2 * hits / sizes, 0, 1), 0)
        return np.asarray(f1.sum(axis=1) / occurs.sum(axis=1))
