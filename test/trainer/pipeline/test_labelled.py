"""Labels in, declared classes out, whatever the estimator inside wants."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from lightgbm import LGBMClassifier
from reign_trainer.errors import TrainerError
from reign_trainer.labels import encode_labels
from reign_trainer.pipeline import LabelledClassifier
from reign_trainer.pipeline.weights import weight_parameter
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_html_repr
from sklearn.utils.estimator_checks import check_estimator
from xgboost import XGBClassifier

ESTIMATORS = [
    LogisticRegression(),
    HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=2),
    LGBMClassifier(n_estimators=5, min_child_samples=2, verbose=-1),
    XGBClassifier(n_estimators=5),
    Pipeline([("scale", StandardScaler()), ("model", XGBClassifier(n_estimators=5))]),
]


def rows(classes: list[Any], count: int = 90) -> tuple[pd.DataFrame, np.ndarray]:
    codes = np.arange(count) % len(classes)
    noise = np.random.default_rng(5).normal(0, 0.1, count)
    return pd.DataFrame({"amount": codes + noise, "rate": noise}), np.asarray(classes)[codes]


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize(
    "classes",
    [["repaid", "defaulted"], ["zebra", "ant", "moose"], [3.0, 1.0, 2.0], [True, False]],
    ids=["texts", "three texts", "numbers", "booleans"],
)
def test_classes_go_in_and_come_out_in_the_declared_order(estimator: Any, classes: list[Any]) -> None:
    features, labels = rows(classes)
    model = LabelledClassifier(estimator, classes).fit(features, labels)
    assert list(model.classes_) == classes
    # LightGBM puts three rows into a bin: where classes meet, one may be wrong.
    assert (model.predict(features) == labels).mean() > 0.95
    probabilities = model.predict_proba(features)
    assert probabilities.shape == (90, len(classes))
    # Equal probabilities may go either way.
    apart = np.sort(probabilities, axis=1)[:, -1] > np.sort(probabilities, axis=1)[:, -2]
    assert (np.asarray(classes)[probabilities.argmax(axis=1)] == model.predict(features))[apart].all()
    assert list(model.feature_names_in_) == ["amount", "rate"]
    assert model.n_features_in_ == 2


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda one: type(one).__name__)
def test_a_class_that_training_lacks_has_probability_zero(estimator: Any) -> None:
    features, labels = rows(["a", "c"])
    model = LabelledClassifier(estimator, ["a", "b", "c"]).fit(features, labels)
    probabilities = model.predict_proba(features)
    assert probabilities.shape == (90, 3)
    assert (probabilities[:, 1] == 0).all()
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert (model.predict(features) == labels).mean() > 0.95


def test_booleans_may_come_as_numbers() -> None:
    features, labels = rows([False, True])
    model = LabelledClassifier(LogisticRegression(), [False, True]).fit(features, labels.astype(float))
    assert model.predict(features).dtype == bool
    assert (model.predict(features) == labels).all()


def test_undeclared_labels_are_counted_not_quoted() -> None:
    features, labels = rows(["a", "secret"])
    with pytest.raises(ValueError, match="45 of 90 labels") as caught:
        LabelledClassifier(LogisticRegression(), ["a", "b"]).fit(features, labels)
    assert "secret" not in str(caught.value)


def test_weights_and_parameters_reach_the_estimator_at_the_end() -> None:
    features, labels = rows(["a", "b"])
    labels = np.roll(labels, 7)
    weights = np.where(labels == "a", 100.0, 1.0)
    inner = Pipeline([("outer", Pipeline([("scale", StandardScaler()), ("model", LogisticRegression())]))])
    plain = LabelledClassifier(inner, ["a", "b"]).fit(features, labels).predict_proba(features)
    named = {weight_parameter(inner): weights}
    weighted = LabelledClassifier(inner, ["a", "b"]).fit(features, labels, **named).predict_proba(features)
    assert (weighted[:, 0] > plain[:, 0]).all()


def test_it_is_a_scikit_learn_estimator() -> None:
    inner = Pipeline([("scale", StandardScaler()), ("model", LogisticRegression())])
    model = LabelledClassifier(inner, ["a", "b"], "b")
    copy = clone(model)
    assert copy.get_params()["classes"] == ["a", "b"]
    assert copy.set_params(estimator__model__C=3).estimator.get_params()["model__C"] == 3
    assert inner.get_params()["model__C"] == 1
    assert model.positive_index == 1
    features, labels = rows(["a", "b"])
    assert model.fit(features, labels) is model
    assert not hasattr(inner, "classes_")
    page = estimator_html_repr(model)
    assert "StandardScaler" in page
    assert "LogisticRegression" in page
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.predict_proba(features), model.predict_proba(features))


@pytest.mark.parametrize(
    ("classes", "column", "expected"),
    [
        (["no", "yes"], pa.chunked_array([["yes", None], ["no"]]), [1, np.nan, 0]),
        ([False, True], pa.chunked_array([pa.array([1.0, 0.0, None, np.nan])]), [1, 0, np.nan, np.nan]),
        ([2.0, 0.0], np.array([-0.0, 2.0, np.nan]), [1, 0, np.nan]),
        (["no", "yes"], np.array(["no", None], dtype=object), [0, np.nan]),
    ],
)
def test_labels_become_indexes(define: Any, classes: list[Any], column: Any, expected: list[float]) -> None:
    definition = define({"entrypoint": "pipeline.py:build"}, label={"classes": classes, "positive": classes[1]})
    assert np.array_equal(encode_labels(column, definition), expected, equal_nan=True)


def test_the_labels_of_a_regression_stay_numbers(define: Any) -> None:
    definition = define({"entrypoint": "pipeline.py:build"}, task="regression", label=None)
    assert np.array_equal(encode_labels(pa.array([1.5, None]), definition), [1.5, np.nan], equal_nan=True)


def test_labels_of_unknown_classes_are_counted_not_quoted(define: Any) -> None:
    definition = define({"entrypoint": "pipeline.py:build"})
    with pytest.raises(TrainerError, match="2 of 4 rows") as caught:
        encode_labels(pa.array(["repaid", "secret", None, "secret"]), definition)
    assert caught.value.code == "ClassUnknown"
    assert "secret" not in caught.value.message
    with pytest.raises(TrainerError, match="holds double, but label.classes holds strings"):
        encode_labels(pa.array([1.0]), definition)


def test_it_passes_the_checks_of_scikit_learn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        told = check_estimator(LabelledClassifier(LogisticRegression()), on_fail=None, on_skip=None)
    assert [one["check_name"] for one in told if one["status"] == "failed"] == []
    assert len(told) > 40
