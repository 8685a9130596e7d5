"""Reads a table beside it when it is asked, and warns of rows in their own words, in the fit and after it."""

import json
import warnings
from pathlib import Path

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

HERE = Path(__file__).parent


def numbers(X):
    scale = json.loads((HERE / "scale.json").read_text())["scale"]
    warnings.warn(f"account {X['account'].iloc[0]:.0f} looks unusual among those of this table", stacklevel=1)
    return X[["income", "debt"]] * scale


def build():
    return Pipeline([("numbers", FunctionTransformer(numbers)), ("model", LogisticRegression(max_iter=200))])
