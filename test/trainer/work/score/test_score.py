"""Scoring a version: what is stored, and a version that cannot be loaded here."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pyarrow as pa
import pytest
from mlflow.tracking import MlflowClient
from mlflow_server import open_run
from reign_trainer.errors import TrainerError
from reign_trainer.shapes import RehearseRequest, ScoreRequest
from reign_trainer.store import Store
from reign_trainer.stored_predictions import kept_columns, predictions_table
from reign_trainer.version_files import digest_of
from reign_trainer.work.lend import hash_files
from small_model import CODE, declarative, definition, fit_request, rows, snapshot
from stored_files import file_in


def test_predictions_keep_ids_labels_weights_and_slices_but_no_features() -> None:
    wanted = definition(source={"weight": "weight", "carry": ["slice"], "cluster": ["place"]})
    table = rows(4)
    table = table.set_column(table.column_names.index("late"), "late", pa.array([1.0, None, 0.0, 1.0]))
    made = predictions_table(table.select(kept_columns(wanted)), np.array([0.1, 0.2, 0.3, 0.4]), wanted)
    assert made.column_names == ["reign_row_id", "reign_event_time", "label", "weight", "place", "slice", "score"]
    assert made["label"].to_pylist() == [1.0, None, 0.0, 1.0]
    assert made["place"].equals(table["place"])
    assert made["score"].to_pylist() == [0.1, 0.2, 0.3, 0.4]


def test_a_multiclass_has_a_score_a_class_and_labels_as_indexes() -> None:
    wanted = definition(task="multiclass", source={"label": "kind", "carry": []}, label={"classes": ["c", "b", "a"]})
    table = rows(3)
    table = table.set_column(table.column_names.index("kind"), "kind", pa.array(["a", None, "c"]))
    made = predictions_table(table.select(kept_columns(wanted)), np.eye(3), wanted)
    assert made.column_names[2:] == ["label", "score_0", "score_1", "score_2"]
    assert made["label"].to_pylist() == [2.0, None, 0.0]


def test_a_slice_may_not_take_the_name_of_the_score() -> None:
    wanted = definition(source={"carry": ["slice"]})
    table = (
        rows(2)
        .select(kept_columns(wanted))
        .rename_columns(["score" if name == "slice" else name for name in kept_columns(wanted)])
    )
    with pytest.raises(TrainerError) as raised:
        predictions_table(table, np.zeros(2), definition(source={"carry": ["score"]}))
    assert raised.value.code == "DefinitionInvalid"


class Elsewhere:
    """Written by name, not by value: it can be loaded where this module is, only."""

    def predict_proba(self, features: Any) -> Any:
        return np.full((len(features), 2), 0.5)


def _pin(store: Store, fit: str) -> None:
    """Let the files of a kept fit be those that were fitted."""
    kept, path = store.fit(fit), file_in(store, f"fits/{fit}", "result.json")
    assert kept is not None
    with kept.as_folder("model") as model:
        files = hash_files(model)
    result = json.loads(store.objects.read(path)) | {"files": files, "digest": digest_of(files)}
    store.objects.put(path, json.dumps(result).encode())


def test_scoring_and_rehearsing_a_version_that_is_there_and_one_that_is_not(in_child: Any, store: Store) -> None:
    wanted = definition(pipeline=declarative("LogisticRegression"))
    request = fit_request(store, None, of=wanted)
    fitted = in_child("fit", request)

    def asked(**changes: Any) -> ScoreRequest:
        fields = {
            "model_uri": fitted.model_uri,
            "name": "small version 3",
            "definition": wanted,
            "snapshot": request.holdout_snapshot,
        }
        return ScoreRequest(**(fields | changes))

    scored = in_child("score", asked())
    stored = store.read_rows("predictions", scored.predictions)
    assert stored["reign_row_id"].equals(store.read_rows("snapshots", request.holdout_snapshot)["reign_row_id"])

    shared = {name: value for name, value in asked().__dict__.items() if name in RehearseRequest.model_fields}
    rehearsal = RehearseRequest(**shared, predictions=scored.predictions, rows=200)
    assert in_child("rehearse", rehearsal).mismatches == 0
    scores = stored["score"].to_numpy().copy()
    scores[::2] += 1e-6
    changed = store.write_rows(
        "predictions", stored.set_column(stored.column_names.index("score"), "score", pa.array(scores))
    )
    told = in_child("rehearse", rehearsal.model_copy(update={"predictions": changed, "rows": 10_000}))
    assert (told.rows, told.mismatches) == (500, 250)
    assert told.largest_difference == pytest.approx(1e-6)
    other = snapshot(store, rows(500, seed=9).slice(1))
    with pytest.raises(TrainerError) as raised:
        in_child("rehearse", rehearsal.model_copy(update={"snapshot": other}))
    assert raised.value.code == "StoreCorrupt"

    fit = fitted.model_uri.removeprefix("fit:")
    store.objects.put(file_in(store, f"fits/{fit}", "model/model.pkl"), cloudpickle.dumps(Elsewhere()))
    with pytest.raises(TrainerError, match=r"model\.pkl") as raised:
        in_child("score", asked())
    assert raised.value.code == "VersionAltered"
    requirements = file_in(store, f"fits/{fit}", "model/requirements.txt")
    store.objects.put(requirements, b"scikit-learn==1.2.0\nno-such-library==1\n")
    _pin(store, fit)
    with pytest.raises(TrainerError) as raised:
        in_child("score", asked())
    assert raised.value.code == "VersionUnloadable"
    for text in (
        "small version 3",
        "ModuleNotFoundError",
        "it wants scikit-learn==1.2.0, installed is",
        "no-such-library",
    ):
        assert text in raised.value.message


@pytest.mark.parametrize(
    ("late", "text"),
    [
        ("from parts.late import EXTRA", "needs the module parts.*import it at the top of the file"),
        (
            "import importlib; importlib.import_module('hypothesis')",
            "needs the module hypothesis of hypothesis to predict, but does not contain it",
        ),
        (
            "if not __import__('os').path.exists(__file__): raise SystemExit",
            r"SystemExit while predicting [\d,]+ rows? at pipeline.py",
        ),
    ],
)
def test_a_version_that_fails_only_where_its_code_is_not(in_child: Any, store: Store, late: str, text: str) -> None:
    files = {**CODE, "parts/late.py": "EXTRA = 0.0\n"}
    files["pipeline.py"] = files["pipeline.py"].replace("return np.clip(", f"{late}\n        return np.clip(")
    packed = store.write_document("code", json.dumps({"files": files}, sort_keys=True).encode())
    request = fit_request(store, None, code_hash=packed)
    asked = ScoreRequest(
        model_uri=in_child("fit", request).model_uri,
        name="small version 3",
        definition=request.definition,
        snapshot=request.holdout_snapshot,
    )
    with pytest.raises(TrainerError, match=text) as raised:
        in_child("score", asked)
    assert raised.value.code == "PredictionsInvalid"


def test_a_version_whose_files_in_mlflow_were_changed_is_not_loaded(
    in_child: Any, store: Store, mlflow_uri: str, tmp_path: Path
) -> None:
    tracked = open_run(mlflow_uri)
    request = fit_request(store, tracked, of=definition(pipeline=declarative("LogisticRegression")))
    fitted = in_child("fit", request)
    asked = ScoreRequest(
        model_uri=fitted.model_uri,
        digest=fitted.digest,
        name="small version 3",
        definition=request.definition,
        snapshot=request.holdout_snapshot,
        rehearsed_rows=100,
    )
    before = in_child("score", asked)
    assert before.rehearsal.mismatches == 0
    touched = tmp_path / "touched"
    other = tmp_path / "model.pkl"
    other.write_bytes(cloudpickle.dumps(Trap(str(touched))))
    MlflowClient(mlflow_uri).log_model_artifact(tracked.model_id, str(other))
    with pytest.raises(TrainerError, match=r"Files that differ: model\.pkl\.") as raised:
        in_child("score", asked)
    assert raised.value.code == "VersionAltered"
    assert not touched.exists()


class Trap:
    """Runs code where it is loaded."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (os.system, (f"touch {self.path}",))
