"""What a data scientist does in a notebook: fits on rows of their own, and registers what they fitted under a model's name.

Reads rows as CSV from standard input and registers one version after the other; prints their numbers by name as JSON.
"""

from __future__ import annotations

import json
import sys
import types

import mlflow
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

MODEL = sys.argv[1]
ROWS = pd.read_csv(sys.stdin, keep_default_na=False).astype({"income": float, "debt": float})
FEATURES = ["income", "debt", "purpose"]


def pipeline(features: list[str], model: object) -> Pipeline:
    """Build what fits these columns."""
    texts = [name for name in features if name == "purpose"]
    columns = ColumnTransformer([("texts", OneHotEncoder(handle_unknown="ignore"), texts)], remainder="passthrough")
    return Pipeline([("columns", columns), ("model", model)])


def autologged(features: list[str], model: object) -> int:
    """Fit as autolog logs it, and register."""
    mlflow.sklearn.autolog(log_datasets=False, silent=True)
    with mlflow.start_run() as run:
        pipeline(features, model).fit(ROWS[features], ROWS["outcome"])
    mlflow.sklearn.autolog(disable=True)
    (logged,) = mlflow.search_logged_models(filter_string=f"source_run_id = '{run.info.run_id}'", output_format="list")
    return int(mlflow.register_model(f"models:/{logged.model_id}", MODEL).version)


def logged(model: object, rows: pd.DataFrame, labels: pd.Series, *, signed: bool = True) -> int:
    """Log by hand, and register."""
    fitted = model.fit(rows, labels)  # type: ignore[attr-defined]
    signature = mlflow.models.infer_signature(rows.head(5)) if signed else None
    options = {"serialization_format": "cloudpickle", "pip_requirements": ["scikit-learn"]}
    with mlflow.start_run():
        info = mlflow.sklearn.log_model(fitted, name="model", signature=signature, **options)
    return int(mlflow.register_model(info.model_uri, MODEL).version)


def gone() -> type:
    """Give a class that nobody has any more when the version is loaded."""
    module = types.ModuleType("gone_with_the_notebook")
    exec("from sklearn.linear_model import LogisticRegression\nclass Own(LogisticRegression): pass", module.__dict__)  # noqa: S102
    sys.modules[module.__name__] = module
    module.Own.__module__ = module.__name__
    return module.Own


def main() -> None:
    """Register them."""
    mlflow.set_experiment(f"{MODEL} notebook")
    outcome, income = ROWS["outcome"], ROWS[["income"]]
    whole = ROWS[["income", "debt"]].assign(income=np.round(ROWS["income"] * 10).astype("int64"))
    versions = {
        "incumbent": autologged(FEATURES, LogisticRegression(max_iter=200)),
        "good": logged(pipeline(FEATURES, LogisticRegression(max_iter=200)), ROWS[FEATURES], outcome),
        "unknown": logged(pipeline(["income"], LogisticRegression()), income, outcome),
        "otherColumns": logged(LogisticRegression(), income.assign(age=1.0), outcome),
        "otherKind": logged(LogisticRegression(), income.assign(purpose=1.0), outcome),
        "otherTask": logged(LinearRegression(), income, ROWS["debt"]),
        "otherClasses": logged(LogisticRegression(), income, (outcome == "paid").astype(int)),
        "whole": logged(LogisticRegression(), whole, outcome),
        "noSignature": logged(LogisticRegression(), income, outcome, signed=False),
        "unloadable": logged(gone()(), income, outcome),
    }
    print(json.dumps(versions))


if __name__ == "__main__":
    main()
