"""A classifier that speaks the declared classes, whatever the estimator inside wants.

This module travels inside the logged model, by value: it imports nothing of Reign.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted, has_fit_parameter


class LabelledClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):  # type: ignore[misc]
    """Encode the labels for a classifier and decode what it predicts.

    The estimator inside is fitted on whole numbers from 0, without gaps, as XGBoost demands. Probabilities come out in
    the order of the declared classes, with 0 for a class that training has never seen.

    Parameters
    ----------
    estimator : estimator
        A classifier or a Pipeline that ends in one. Not changed: what is fitted is a clone.
    classes : list of str, float or bool
        Every class, in the order of the probabilities. Not sorted.
    positive : str, float or bool, optional
        The class that a binary score is for. Default: the second one.

    Attributes
    ----------
    estimator_ : estimator
        The fitted clone.
    classes_ : ndarray of shape (k,)
        The declared classes.
    present_ : ndarray of shape (m,), intp
        Which of the classes occur in training; the estimator inside knows them as 0 to m - 1.
    feature_names_in_ : ndarray of str
        Where it was fitted on a frame.
    n_features_in_ : int

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> model = LabelledClassifier(LogisticRegression(), ['repaid', 'defaulted'], 'defaulted')
    >>> features = np.array([[0.0], [1.0], [2.0], [3.0]])
    >>> model = model.fit(features, np.array(['repaid', 'repaid', 'defaulted', 'defaulted']))
    >>> [str(label) for label in model.predict(features)]
    ['repaid', 'repaid', 'defaulted', 'defaulted']
    >>> model.predict_proba(features).shape
    (4, 2)
    """

    def __init__(self, estimator: Any, classes: Any, positive: Any = None) -> None:
        self.estimator = estimator
        self.classes = classes
        self.positive = positive

    def fit(self, X: Any, y: Any, sample_weight: Any = None, **fit_params: Any) -> LabelledClassifier:
        """Fit a clone of the estimator on the encoded labels.

        Parameters
        ----------
        X : array-like of shape (n, features)
        y : array-like of shape (n,)
            Declared classes; for boolean classes 0 and 1 do as well.
        sample_weight : array-like of shape (n,), optional
            Goes to the last step of a Pipeline.
        **fit_params
            As the estimator's own ``fit`` takes them: ``step__parameter`` for a Pipeline.
        """
        declared = np.asarray(self.classes)
        codes = self.encode(y)
        self.present_, inner_codes = np.unique(codes, return_inverse=True)
        # A pipeline may hold transformers without get_params: those are copied.
        estimator = clone(self.estimator, safe=False)
        if sample_weight is not None:
            fit_params = {**fit_params, weight_parameter(estimator): sample_weight}
        self.estimator_ = estimator.fit(X, inner_codes.astype(np.int64), **fit_params) or estimator
        self.classes_ = declared
        if hasattr(X, "columns"):
            self.feature_names_in_ = np.asarray(list(X.columns), dtype=object)
        self.n_features_in_ = int(np.shape(X)[1])
        return self

    def predict(self, X: Any) -> Any:
        """Predict declared classes.

        Returns
        -------
        ndarray of shape (n,)
        """
        check_is_fitted(self)
        codes = np.asarray(self.estimator_.predict(X)).reshape(-1).astype(np.intp)
        return self.classes_[self.present_[codes]]

    def predict_proba(self, X: Any) -> Any:
        """Predict probabilities.

        Returns
        -------
        ndarray of shape (n, k), float64
            In the order of the declared classes.
        """
        check_is_fitted(self)
        inner = np.asarray(self.estimator_.predict_proba(X), dtype=np.float64)
        known = np.asarray(getattr(self.estimator_, "classes_", np.arange(self.present_.size))).astype(np.intp)
        if inner.shape[1] != known.size:
            raise ValueError(f"predict_proba answers {inner.shape[1]} classes, {known.size} were in training")
        if np.array_equal(self.present_[known], np.arange(self.classes_.size)):
            return inner
        answer = np.zeros((inner.shape[0], self.classes_.size))
        answer[:, self.present_[known]] = inner
        return answer

    def encode(self, y: Any) -> Any:
        """Give the indexes of declared classes, intp.

        Raises
        ------
        ValueError
            Some are not declared. Says how many, not which.
        """
        declared, labels = np.asarray(self.classes), np.asarray(y)
        if declared.dtype.kind in "bif":
            # Booleans come as 0 and 1, and pandas finds no number among booleans.
            declared, labels = declared.astype(np.float64), labels.astype(np.float64)
        codes = pd.Index(declared).get_indexer(pd.Index(labels))
        unknown = int(np.count_nonzero(codes < 0))
        if unknown:
            raise ValueError(f"{unknown} of {codes.size} labels are none of the declared classes")
        return codes

    def decode(self, codes: Any) -> Any:
        """Give the declared classes of indexes; these may be whole numbers in float64."""
        return np.asarray(self.classes)[np.asarray(codes).astype(np.intp)]

    @property
    def positive_index(self) -> int:
        """Where the positive class stands among the classes of a binary model."""
        return 1 if self.positive is None else list(self.classes).index(self.positive)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        try:
            inner = get_tags(self.estimator)
        except (AttributeError, TypeError, ValueError):  # a first step of the author's own, without tags
            return tags
        tags.input_tags = inner.input_tags
        return tags


def weight_parameter(estimator: Any) -> str:
    """Name the parameter of ``fit`` that carries weights to the estimator at the end of a Pipeline.

    Raises
    ------
    TypeError
        That estimator takes no weights.
    """
    path = []
    while hasattr(estimator, "steps"):
        name, estimator = estimator.steps[-1]
        path.append(name)
    if not has_fit_parameter(estimator, "sample_weight"):
        raise TypeError(f"{type(estimator).__name__}.fit takes no sample_weight")
    return "__".join([*path, "sample_weight"])
