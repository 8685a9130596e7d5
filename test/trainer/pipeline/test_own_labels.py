"""What the author's code receives: labels as the query gives them, rows in the order of time, itself and no clone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import Pipeline as ResamplingPipeline
from reign_trainer.errors import TrainerError
from reign_trainer.pipeline import build_pipeline, fit_author
from reign_trainer.pipeline.estimator import check_estimator
from reign_trainer.pipeline.weights import weight_parameter
from sklearn import config_context
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    RandomForestClassifier,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
)
from sklearn.feature_selection import RFE
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import f1_score, make_scorer
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

CODE = {"entrypoint": "pipeline.py:build"}
ROWS = 300


def features() -> pd.DataFrame:
    random = np.random.default_rng(3)
    return pd.DataFrame({"amount": random.normal(size=ROWS), "rate": random.normal(size=ROWS)})


def codes(classes: int = 2) -> np.ndarray:
    noise = np.random.default_rng(4).normal(size=ROWS)
    return np.digitize(features()["amount"] + noise, np.linspace(-1, 1, classes + 1)[1:-1]).astype(float)


class Seen(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Keeps the labels that it was fitted on."""

    def fit(self, X: Any, y: Any) -> Seen:
        self.y_ = y
        return self

    def transform(self, X: Any) -> Any:
        return X


@pytest.mark.parametrize(
    ("classes", "dtype"),
    [
        (["repaid", "defaulted"], "str"),
        ([1, 0], "int64"),
        ([True, False], "bool"),
    ],
)
@pytest.mark.parametrize("last", [LogisticRegression(), XGBClassifier(n_estimators=3)], ids=["logistic", "xgboost"])
def test_every_step_sees_the_labels_of_the_query(define: Any, classes: list[Any], dtype: str, last: Any) -> None:
    definition = define(CODE, label={"classes": classes, "positive": classes[1]})
    author = Pipeline([("seen", Seen()), ("model", last)])
    model = fit_author(author, features(), codes(), None, definition)
    seen = author.named_steps["seen"].y_
    assert isinstance(seen, pd.Series)
    assert (str(seen.dtype), seen.name) == (dtype, "outcome")
    expected = np.asarray(classes)[codes().astype(int)]
    assert (seen.to_numpy() == expected).all()
    assert (seen.index == features().index).all()
    assert model.estimator_ is author, "a copy was fitted"
    assert author.steps[-1][1] is last
    assert (model.predict(features()) == expected).mean() > 0.6
    probabilities = model.predict_proba(features())
    assert (np.asarray(classes)[probabilities.argmax(axis=1)] == model.predict(features())).all()


def test_a_regression_sees_its_numbers(define: Any) -> None:
    author = Pipeline([("seen", Seen()), ("model", LinearRegression())])
    assert fit_author(author, features(), codes(3), None, define(CODE, task="regression", label=None)) is author
    assert str(author.named_steps["seen"].y_.dtype) == "float64"


