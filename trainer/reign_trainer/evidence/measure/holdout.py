"""The rows that both models are scored on: labels, weights and clusters, checked at the door."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .arrays import Bools, Floats
from .clustering import Clustering, ways_to_cluster
from .degrees_of_freedom import degrees_of_freedom
from .error import MeasureError
from .metrics import Task

LARGEST = 1e140
"""Labels and predictions of a regression may not exceed this: the sum of their squares must stay finite."""


@dataclass(frozen=True)
class Holdout:
    """Checked rows of one holdout, without those of weight zero.

    Attributes
    ----------
    labels : ndarray of shape (n,), float64
    weights : ndarray of shape (n,), float64
        Scaled so that the largest is 1: every metric is free of the scale of the weights.
    ways : tuple of Clustering
        The one way to cluster, or two ways and, third, their intersections.
    kept : ndarray of shape (rows given,), bool, or None
        Which of the given rows these are; None for all of them.
    task : Task
    """

    labels: Floats
    weights: Floats
    ways: tuple[Clustering, ...]
    kept: Bools | None
    task: Task

    @classmethod
    def of(cls, task: Task, labels: npt.ArrayLike, clusters: npt.ArrayLike, weights: npt.ArrayLike | None) -> "Holdout":
        """Check labels, cluster codes and weights of a task and take out the rows of weight zero."""
        y = _vector("labels", labels)
        n = y.size
        if n == 0:
            raise MeasureError("the holdout has no rows: widen the holdout window")
        codes = np.asarray(clusters)
        if codes.shape not in ((n,), (n, 2)):
            raise MeasureError(
                f"clusters have shape {codes.shape}, labels have {n} rows: give one cluster code a row, or two"
            )
        if codes.dtype.kind not in "iu":
            raise MeasureError(f"cluster codes have type {codes.dtype}: give integers")
        w = _weights(weights, n)
        kept = None
        if not w.all():
            kept = w > 0
            y, codes, w = y[kept], codes[kept], w[kept]
        _check_labels(task, y)
        return cls(y, w, ways_to_cluster(codes), kept, task)

    @property
    def cluster_count(self) -> int:
        """Count the clusters: of two ways to cluster those of the way with fewer."""
        return min(way.count for way in self.ways)

    @property
    def weights_by_class(self) -> tuple[Floats, ...]:
        """Weights of negatives and of positives of a binary task, zero elsewhere; otherwise all weights.

        What a cluster does to a ranking goes through its rows of either class apart, and clusters of one size hold unequal
        shares of each: the class whose rows lie in fewer clusters tells how many there are in effect.
        """
        if self.task != "binary":
            return (self.weights,)
        return self.weights * (self.labels == 0), self.weights * (self.labels == 1)

    @property
    def degrees_of_freedom(self) -> float:
        """Count those of Student's t, from the weights of the clusters: the fewest of any class."""
        return min(degrees_of_freedom(*(way.sums(part) for way in self.ways[:2])) for part in self.weights_by_class)


def _vector(name: str, given: npt.ArrayLike) -> Floats:
    raw = np.asarray(given)
    if raw.ndim != 1:
        raise MeasureError(f"{name} have shape {raw.shape}: give one number a row")
    if raw.dtype.kind not in "biuf":
        raise MeasureError(f"{name} have type {raw.dtype}: give numbers")
    values = raw.astype(np.float64, copy=False)
    broken = values.size - int(np.count_nonzero(np.isfinite(values)))
    if broken:
        raise MeasureError(f"{name} are NaN or infinite in {broken} of {values.size} rows: give finite numbers")
    return values


def _weights(given: npt.ArrayLike | None, n: int) -> Floats:
    if given is None:
        return np.ones(n)
    weights = _vector("weights", given)
    if weights.size != n:
        raise MeasureError(f"there are {weights.size} weights and {n} labels: give one weight a row")
    negative = int(np.count_nonzero(weights < 0))
    if negative:
        raise MeasureError(f"weights are negative in {negative} of {n} rows: weights are zero or more")
    largest = weights.max()
    if largest == 0:
        raise MeasureError("every weight is zero: give at least some rows a positive weight")
    scaled: Floats = weights / largest
    return scaled


def _check_labels(task: Task, y: Floats) -> None:
    first, last = y.min(), y.max()
    if task == "binary" and not np.all((y == 0) | (y == 1)):
        raise MeasureError("labels of a binary task must be 0 or 1: encode the positive class as 1")
    if task == "multiclass" and (first < 0 or not np.all(y == np.floor(y))):
        raise MeasureError("labels of a multiclass task must be 0 to k - 1: encode the classes by their order")
    if task == "regression" and max(abs(first), abs(last)) > LARGEST:
        raise MeasureError(f"labels exceed {LARGEST:g}: scale them")
    if first == last:
        what = "rows of one value only" if task == "regression" else "one class only"
        raise MeasureError(
            f"the labels of the holdout hold {what}, nothing can be told apart: "
            "widen the holdout window or check the label"
        )
