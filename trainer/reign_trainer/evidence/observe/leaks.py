"""Features that give the label away."""

from __future__ import annotations

import numpy as np

from reign_trainer.shapes import Definition, Leak

from .alarm import rounded
from .feature import Feature
from .out_of_fold import auc, encoded_auc, encoded_correlation, majority_accuracy, random_halves, squared_correlation
from .view import View, equal_parts

#: Rows that each of two classes must have (a regression: twice as many in all): fewer are told apart by chance.
_LEAST_ROWS = 10
#: A number's range is looked at in parts of about so many rows, at most a thousand.
_PART_ROWS = 20
_MOST_PARTS = 1000
#: Values beyond these points are pulled in before a linear correlation: two outliers in one row are no leak.
_PULLED_IN = (0.01, 0.99)
#: A leak tells with one row what another will be: what one row says is not pulled to the mean of all.
_PRIOR = 0
#: What counts as the same number.
_TOLERANCE = 1e-9


class Leaks:
    """Looks for leaks in one feature after the other.

    Parameters
    ----------
    definition : Definition
        Has the task and the strength from which on a feature is called a leak.
    labels : ndarray of shape (n,), float64
        Of the sampled training rows: indexes of classes, or numbers; NaN without a label.
    entities : ndarray of shape (n,), int64, or None
        Whom each row is about, from 0: rows of one go into the same half, so that a customer's number, which comes back
        with the customer's label, is no leak.
    generator : numpy.random.Generator
    """

    def __init__(
        self, definition: Definition, labels: np.ndarray, entities: np.ndarray | None, generator: np.random.Generator
    ) -> None:
        self._task = definition.task
        self._least = definition.gate.leak
        self._labelled = np.isfinite(labels)
        self._labels = labels[self._labelled]
        if entities is None:
            self._halves = random_halves(self._labels.size, generator)
        else:
            of_entity = random_halves(int(entities.max(initial=0)) + 1, generator)
            self._halves = of_entity[entities[self._labelled]]
        if self._task == "regression":
            self._measurable = self._labels.size >= 2 * _LEAST_ROWS
        else:
            self._labels = self._labels.astype(np.int64)
            self._measurable = int(np.count_nonzero(np.bincount(self._labels) >= _LEAST_ROWS)) >= 2

    def find(self, column: str, feature: Feature) -> Leak | None:
        """Give the leak that a feature is, or None: it is not one, or the rows are too few to tell."""
        if not self._measurable:
            return None
        views = [view.only(self._labelled) for view in feature.leak]
        if any(self._equals_label(view) for view in views):
            return Leak(column=column, kind="equals-label", strength=1.0)
        strength = max((self._strength(view) for view in views), default=0.0)
        if strength < self._least:
            return None
        return Leak(column=column, kind="near-perfect", strength=rounded(strength) or 0.0)

    def _equals_label(self, view: View) -> bool:
        """Whether values and labels stand for each other: also inverted, also under other names."""
        if self._task != "regression":
            pairs = np.unique(view.train * (int(self._labels.max()) + 1) + self._labels).size
            return bool(pairs == np.unique(view.train).size == np.unique(self._labels).size)
        if view.values is None or not np.isfinite(view.values).all() or np.ptp(self._labels) == 0:
            return False
        near = _TOLERANCE * np.maximum(1e-300, np.abs(self._labels))
        return bool(
            (np.abs(view.values - self._labels) <= near).all() or (np.abs(view.values + self._labels) <= near).all()
        )

    def _strength(self, view: View) -> float:
        """Give the most that the task's measure finds: by order, by value, by part of the range."""
        if self._task == "regression":
            found = [encoded_correlation(levels, self._labels, self._halves) for levels in _groupings(view)]
            found += _correlations(view, self._labels)
        elif self._task == "binary":
            positive = self._labels == 1
            found = [encoded_auc(levels, positive, self._halves, _PRIOR) for levels in _groupings(view)]
            found += _rank_auc(view, positive)
        else:
            found = [majority_accuracy(levels, self._labels, self._halves, _LEAST_ROWS) for levels in _groupings(view)]
        return max((strength for strength in found if strength is not None), default=0.0)


def _groupings(view: View) -> list[np.ndarray]:
    """Group rows by value and, where there is an order, by parts of the range."""
    if not view.ordered:
        return [view.train]
    counts = view.train_counts
    parts = max(2, min(_MOST_PARTS, view.train.size // _PART_ROWS))
    return [view.train, equal_parts(counts, parts)[view.train]]


def _rank_auc(view: View, positive: np.ndarray) -> list[float | None]:
    """Give the AUC of the numbers themselves, in the better of both directions."""
    if not view.ordered:
        return []
    positives = np.bincount(view.train, positive, minlength=view.levels)
    area = auc(np.arange(view.levels), positives, view.train_counts - positives)
    return [None if area is None else max(area, 1 - area)]


def _correlations(view: View, labels: np.ndarray) -> list[float | None]:
    """Give the squared correlations by rank and, outliers pulled in, by value; over the rows that have one."""
    if view.values is None:
        return []
    present = ~np.isnan(view.values)
    if np.count_nonzero(present) < max(2 * _LEAST_ROWS, labels.size // 10):
        return []
    # Takes most of a second to import, and only regression asks for it.
    from scipy.stats import rankdata

    values, told = view.values[present], labels[present]
    return [
        squared_correlation(rankdata(values), rankdata(told)),
        squared_correlation(_pulled_in(values), _pulled_in(told)),
    ]


def _pulled_in(values: np.ndarray) -> np.ndarray:
    low, high = np.quantile(values, _PULLED_IN, method="nearest")
    return np.clip(values, low, high) if np.isfinite([low, high]).all() else np.zeros_like(values)
