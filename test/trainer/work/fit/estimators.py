"""Estimators in a small pipeline: scikit-learn's and those of four other libraries.

Imports nothing of the tests: it is also the code that the trainer's children run.
"""

from __future__ import annotations

import inspect
from typing import Any

from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder
from sklearn.utils.discovery import all_estimators

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
    "QuadraticDiscriminantAnalysis": {"reg_param": 0.1},
    "SelfTrainingClassifier": {"estimator": LogisticRegression()},
    "LGBMClassifier": {"n_estimators": 20, "verbose": -1},
    "LGBMRegressor": {"n_estimators": 20, "verbose": -1},
    "XGBClassifier": {"n_estimators": 20},
    "XGBRegressor": {"n_estimators": 20},
}


def known() -> dict[str, type[Any]]:
    """Give every classifier and regressor, by its name."""
    import catboost
    import lightgbm
    import xgboost
    from imblearn.utils.testing import all_estimators as of_imblearn

    found = dict(all_estimators(["classifier", "regressor"]))
    found |= {name: one for name, one in of_imblearn() if is_classifier_class(one)}
    found |= {one.__name__: one for one in (GridSearchCV, RandomizedSearchCV)}
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
    """Say whether a class is a classifier's; what CatBoost and the searches are shows only when they are built."""
    named = "Classifier" in one.__name__ or one.__name__.endswith("SearchCV")
    return named or any(base.__name__ == "ClassifierMixin" for base in one.__mro__)


def pipeline(name: str) -> Pipeline:
    """Give a pipeline that ends in the estimator."""
    columns = ColumnTransformer(
        [
            ("place", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["place"]),
            ("amount", MinMaxScaler(), ["amount"]),
        ]
    )
    return Pipeline([("columns", columns), ("model", _make(name))])


def _make(name: str) -> Any:
    kind = known()[name]
    given = dict(CHOSEN.get(name, {}))
    regression = not is_classifier_class(kind)
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
