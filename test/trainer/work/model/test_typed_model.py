"""The door in front of a fitted model keeps scikit-learn's conventions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from reign_trainer.work.model.typed_model import TypedModel
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone, is_classifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import check_is_fitted, validate_data


class _ThroughTheDoor(BaseEstimator):  # type: ignore[misc]
    """Fits what is inside, and answers through a TypedModel."""

    def _fit(self, inside: Any, X: Any, y: Any) -> Any:
        X, y = validate_data(self, X, y)
        inside.fit(pd.DataFrame(X, columns=[f"x{at}" for at in range(X.shape[1])]), y)
        self.typed_ = TypedModel(inside, {f"x{at}": "number" for at in range(X.shape[1])})
        return self

    def _ask(self, method: str, X: Any) -> Any:
        check_is_fitted(self)
        return getattr(self.typed_, method)(validate_data(self, X, reset=False))

    def predict(self, X: Any) -> Any:
        return self._ask("predict", X)


class Classifier(ClassifierMixin, _ThroughTheDoor):  # type: ignore[misc]
    def fit(self, X: Any, y: Any) -> Any:
        fitted = self._fit(LogisticRegression(), X, y)
        self.classes_ = self.typed_.classes_
        return fitted

    def predict_proba(self, X: Any) -> Any:
        return self._ask("predict_proba", X)


class Regressor(RegressorMixin, _ThroughTheDoor):  # type: ignore[misc]
    def fit(self, X: Any, y: Any) -> Any:
        return self._fit(LinearRegression(), X, y)


@parametrize_with_checks([Classifier(), Regressor()])  # type: ignore[untyped-decorator]
def test_what_is_behind_it_stays_an_estimator(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)


def _typed() -> TypedModel:
    frame = pd.DataFrame({"amount": [1.0, 2.0, 3.0, 4.0], "rate": [4.0, 1.0, 2.0, 3.0]})
    return TypedModel(LogisticRegression().fit(frame, [0, 1, 0, 1]), {"amount": "number", "rate": "number"})


# It comes fitted: the checks that fit it themselves have nothing to ask.
@pytest.mark.parametrize(
    "name",
    [
        *("check_estimator_cloneable", "check_estimator_repr", "check_valid_tag_types", "check_mixin_order"),
        *("check_no_attributes_set_in_init", "check_parameters_default_constructible"),
        *("check_do_not_raise_errors_in_init_or_set_params", "check_get_params_invariance", "check_set_params"),
    ],
)
def test_its_parameters_are_those_of_an_estimator(name: str) -> None:
    getattr(estimator_checks, name)("TypedModel", _typed())


def test_it_says_what_scikit_learn_asks_of_a_fitted_model() -> None:
    typed = _typed()
    check_is_fitted(typed)
    assert is_classifier(typed)
    assert typed.fit(None) is typed
    assert typed.n_features_in_ == 2
    assert list(typed.feature_names_in_) == ["amount", "rate"]
    assert list(typed.classes_) == [0, 1]
    frame = pd.DataFrame({"rate": ["4.0"], "amount": [None], "other": [7]}).astype({"rate": float})
    with pytest.raises(ValueError, match="NaN"):  # of the model behind it: a missing value arrives as NaN
        typed.predict(frame)
    assert np.array_equal(
        typed.predict(np.array([[1.0, 4.0]])), typed.predict(pd.DataFrame({"rate": [4], "amount": [1]}))
    )
    assert clone(typed).get_params()["kinds"] == typed.kinds
