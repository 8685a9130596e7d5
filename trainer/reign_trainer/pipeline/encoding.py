"""Labels as whole numbers, for the one estimator that takes no others: XGBoost's classifiers.

This module travels inside the logged model, by value: it imports nothing of Reign.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.metadata_routing import get_routing_for_object


def takes_codes_only(estimator: Any) -> bool:
    """Say whether an estimator is a classifier of XGBoost, which takes 0 to m - 1 as labels and nothing else."""
    return any(
        one.__module__.startswith("xgboost.") and one.__name__ == "XGBClassifier" for one in type(estimator).__mro__
    )


def last_step(estimator: Any) -> Any:
    """Give the estimator at the end of a Pipeline, of Pipelines too."""
    while _is_pipeline(estimator):
        estimator = estimator.steps[-1][1]
    return estimator


def labels_of_codes(labels: Any, classes: Sequence[Any], positive: Any) -> Any:
    """Give the labels that 0 to m - 1 stand for where an estimator takes codes only.

    Parameters
    ----------
    labels : ndarray of shape (n,)
        Of the training rows.
    classes : sequence
        The declared ones, in order.
    positive : str, float, bool or None
        The class that a binary score is for.

    Returns
    -------
    ndarray of shape (m,) or None
        None where the labels are 0 to m - 1 as they stand. Otherwise the classes that occur: of two the positive one
        comes last, so that parameters such as ``scale_pos_weight`` mean it; of several in their declared order.
    """
    present = np.unique(labels)
    if are_codes(present):
        return None
    ordered = [one for one in classes if one in set(present.tolist())]
    if len(ordered) == 2 and positive is not None and ordered[0] == positive:
        ordered.reverse()
    return np.asarray(ordered, dtype=present.dtype)


def are_codes(classes: Any) -> bool:
    """Say whether classes are 0 to m - 1, in any order; booleans are."""
    numbers = np.asarray(list(classes))
    return numbers.dtype.kind in "biuf" and np.array_equal(np.sort(numbers), np.arange(numbers.size))


@contextmanager
def encoded_last_step(estimator: Any, labels: Any) -> Iterator[Any]:
    """Let the last step of a Pipeline, or the estimator itself, see codes while it is fitted.

    Every other step sees the labels as they are. Afterwards the Pipeline holds its own last step again, fitted.

    Parameters
    ----------
    estimator : estimator
    labels : ndarray of shape (m,)
        What 0 to m - 1 stand for.

    Yields
    ------
    estimator
        What to call ``fit`` of.
    """
    owner = None
    last = estimator
    while _is_pipeline(last):
        owner, last = last, last.steps[-1][1]
    encoding = Encoding(last, labels)
    if owner is None:
        yield encoding
        return
    name = owner.steps[-1][0]
    owner.steps = [*owner.steps[:-1], (name, encoding)]
    try:
        yield estimator
    finally:
        owner.steps = [*owner.steps[:-1], (name, last)]


class Encoding(BaseEstimator):  # type: ignore[misc]
    """Fits an estimator itself, on codes for labels.

    Parameters
    ----------
    estimator : estimator
    labels : ndarray of shape (m,)
        What 0 to m - 1 stand for.
    """

    def __init__(self, estimator: Any, labels: Any) -> None:
        self.estimator = estimator
        self.labels = labels

    def fit(self, X: Any, y: Any, **fit_params: Any) -> Encoding:
        """Fit the estimator."""
        codes = {label: code for code, label in enumerate(self.labels)}
        self.estimator.fit(X, np.array([codes[label] for label in np.asarray(y)], dtype=np.int64), **fit_params)
        return self

    def get_metadata_routing(self) -> Any:
        """Ask for what the estimator asks for."""
        return get_routing_for_object(self.estimator)


def _is_pipeline(estimator: Any) -> bool:
    return bool(getattr(estimator, "steps", None)) and hasattr(estimator, "named_steps")
