"""The requirements of a version name the libraries of what is in it."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
import xgboost
from reign_trainer.work.model.by_value import pickle_by_value
from reign_trainer.work.model.closure import closure
from reign_trainer.work.model.requirements import requirements
from reign_trainer.work.model.typed_model import TypedModel
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer


def _names(model: object) -> set[str]:
    pickle_by_value(None)
    lines = requirements(TypedModel(model, {"x": "number"}))
    for line in lines:
        name, _, wanted = line.partition("==")
        assert version(name) == wanted
    assert len(lines) == len(set(lines))
    return {line.partition("==")[0] for line in lines}


def test_classes_and_functions_bring_their_libraries() -> None:
    from hypothesis.strategies import text  # a library that no estimator needs

    plain = _names(make_pipeline(FunctionTransformer(np.log1p), LogisticRegression()))
    assert plain >= {"mlflow", "scikit-learn", "pandas", "numpy", "scipy", "cloudpickle"}
    assert not plain & {"hypothesis", "mlflow-skinny", "reign-trainer"}
    assert "hypothesis" in _names(make_pipeline(FunctionTransformer(text), LogisticRegression()))
    boosted = _names(xgboost.XGBClassifier())
    assert boosted & {"xgboost", "xgboost-cpu"}


def test_a_model_with_large_arrays() -> None:
    rows = np.random.default_rng(1).normal(size=(20_000, 3))
    assert "scikit-learn" in _names(KNeighborsRegressor(algorithm="brute").fit(rows, rows[:, 0]))


def test_modules_that_the_authors_functions_name_count() -> None:
    import yaml

    def dumped(x: object) -> str:
        return str(yaml.dump(x))

    assert "pyyaml" in _names(make_pipeline(FunctionTransformer(dumped)))


def test_libraries_that_a_function_imports_when_it_is_called_count() -> None:
    def dumped(x: object) -> str:
        def inner() -> str:
            import yaml

            return str(yaml.dump(x))

        return inner()

    assert "pyyaml" in _names(make_pipeline(FunctionTransformer(dumped)))


def test_the_closure_holds_what_the_requirements_need_and_nothing_else() -> None:
    found = closure(["scikit-learn==1.9.1", "uvicorn[standard]", "# a remark", "no-such-library==1"])
    assert found >= {"scikit-learn", "numpy", "scipy", "joblib", "threadpoolctl", "no-such-library"}
    assert not found & {"pandas", "mlflow", "pytest"}