@pytest.mark.parametrize(
    ("author", "classes"),
    [
        (LogisticRegression(class_weight={1: 1, 0: 8}), [1, 0]),
        (LogisticRegression(class_weight={"repaid": 1, "defaulted": 8}), ["repaid", "defaulted"]),
        (RandomForestClassifier(5, class_weight={True: 1, False: 8}, random_state=1), [True, False]),
        (GaussianNB(priors=[0.9, 0.1]), ["repaid", "defaulted"]),
        (
            GridSearchCV(
                LogisticRegression(), {"C": [0.001, 1.0]}, scoring=make_scorer(f1_score, pos_label="defaulted")
            ),
            ["repaid", "defaulted"],
        ),
        (
            ResamplingPipeline(
                [
                    ("more", RandomOverSampler(sampling_strategy={"defaulted": 280}, random_state=1)),
                    ("model", LogisticRegression()),
                ]
            ),
            ["repaid", "defaulted"],
        ),
        (
            CalibratedClassifierCV(LogisticRegression(class_weight={"repaid": 1, "defaulted": 8})),
            ["repaid", "defaulted"],
        ),
        (XGBClassifier(n_estimators=5, scale_pos_weight=8), [1, 0]),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_names_a_class_means_that_class(define: Any, author: Any, classes: list[Any]) -> None:
    labels = np.asarray(classes)[codes().astype(int)]
    by_hand = clone(author).fit(features(), labels)
    definition = define(CODE, label={"classes": classes, "positive": classes[1]})
    model = fit_author(author, features(), codes(), None, definition)
    order = [list(by_hand.classes_).index(one) for one in classes]
    assert np.array_equal(model.predict_proba(features()), by_hand.predict_proba(features())[:, order])


@pytest.mark.parametrize(
    ("classes", "keys"),
    [([1, 0], ["1", "0"]), ([True, False], ["true", "false"]), (["1", "0"], ["1", "0"])],
    ids=["numbers", "booleans", "strings"],
)
def test_keys_of_declared_parameters_have_the_type_of_the_classes(
    define: Any, classes: list[Any], keys: list[str]
) -> None:
    step = {"class": "LogisticRegression", "parameters": {"class_weight": dict(zip(keys, [1, 8], strict=True))}}
    columns = [{"columns": ["amount"], "steps": [{"class": "StandardScaler", "parameters": {}}]}]
    definition = define(
        {"columns": columns, "remainder": "drop", "estimator": step},
        label={"classes": classes, "positive": classes[1]},
    )
    author = build_pipeline(definition, None)
    weights = author.steps[-1][1].class_weight
    assert list(weights.items()) == list(zip(classes, [1, 8], strict=True))
    assert [type(key) for key in weights] == [type(one) for one in classes]
    if not isinstance(classes[0], str):  # scikit-learn itself looks up "1" as 1
        fit_author(author, features(), codes(), None, definition)


def test_the_positive_class_is_one_for_an_estimator_that_takes_codes(define: Any) -> None:
    definition = define(CODE, label={"classes": ["yes", "no"], "positive": "yes"})
    model = fit_author(XGBClassifier(n_estimators=5, scale_pos_weight=8), features(), codes(), None, definition)
    by_hand = XGBClassifier(n_estimators=5, scale_pos_weight=8).fit(features(), 1 - codes())
    assert np.array_equal(model.predict_proba(features())[:, 0], by_hand.predict_proba(features())[:, 1])


@pytest.mark.parametrize(
    "nested",
    [
        GridSearchCV(XGBClassifier(), {}),
        Pipeline([("search", GridSearchCV(Pipeline([("model", XGBClassifier())]), {}))]),
        CalibratedClassifierCV(XGBClassifier()),
    ],
    ids=["search", "search of a pipeline", "calibration"],
)
def test_an_estimator_that_takes_codes_is_refused_inside_of_others(define: Any, nested: Any) -> None:
    with pytest.raises(TrainerError, match="passes the labels to XGBClassifier, which accepts only 0, 1") as caught:
        check_estimator(nested, define(CODE), "build")
    assert caught.value.code == "PipelineInvalid"
    numbers = define(CODE, label={"classes": [1, 0], "positive": 1})
    check_estimator(nested, numbers, "build")
    fit_author(nested, features(), codes(), None, numbers)


def test_ensembles_that_encode_may_hold_one_that_takes_codes(define: Any) -> None:
    author = VotingClassifier([("trees", XGBClassifier(n_estimators=3)), ("line", LogisticRegression())], voting="soft")
    check_estimator(author, define(CODE), "build")
    assert fit_author(author, features(), codes(), None, define(CODE)).predict_proba(features()).shape == (ROWS, 2)


class Constructor(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Changes its parameter, which scikit-learn's `clone` refuses."""

    def __init__(self, columns: Any = None, random_state: Any = None) -> None:
        self.columns = list(columns or ["amount"])
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Constructor:
        return self

    def transform(self, X: Any) -> Any:
        return X[self.columns]


def test_what_cannot_be_cloned_is_fitted_itself(define: Any) -> None:
    author = Pipeline([("keep", Constructor(("amount",))), ("model", LogisticRegression())])
    check_estimator(author, define(CODE), "build")
    assert fit_author(author, features(), codes(), None, define(CODE)).predict_proba(features()).shape == (ROWS, 2)


def test_what_a_search_cannot_clone_is_refused_with_its_parameter(define: Any) -> None:
    author = GridSearchCV(Pipeline([("keep", Constructor(("amount",))), ("model", LogisticRegression())]), {})
    with pytest.raises(TrainerError, match="GridSearchCV clones a Pipeline.*store `columns` unchanged"):
        check_estimator(author, define(CODE), "build")


def test_samplers_need_the_pipeline_that_takes_them(define: Any) -> None:
    steps = [("more", RandomOverSampler()), ("model", LogisticRegression())]
    check_estimator(ResamplingPipeline(steps), define(CODE), "build")
    with pytest.raises(TrainerError, match="use imblearn.pipeline.Pipeline"):
        check_estimator(Pipeline(steps), define(CODE), "build")


def stack() -> StackingClassifier:
    return StackingClassifier([("a", LogisticRegression()), ("b", GaussianNB())])


@pytest.mark.parametrize(
    "author",
    [
        stack(),
        Pipeline([("scale", StandardScaler()), ("model", stack())]),
        GridSearchCV(stack(), {"a__C": [0.1, 1.0]}, cv=2),
    ],
    ids=["alone", "last step", "in a search"],
)
def test_a_stacking_may_leave_its_last_estimator_to_scikit_learn(define: Any, author: Any) -> None:
    check_estimator(author, define(CODE), "build")
    fit_author(author, features(), codes(), None, define(CODE)).predict_proba(features())
    numbers = StackingRegressor([("a", Ridge()), ("b", LinearRegression())])
    check_estimator(numbers, define(CODE, task="regression", label=None), "build")


@pytest.mark.parametrize(
    ("author", "name"),
    [
        (GridSearchCV(LogisticRegression(), {"C": [1.0]}), "sample_weight"),
        (
            RandomizedSearchCV(Pipeline([("s", StandardScaler()), ("m", LogisticRegression())]), {}, n_iter=1),
            "m__sample_weight",
        ),
        (Pipeline([("search", GridSearchCV(Pipeline([("m", LogisticRegression())]), {}))]), "search__m__sample_weight"),
        (RFE(LogisticRegression(), n_features_to_select=1), "sample_weight"),
        (stack(), "sample_weight"),
        (VotingClassifier([("a", LogisticRegression()), ("b", GaussianNB())], voting="soft"), "sample_weight"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_weights_reach_what_is_inside(define: Any, author: Any, name: str) -> None:
    weighted = define(CODE, source={"weight": "exposure"})
    check_estimator(author, weighted, "build")
    assert weight_parameter(author) == name
    weights = np.where(codes() == 1, 20.0, 1.0)
    plain = fit_author(clone(author), features(), codes(), None, weighted).predict_proba(features())
    heavy = fit_author(author, features(), codes(), weights, weighted).predict_proba(features())
    assert heavy[:, 1].mean() > plain[:, 1].mean() + 0.1


def test_weights_of_a_transformed_target_reach_the_regressor() -> None:
    assert weight_parameter(TransformedTargetRegressor(Pipeline([("m", Ridge())]))) == "m__sample_weight"
    assert weight_parameter(TransformedTargetRegressor()) == "sample_weight"
    assert weight_parameter(StackingRegressor([("a", Ridge())])) == "sample_weight"


@pytest.mark.parametrize(
    ("author", "message"),
    [
        (GridSearchCV(KNeighborsClassifier(), {}), "KNeighborsClassifier.fit takes no `sample_weight`"),
        (VotingClassifier([("a", KNeighborsClassifier())], voting="soft"), "KNeighborsClassifier.fit takes no"),
        (StackingClassifier([("a", Pipeline([("m", LogisticRegression())]))]), "passes no `sample_weight` into"),
        (
            ResamplingPipeline([("more", RandomOverSampler()), ("model", LogisticRegression())]),
            "step `more` changes the number of rows",
        ),
    ],
    ids=["search", "vote", "stack of pipelines", "resampling"],
)
def test_weights_that_reach_nobody_are_refused(define: Any, author: Any, message: str) -> None:
    with pytest.raises(TrainerError, match=message):
        check_estimator(author, define(CODE, source={"weight": "exposure"}), "build")


def test_routed_weights_go_where_the_author_wants_them(define: Any) -> None:
    weighted = define(CODE, source={"weight": "exposure"})
    with config_context(enable_metadata_routing=True):
        asked = Pipeline([("m", LogisticRegression().set_fit_request(sample_weight=True))])
        author = StackingClassifier([("a", asked)], LogisticRegression().set_fit_request(sample_weight=True))
        check_estimator(author, weighted, "build")
        assert weight_parameter(author) == "sample_weight"
        fit_author(author, features(), codes(), np.ones(ROWS), weighted)
        silent = StackingClassifier([("a", Pipeline([("m", LogisticRegression())]))], LogisticRegression())
        with pytest.raises(TrainerError, match="metadata routing refuses `sample_weight`"):
            check_estimator(silent, weighted, "build")


def test_fractional_classes_are_refused(define: Any) -> None:
    with pytest.raises(TrainerError, match="does not accept fractional numbers"):
        check_estimator(LogisticRegression(), define(CODE, label={"classes": [0.5, 1.5]}), "build")


def test_seeding_leaves_alone_what_takes_no_seed(
    define: Any, write_code: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # CatBoost writes into the working folder
    text = (
        "from catboost import CatBoostClassifier\n"
        "def build():\n    return CatBoostClassifier(iterations=3, cat_features=['purpose'], verbose=False)\n"
    )
    author = build_pipeline(define(CODE), write_code(pipeline=text), seed=7)
    frame = features().assign(purpose=np.where(features()["rate"] > 0, "car", "home"))
    model = fit_author(author, frame, codes(), None, define(CODE))
    assert model.predict_proba(frame).shape == (ROWS, 2)
    assert set(model.predict(frame)) <= {"repaid", "defaulted"}
