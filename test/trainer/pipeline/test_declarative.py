"""The declarative form: names, parameters and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from reign_trainer.errors import TrainerError
from reign_trainer.pipeline import build_pipeline
from sklearn.utils.discovery import all_estimators


def step(name: str, **parameters: Any) -> dict[str, Any]:
    return {"class": name, "parameters": parameters}


def declare(steps: list[dict[str, Any]], estimator: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "columns": [{"columns": ["amount"], "steps": steps}],
        "remainder": "drop",
        "estimator": estimator or step("LogisticRegression"),
        **more,
    }


def frame(rows: int = 60) -> pd.DataFrame:
    purposes = pd.array(["car", "house", "", np.nan] * (rows // 4), dtype=pd.StringDtype(na_value=np.nan))
    amount = np.where(np.arange(rows) % 7 == 0, np.nan, np.arange(rows, dtype=float))
    return pd.DataFrame({"amount": amount, "purpose": purposes})


def test_columns_steps_estimator_become_a_pipeline_that_fits_text_and_gaps(define: Any) -> None:
    pipeline = {
        "columns": [
            {
                "columns": ["amount"],
                "steps": [
                    step("SimpleImputer", strategy="median"),
                    step("MinMaxScaler", feature_range=[-1, 1]),
                    step("PolynomialFeatures", degree=2, include_bias=False),
                ],
            },
            {"columns": ["purpose"], "steps": [step("OneHotEncoder", handle_unknown="ignore")]},
            {
                "columns": ["purpose"],
                "steps": [
                    step(
                        "OrdinalEncoder", handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2
                    )
                ],
            },
        ],
        "remainder": "drop",
        "estimator": step("LogisticRegression", C=0.5),
    }
    built = build_pipeline(define(pipeline), None)
    assert [name for name, _ in built.steps] == ["columns", "logisticregression"]
    assert built.get_params()[
        "columns__simpleimputer_minmaxscaler_polynomialfeatures__minmaxscaler__feature_range"
    ] == (
        -1,
        1,
    )
    built.fit(frame(), np.arange(60) % 2)
    unseen = frame(4).assign(purpose=pd.array(["boat"] * 4, dtype=pd.StringDtype(na_value=np.nan)))
    assert built.predict_proba(unseen).shape == (4, 2)
    names = list(built[0].get_feature_names_out())
    assert len(set(names)) == len(names)
    assert "onehotencoder__purpose_car" in names


def test_groups_of_the_same_steps_get_names_of_their_own(define: Any) -> None:
    group = {"columns": ["amount"], "steps": [step("StandardScaler")]}
    built = build_pipeline(define(declare([], columns=[group, group])), None)
    assert [name for name, _, _ in built[0].transformers] == ["standardscaler-1", "standardscaler-2"]


def test_remainder_passes_the_other_features_through(define: Any) -> None:
    built = build_pipeline(define(declare([step("StandardScaler")], remainder="passthrough")), None)
    built[0].fit(frame().drop(columns="purpose").assign(other=1.0))
    assert list(built[0].get_feature_names_out()) == ["standardscaler__amount", "remainder__other"]


@pytest.mark.parametrize(
    "name", ["lightgbm.LGBMClassifier", "xgboost.XGBClassifier", "sklearn.ensemble.ExtraTreesClassifier"]
)
def test_dotted_paths_lead_to_other_libraries(define: Any, name: str) -> None:
    built = build_pipeline(define(declare([step("StandardScaler")], step(name, n_estimators=3))), None, seed=7)
    assert built.steps[-1][1].get_params()["random_state"] == 7
    assert built.fit(frame(), np.arange(60) % 2).predict_proba(frame(4)).shape == (4, 2)


def test_every_random_state_that_is_none_is_seeded(define: Any) -> None:
    steps = [step("SimpleImputer"), step("QuantileTransformer", n_quantiles=10)]
    forest = step("RandomForestClassifier", random_state=3)
    built = build_pipeline(define(declare(steps, forest)), None, seed=11)
    states = {name: value for name, value in built.get_params().items() if name.endswith("random_state")}
    assert sorted(states.values()) == [3, 11]


def test_what_json_cannot_say_is_put_right(define: Any) -> None:
    encoder = step("OrdinalEncoder", handle_unknown="use_encoded_value", unknown_value="nan")
    built = build_pipeline(define(declare([encoder])), None)
    assert math.isnan(built.get_params()["columns__ordinalencoder__unknown_value"])
    regressor = step("RandomForestRegressor", max_features=1, min_samples_leaf=1)
    built = build_pipeline(define(declare([step("StandardScaler")], regressor), task="regression", label=None), None)
    assert repr(built.steps[-1][1].max_features) == "1.0"
    assert repr(built.steps[-1][1].min_samples_leaf) == "1"


@pytest.mark.parametrize(
    ("steps", "estimator", "message"),
    [
        ([step("StandardScaller")], None, "pipeline.columns[0].steps[0].class: .*`StandardScaller`.*`StandardScaler`"),
        (
            [step("StandardScaler"), step("PolynomialFeatures", degre=2)],
            None,
            "pipeline.columns[0].steps[1].parameters.degre: PolynomialFeatures has no parameter `degre`.*`degree`",
        ),
        ([step("PolynomialFeatures", degree="x")], None, "steps[0].parameters.degree: found 'x'; expected .* an int"),
        ([step("StandardScaler")], step("LogisticRegression", C=-1), "pipeline.estimator.parameters.C: found -1"),
        ([step("os.system")], None, "`os.system` is not in a package on the trainer's allow-list"),
        ([step("sklearn_evil.Scaler")], None, "not in a package on the trainer's allow-list"),
        ([step("sklearn.base.clone")], None, "is a function; expected a class with `fit`"),
        ([step("sklearn.utils.discovery.Path")], None, "comes from pathlib"),
        ([step("sklearn.base.ClassifierMixin")], None, "has no `fit`"),
        ([step("sklearn.nowhere.Scaler")], None, "there is no module sklearn.nowhere"),
        ([step("sklearn.preprocessing.StandardScalr")], None, "has no `StandardScalr`. Did you mean `StandardScaler`"),
        ([step("StandardScaler")], step("xgboost.XGBClassifier", max_dept=3), "no parameter `max_dept`.*`max_depth`"),
        ([step("StandardScaler")], step("lightgbm.LGBMClassifier", num_leave=3), "`num_leave`.*`num_leaves`"),
        ([step("LogisticRegression")], None, "LogisticRegression has no `transform`"),
        ([step("LabelEncoder")], None, "encodes labels.*OrdinalEncoder"),
        ([step("StandardScaler")], step("StandardScaler"), "StandardScaler has no `predict`"),
        ([step("StandardScaler")], step("VotingClassifier"), "needs `estimators`.*`entrypoint`"),
        (
            [step("StandardScaler")],
            step("BaggingClassifier", estimator={"class": "LogisticRegression"}),
            "pipeline.estimator.parameters.estimator: an estimator inside another one",
        ),
        ([step("StandardScaler")], step("RandomForestClassifier", max_features=1), "a count or a share"),
        ([step("StandardScaler")], step("LinearRegression"), "is a regressor; expected a classifier"),
        ([step("StandardScaler")], step("LinearSVC"), "no `predict_proba`"),
        ([step("FunctionTransformer", func="os.system")], None, "steps[0].parameters.func: found 'os.system'"),
    ],
)
def test_a_mistake_is_refused_by_field(
    define: Any, steps: list[dict[str, Any]], estimator: dict[str, Any] | None, message: str
) -> None:
    with pytest.raises(TrainerError, match=message.replace("[0]", r"\[0\]").replace("[1]", r"\[1\]")) as caught:
        build_pipeline(define(declare(steps, estimator)), None)
    assert caught.value.code == "PipelineInvalid"
    assert not caught.value.retryable


def test_a_team_allows_a_package_of_its_own(define: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "teamlib"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from sklearn.preprocessing import StandardScaler\nclass Own(StandardScaler): pass\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(TrainerError, match="allow-list"):
        build_pipeline(define(declare([step("teamlib.Own")])), None)
    monkeypatch.setenv("REIGN_TRAINER_PACKAGES", "other, teamlib")
    assert build_pipeline(define(declare([step("teamlib.Own")])), None)[0].transformers[0][0] == "own"


def test_a_parameter_unknown_to_us_reaches_a_library_that_takes_any(define: Any) -> None:
    estimator = step("lightgbm.LGBMClassifier", verbose=-1, cat_smooth=5)
    built = build_pipeline(define(declare([step("StandardScaler")], estimator)), None)
    assert built.steps[-1][1].get_params()["cat_smooth"] == 5


def test_short_names_are_unique_within_scikit_learn() -> None:
    names = [name for name, _ in all_estimators()]
    assert len(names) == len(set(names))
