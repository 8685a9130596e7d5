"""A version that was fitted outside of Reign: what it is asked, and why it is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from mlflow.models import infer_signature
from reign_trainer.errors import TrainerError
from reign_trainer.frame import features_frame, json_rows
from reign_trainer.labels import encode_labels
from reign_trainer.pipeline.label_series import label_series
from reign_trainer.shapes import Column, Definition
from reign_trainer.work.rehearse.write_request import raw_request
from reign_trainer.work.score.answer import AnswerTask, answer
from reign_trainer.work.score.asked_files import BODIES, FEATURES, MODEL, REHEARSED, SCORES
from reign_trainer.work.score.examine import ExamineTask, examine
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder
from small_model import KINDS, definition, rows

NAME = "small version 7"
TABLE = rows(80)
BINARY = definition(source={"features": ["place", "amount"]})
COLUMNS = [
    Column.model_validate({"name": name, "kind": kind, "sourceType": source, "postgresType": source})
    for name, (kind, source) in KINDS.items()
]


def frame() -> pd.DataFrame:
    """Give the features as `reign.load` does."""
    return features_frame(TABLE, BINARY)


def labels(of: Definition = BINARY) -> pd.Series[Any]:
    """Give the labels as `reign.load` does."""
    return label_series(encode_labels(TABLE.column(of.source.label), of), of)


def pipeline(model: Any) -> Pipeline:
    """Give a pipeline as a notebook has one."""
    texts = ("texts", OneHotEncoder(handle_unknown="ignore"), ["place"])
    return Pipeline([("columns", ColumnTransformer([texts], remainder="passthrough")), ("model", model)])


def saved(folder: Path, model: Any, inputs: pd.DataFrame | None) -> Path:
    """Save as `mlflow.sklearn.log_model` does: to be asked for labels."""
    signature = None if inputs is None else infer_signature(inputs.head(3))
    options: dict[str, Any] = {"serialization_format": "cloudpickle", "pip_requirements": ["scikit-learn"]}
    mlflow.sklearn.save_model(model, str(folder / MODEL), signature=signature, **options)
    return folder


def refusal(folder: Path, of: Definition = BINARY) -> str:
    """Say why a version is refused."""
    with pytest.raises(TrainerError) as refused:
        examine(ExamineTask(name=NAME, definition=of, columns=COLUMNS), folder, lambda stage: None)
    assert refused.value.code == "VersionUnfit"
    return refused.value.message


def answered(folder: Path, of: Definition = BINARY) -> tuple[np.ndarray, np.ndarray]:
    """Ask for the scores of all rows, and for those of raw JSON rows."""
    features = TABLE.select(of.source.features)
    with pa.ipc.new_file(str(folder / FEATURES), features.schema) as writer:
        writer.write_table(features)
    (folder / BODIES).write_text(json.dumps([raw_request(json_rows(features_frame(TABLE, of)))]))
    answer(AnswerTask(name=NAME, definition=of, from_outside=True), folder, lambda stage: None)
    return np.load(folder / SCORES), np.load(folder / REHEARSED)


def test_gives_probabilities_in_the_order_of_the_definition_though_it_was_logged_for_labels(tmp_path: Path) -> None:
    """Autolog logs classifiers for `predict`; the gate needs probabilities, also where the classes stand in another order."""
    turned = definition(source={"features": ["place", "amount"]}, label={"classes": [True, False], "positive": True})
    model = pipeline(LogisticRegression()).fit(frame(), labels())
    folder = saved(tmp_path, model, frame())
    examine(ExamineTask(name=NAME, definition=turned, columns=COLUMNS), folder, lambda stage: None)
    scores, rehearsed = answered(folder, turned)
    np.testing.assert_allclose(scores, model.predict_proba(frame())[:, ::-1])
    np.testing.assert_array_equal(rehearsed, scores)


def test_casts_columns_to_its_signature_where_nothing_is_lost(tmp_path: Path) -> None:
    """What is a number for Reign may be an integer for the version."""
    of = definition(source={"features": ["late", "amount"], "label": "kind"}, label={"classes": ["a", "b", "c"]})
    of = of.model_copy(update={"task": "multiclass"})
    whole = features_frame(TABLE, of).astype({"late": "int64"})
    model = LogisticRegression().fit(whole, labels(of))
    scores, rehearsed = answered(saved(tmp_path, model, whole), of)
    np.testing.assert_allclose(scores, model.predict_proba(whole))
    np.testing.assert_array_equal(rehearsed, scores)


def test_is_refused_where_a_cast_loses_something(tmp_path: Path) -> None:
    """Amounts are no integers; the message names the column and how many rows, not a value."""
    whole = frame()[["amount"]].round().astype("int64")
    folder = saved(tmp_path, LogisticRegression().fit(whole, labels()), whole)
    with pytest.raises(
        TrainerError, match="takes amount as long, and 80 of the rows hold a value that long cannot hold"
    ):
        answered(folder)


def test_is_refused_for_columns_task_and_classes_of_its_own(tmp_path: Path) -> None:
    """Each with one sentence that names what differs."""
    more, amount = frame()[["amount"]].assign(age=1.0), frame()[["amount"]]
    texts = amount.assign(place=1.0)
    strings = labels().map({False: "no", True: "yes"})
    tried = {
        "needs age, which the query of small does not give": (LogisticRegression().fit(more, labels()), more),
        "takes place as double, and the query of small gives a string": (
            LogisticRegression().fit(texts, labels()),
            texts,
        ),
        "is a regressor, and the task of small is binary": (LinearRegression().fit(amount, labels()), amount),
        "tells 2 classes apart, and 0 of them are among the 2 of small: false, true": (
            LogisticRegression().fit(amount, strings),
            amount,
        ),
        "has no signature": (LogisticRegression().fit(amount, labels()), None),
    }
    for at, (reason, (model, inputs)) in enumerate(tried.items()):
        folder = tmp_path / str(at)
        folder.mkdir()
        assert reason in refusal(saved(folder, model, inputs))


def test_a_classifier_is_refused_where_the_task_is_a_regression(tmp_path: Path) -> None:
    """It answers classes, or probabilities of them."""
    of = definition(task="regression", source={"features": ["amount"], "label": "cost"}, label=None)
    amount = frame()[["amount"]]
    folder = saved(tmp_path, LogisticRegression().fit(amount, labels()), amount)
    assert "is a classifier, and the task of small is regression" in refusal(folder, of)
