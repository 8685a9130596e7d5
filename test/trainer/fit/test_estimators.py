"""Estimators by hand and through Reign: the same rows, order and seeds give the same predictions."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pytest
from reign_trainer.errors import TrainerError
from reign_trainer.fit.training_rows import TrainingRows, read_training_rows
from reign_trainer.fit.typed_model import TypedModel
from reign_trainer.pipeline import fit_author
from reign_trainer.pipeline.build import fix_histograms, seed_random_states
from reign_trainer.pipeline.estimator import check_estimator
from reign_trainer.store import Store
from reign_trainer.tracking.by_value import pickle_by_value
from sklearn.base import is_classifier
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder
from sklearn.utils.discovery import all_estimators
from small_model import definition, rows, snapshot

SEED = 7
#: So many in every run of the tests; all of them with REIGN_FUZZ=1.
ALWAYS = (
    "LogisticRegression",
    "HistGradientBoostingClassifier",
    "StackingClassifier",
    "Ridge",
    "LGBMClassifier",
    "XGBClassifier",
    "CatBoostClassifier",
    "BalancedRandomForestClassifier",
)
#: What an estimator's constructor asks for, or what makes it answer probabilities.
NEEDED: dict[str, Any] = {
    "estimator": LogisticRegression(),
    "estimators": [("a", LogisticRegression()), ("b", LogisticRegression(C=0.1))],
    "param_grid": {"C": [0.1, 1.0]},
    "param_distributions": {"C": [0.1, 1.0]},
}
CHOSEN: dict[str, dict[str, Any]] = {
    "VotingClassifier": {"voting": "soft"},
    "CatBoostClassifier": {"iterations": 20, "verbose": False, "allow_writing_files": False},
    "CatBoostRegressor": {"iterations": 20, "verbose": False, "allow_writing_files": False},
    "LGBMClassifier": {"n_estimators": 20, "verbose": -1},
    "LGBMRegressor": {"n_estimators": 20, "verbose": -1},
    "XGBClassifier": {"n_estimators": 20},
    "XGBRegressor": {"n_estimators": 20},
}
FUZZ = bool(os.environ.get("REIGN_FUZZ"))


def known() -> dict[str, type[Any]]:
    import catboost
    import lightgbm
    import xgboost
    from imblearn.utils.testing import all_estimators as of_imblearn

    found = dict(all_estimators(["classifier", "regressor"]))
    found |= {name: one for name, one in of_imblearn() if is_classifier_class(one)}
    for one in (
        lightgbm.LGBMClassifier,
        lightgbm.LGBMRegressor,
        xgboost.XGBClassifier,
        xgboost.XGBRegressor,
        catboost.CatBoostClassifier,
        catboost.CatBoostRegressor,
    ):
        found[one.__name__] = one
    return found


def is_classifier_class(one: type[Any]) -> bool:
    return any(base.__name__ == "ClassifierMixin" for base in one.__mro__)


def make(name: str) -> Any:
    import inspect

    kind = known()[name]
    given = dict(CHOSEN.get(name, {}))
    regression = not is_classifier_class(kind) and "Classifier" not in name
    for one in inspect.signature(kind).parameters.values():
        if one.default is inspect.Parameter.empty and one.name in NEEDED and one.name not in given:
            given[one.name] = NEEDED[one.name]
            if regression and one.name == "estimator":
                given[one.name] = Ridge()
            if regression and one.name == "estimators":
                given[one.name] = [("a", Ridge()), ("b", Ridge(10.0))]
    if name.endswith("SearchCV"):
        given |= {"estimator": LogisticRegression()}
    return kind(**given)


def pipeline(name: str) -> Pipeline:
    columns = ColumnTransformer(
        [
            ("place", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["place"]),
            ("amount", MinMaxScaler(), ["amount"]),
        ]
    )
    made = Pipeline([("columns", columns), ("model", make(name))])
    seed_random_states(made, SEED)
    fix_histograms(made)
    return made


ANSWER = """
import pickle, sys, warnings
warnings.simplefilter("ignore")
import numpy as np
with open(sys.argv[1], "rb") as file:
    model, features, method = pickle.load(file)
np.save(sys.argv[2], np.asarray(getattr(model, method)(features), dtype=float))
"""


def answers_of_a_clean_process(model: Any, rows: TrainingRows, method: str, folder: Path) -> np.ndarray:
    pickle_by_value(None)
    (folder / "model.pkl").write_bytes(cloudpickle.dumps((model, rows.features, method)))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    asked = subprocess.run(
        [sys.executable, "-I", "-c", ANSWER, "model.pkl", "answers.npy"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr[-1000:]
    return np.load(folder / "answers.npy", allow_pickle=False)


@pytest.mark.parametrize("name", sorted(known()) if FUZZ else ALWAYS)
def test_an_estimator_by_hand_and_through_reign(
    name: str, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    warnings.simplefilter("ignore")
    try:
        author = pipeline(name)
    except TypeError as error:
        pytest.skip(f"needs arguments of its own: {error}")
    classification = is_classifier(author) or is_classifier_class(known()[name])
    wanted = (
        definition(source={"label": "kind"}, task="multiclass", label={"classes": ["c", "a", "b"]})
        if classification
        else definition(task="regression", source={"label": "cost"}, label=None)
    )
    count = 150 if "GaussianProcess" in name else 400
    found = read_training_rows(store, snapshot(store, rows(count)), wanted)
    try:
        check_estimator(author, wanted, "build")
    except TrainerError as refused:
        pytest.skip(f"refused: {refused.message}")
    labels = found.labels
    if wanted.label is not None:
        labels = np.asarray(wanted.label.classes, dtype=object)[found.labels.astype(int)]
    method = "predict" if wanted.label is None else "predict_proba"
    by_hand, again = pipeline(name), pipeline(name)
    codes = name.startswith("XGBC")
    try:
        by_hand.fit(found.features, found.labels.astype(int) if codes else labels)
    except Exception as error:  # noqa: BLE001
        with pytest.raises(type(error)):
            fit_author(author, found.features, found.labels, None, wanted)
        pytest.skip(f"fails by hand, too: {type(error).__name__}")
    expected = np.asarray(getattr(by_hand, method)(found.features), dtype=float)
    if wanted.label is not None and not codes:
        order = [list(by_hand.classes_).index(one) for one in wanted.label.classes]
        expected = expected[:, order]
    model = TypedModel(fit_author(author, found.features, found.labels, None, wanted), found.kinds)
    answered = answers_of_a_clean_process(model, found, method, tmp_path)
    difference = float(np.abs(answered - expected).max())
    if difference > 0:
        again.fit(found.features, found.labels.astype(int) if codes else labels)
        if not np.array_equal(getattr(again, method)(found.features), getattr(by_hand, method)(found.features)):
            pytest.skip("not deterministic by itself")
    assert difference == 0.0
