"""A classifier that answers in the declared classes and their order.

This module travels inside the logged model, by value: of Reign it imports only what travels with it.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin
from sklearn.utils import get_tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_feature_names, _check_n_features, check_is_fitted, column_or_1d

from .encoding import encoded_last_step, labels_of_codes, last_step, takes_codes_only


class LabelledClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier whose probabilities come out in the order of the declared classes.

    The estimator inside is fitted on the labels as they are. Only an XGBoost classifier that stands alone or at the
    end of a Pipeline gets codes. A class that training has never seen has probability 0.

    Parameters
    ----------
    estimator : estimator
        A classifier or a Pipeline that ends in one.
    classes : list of str, float or bool, optional
        Every class, in the order of the probabilities. Default: the labels that occur, sorted.
    positive : str, float or bool, optional
        The class that a binary score is for. Default: the second one.

    Attributes
    ----------
    estimator_ : estimator
        The fitted copy; after `fit_itself`, the estimator itself.
    classes_ : ndarray of shape (k,)
        The declared classes.
    seen_ : ndarray of shape (m,)
        The labels of training, sorted.
    code_labels_ : ndarray of shape (m,) or None
        What the answers 0 to m - 1 of the estimator stand for; None where it was fitted on the labels.
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

    def __init__(self, estimator: Any, classes: Any = None, positive: Any = None) -> None:
        self.estimator = estimator
        self.classes = classes
        self.positive = positive

    @classmethod
    def fit_itself(cls, estimator: Any, X: Any, y: Any, classes: Any, positive: Any = None, **fit_params: Any) -> Any:
        """Fit an estimator itself, not a copy: what cannot be cloned or copied is fitted as its author built it.

        Parameters
        ----------
        estimator : estimator
        X : array-like of shape (n, features)
        y : array-like of shape (n,)
            Declared classes, of the type that the estimator is to see.
        classes, positive
            As for the class.
        **fit_params
            Of the estimator's ``fit``.

        Returns
        -------
        LabelledClassifier
            Fitted, around the estimator.
        """
        return cls(estimator, classes, positive)._fit(estimator, X, y, declared_array(classes), fit_params)

    def fit(self, X: Any, y: Any, **fit_params: Any) -> LabelledClassifier:
        """Fit a copy of the estimator.

        Parameters
        ----------
        X : array-like of shape (n, features)
        y : array-like of shape (n,)
            Declared classes; for boolean classes 0 and 1 do as well.
        **fit_params
            As the estimator's own ``fit`` takes them: ``step__parameter`` for a Pipeline.
        """
        if y is None:
            raise ValueError("LabelledClassifier requires y to be passed, but the target y is None")
        labels = column_or_1d(y, warn=True)
        check_classification_targets(labels)
        declared = np.unique(labels) if self.classes is None else declared_array(self.classes)
        codes = class_indexes(labels, declared)  # refuses others
        if labels.dtype.kind != declared.dtype.kind and declared.dtype.kind in "bif":
            y = declared[codes]
        return self._fit(copy.deepcopy(self.estimator), X, y, declared, fit_params)

    def _fit(self, estimator: Any, X: Any, y: Any, declared: Any, fit_params: dict[str, Any]) -> LabelledClassifier:
        labels = np.asarray(y)
        takes_codes = takes_codes_only(last_step(estimator))
        code_labels = labels_of_codes(labels, declared.tolist(), self.positive) if takes_codes else None
        answer: Any = None
        if code_labels is None:
            answer = estimator.fit(X, y, **fit_params)
        else:
            with encoded_last_step(estimator, code_labels) as fittable:
                fittable.fit(X, y, **fit_params)
        self.estimator_: Any = answer if hasattr(answer, "predict_proba") else estimator
        self.code_labels_ = code_labels
        self.seen_ = np.unique(labels)
        self.classes_ = declared
        _check_feature_names(self, X, reset=True)
        _check_n_features(self, X, reset=True)
        return self

    def predict(self, X: Any) -> Any:
        """Predict declared classes.

        Returns
        -------
        ndarray of shape (n,)
        """
        check_is_fitted(self)
        labels = np.asarray(self.estimator_.predict(X)).reshape(-1)
        if self.code_labels_ is not None:
            labels = self.code_labels_[labels.astype(np.intp)]
        return self.classes_[class_indexes(labels, self.classes_)]

    def predict_proba(self, X: Any) -> Any:
        """Predict probabilities.

        Returns
        -------
        ndarray of shape (n, k), float64
            In the order of the declared classes.
        """
        check_is_fitted(self)
        inner = np.asarray(self.estimator_.predict_proba(X), dtype=np.float64)
        known = self._known()
        if inner.ndim != 2 or inner.shape[1] != known.size:
            raise ValueError(f"predict_proba answers the shape {inner.shape}; one column for each class is expected")
        if np.array_equal(known, np.arange(self.classes_.size)):
            return inner
        answer = np.zeros((inner.shape[0], self.classes_.size))
        answer[:, known] = inner
        return answer

    @property
    def positive_index(self) -> int:
        """Where the positive class stands among the classes of a binary model."""
        return 1 if self.positive is None else list(self.classes).index(self.positive)

    def _known(self) -> Any:
        """Give the indexes of the classes that the estimator knows, in the order of its columns."""
        if self.code_labels_ is not None:
            codes = getattr(self.estimator_, "classes_", np.arange(self.code_labels_.size))
            return class_indexes(self.code_labels_[np.asarray(codes).astype(np.intp)], self.classes_)
        # An estimator of the author's own may not name its classes: scikit-learn's order is the sorted one.
        return class_indexes(getattr(self.estimator_, "classes_", self.seen_), self.classes_)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        try:
            inner = get_tags(self.estimator)
        except (AttributeError, TypeError, ValueError):  # a first step of the author's own, without tags
            return tags
        tags.input_tags = inner.input_tags
        if inner.classifier_tags is not None:
            tags.classifier_tags = inner.classifier_tags
        return tags


def declared_array(classes: Any) -> Any:
    """Give declared classes as an array: texts, booleans, int64 where every number is whole, else float64."""
    declared = np.asarray(classes)
    if declared.dtype.kind == "f" and np.all(declared == np.floor(declared)) and np.all(np.abs(declared) <= 2**53):
        return declared.astype(np.int64)
    return declared


def class_indexes(labels: Any, declared: Any) -> Any:
    """Give the indexes of labels among the declared classes, intp.

    Raises
    ------
    ValueError
        Some are not declared. Says how many, not which.
    """
    found = np.asarray(labels)
    known = pd.Index(declared)
    if declared.dtype.kind in "bif":
        if found.dtype.kind in "OUS":  # CatBoost answers "True" where the label was true
            found, known = found.astype(str), pd.Index([str(one) for one in declared.tolist()])
        else:
            # Booleans come as 0 and 1, and pandas finds no number among booleans.
            found, known = found.astype(np.float64), pd.Index(declared.astype(np.float64))
    codes = known.get_indexer(pd.Index(found))
    unknown = int(np.count_nonzero(codes < 0))
    if unknown:
        raise ValueError(f"{unknown} of {codes.size} labels are none of the declared classes")
    return codes
