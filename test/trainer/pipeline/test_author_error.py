"""What is told about an exception of the author's code: the step and the lines, never the text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from reign_trainer.pipeline.author_error import author_error
from reign_trainer.store import Store
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

FRAME = pd.DataFrame({"amount": [1.0, 2.0, 3.0, 4.0], "place": ["a", "b", "a", "b"]})
LABELS = [0, 1, 0, 1]


def explode(_: Any) -> Any:
    raise ValueError("row 17")


def _message(model: Any, store: Store, predicting: bool = False) -> str:
    with pytest.raises(ValueError) as caught:
        model.predict(FRAME) if predicting else model.fit(FRAME, LABELS)
    error = author_error(caught.value, store)
    assert error.detail.traceback is not None
    assert b"row 17" in store.read_document("tracebacks", error.detail.traceback) or "row" not in str(caught.value)
    return f"{error.exception}{error.where}"


def test_the_step_is_named(store: Store) -> None:
    columns = ColumnTransformer(
        [("scaled", StandardScaler(), ["amount"]), ("own", FunctionTransformer(explode), ["place"])]
    )
    model = Pipeline([("columns", columns), ("model", LogisticRegression())])
    assert _message(model, store) == "ValueError, in step `columns` > `own` (FunctionTransformer)"
    model = Pipeline([("place", "passthrough"), ("model", LogisticRegression())])
    assert _message(model, store) == "ValueError, in step `model` (LogisticRegression)"
    search = GridSearchCV(model, {"model__C": [1.0]}, cv=2, error_score="raise")
    assert _message(search, store) == "ValueError, in step `model` (LogisticRegression)"


def test_the_step_is_named_in_predicting_too(store: Store) -> None:
    fitted = Pipeline([("own", FunctionTransformer(lambda X: X[["amount"]])), ("model", LogisticRegression())])
    fitted.fit(FRAME, np.array(LABELS))
    fitted.named_steps["own"].func = explode
    assert _message(fitted, store, predicting=True) == "ValueError, in step `own` (FunctionTransformer)"
