"""A fit, from the snapshot to a model that loads anywhere."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from clean_process import ask_in_clean_process
from mlflow_server import open_run
from reign_trainer.errors import TrainerError
from reign_trainer.settings import Settings
from reign_trainer.shapes import Definition, RehearseRequest, ScoreRequest, TrackedRun
from reign_trainer.store import Store
from reign_trainer.stored_predictions import score_names
from reign_trainer.work.fit.carry_out_fit import carry_out_fit
from reign_trainer.work.fit.shuffled import with_shuffled_labels
from reign_trainer.work.fit.training_rows import TrainingRows
from small_model import code, declarative, definition, fit_request, rows, snapshot

RECORDS = [{"at": "2001-01-05T17:00:00", "place": "ATL", "amount": 120}, {"at": None, "place": None, "amount": None}]


def test_two_versions_load_side_by_side_in_a_clean_process(
    in_child: Any, store: Store, mlflow_uri: str, tmp_path: Path
) -> None:
    uris = []
    for shift in ("0.0", "0.25"):
        changed = code(store, **{"SHIFT = 0.0": f"SHIFT = {shift}"})
        request = fit_request(store, open_run(mlflow_uri), code_hash=changed)
        uris.append(in_child("fit", request).model_uri)
    (tmp_path / "empty").mkdir()
    told = ask_in_clean_process(uris, RECORDS[:1], tmp_path / "empty", mlflow_uri)
    first, second = (answer[0] for answer in told["answers"])
    assert told["foreign"] == []
    assert sum(first) == pytest.approx(1)
    assert second[0] == pytest.approx(min(first[0] + 0.25, 1))


@pytest.mark.parametrize(
    "kind",
    [
        definition(pipeline=declarative("HistGradientBoostingClassifier", max_iter=5), source={"weight": "weight"}),
        definition(
            task="multiclass",
            source={"label": "kind"},
            label={"classes": ["c", "a", "b", "never"]},
            pipeline=declarative("LogisticRegression", max_iter=200),
        ),
        definition(task="regression", source={"label": "cost"}, label=None, pipeline=declarative("Ridge")),
    ],
    ids=["binary, weighted", "multiclass", "regression"],
)
def test_every_task_fits_scores_and_rehearses(in_child: Any, store: Store, kind: Definition) -> None:
    request = fit_request(store, None, of=kind)
    fitted = in_child("fit", request)
    assert fitted.rows == 2000
    assert fitted.training_metrics["training_score"] > 0.4
    if kind.label is not None:
        assert isinstance(fitted.trivial, list)
        assert sum(fitted.trivial) == pytest.approx(1)
        assert len(fitted.trivial) == len(kind.label.classes)
    scored = in_child(
        "score",
        ScoreRequest(
            model_uri=fitted.model_uri, name="small version 1", definition=kind, snapshot=request.holdout_snapshot
        ),
    )
    predictions = store.read_rows("predictions", scored.predictions)
    scores = [predictions.column(name).to_numpy() for name in score_names(kind)]
    if kind.task == "multiclass":
        assert sum(scores) == pytest.approx(1)
        assert (scores[3] == 0).all(), "a class that training never saw has no probability"
    rehearsed = in_child(
        "rehearse",
        RehearseRequest(
            model_uri=fitted.model_uri,
            name="small version 1",
            definition=kind,
            snapshot=request.holdout_snapshot,
            predictions=scored.predictions,
            rows=100,
        ),
    )
    assert (rehearsed.rows, rehearsed.mismatches) == (100, 0)


def test_the_same_snapshot_gives_the_same_predictions(in_child: Any, store: Store) -> None:
    subsampled = declarative("HistGradientBoostingClassifier", max_iter=5, max_features=0.5)
    request = fit_request(store, None, of=definition(pipeline=subsampled))
    found = set()
    for _ in range(2):
        fitted = in_child("fit", request)
        asked = ScoreRequest(
            model_uri=fitted.model_uri, name="x", definition=request.definition, snapshot=request.holdout_snapshot
        )
        found.add(in_child("score", asked).predictions)
    assert len(found) == 1


def test_shuffled_labels_leave_nothing_to_learn(in_child: Any, store: Store) -> None:
    request = fit_request(store, None, of=definition(pipeline=declarative("LogisticRegression")))
    control = request.model_copy(update={"shuffle_labels": True})
    honest, shuffled, again = (in_child("fit", one) for one in (request, control, control))
    assert honest.training_metrics["training_roc_auc"] > 0.6
    assert shuffled.training_metrics["training_roc_auc"] < 0.55
    assert (shuffled.trivial, shuffled.rows) == (honest.trivial, honest.rows), (
        "other labels, not the same ones dealt out"
    )
    unsaved = {"files": None, "digest": None}  # MLflow writes the time into what it saves
    assert shuffled.model_copy(update=unsaved) == again.model_copy(update=unsaved), (
        "the cycle does not seed the shuffle"
    )
    assert shuffled.model_uri != honest.model_uri, "the control took the place of the model"


def test_the_cycle_seeds_the_shuffle() -> None:
    random = np.random.default_rng(1)
    labels = random.integers(0, 3, 500).astype(float)
    features, weights = pd.DataFrame({"x": np.arange(500.0)}), random.random(500)
    honest = TrainingRows(features, labels, weights, {"x": "number"})
    first, again, other = (with_shuffled_labels(honest, cycle) for cycle in ("one", "one", "other"))
    assert (first.labels == again.labels).all()
    assert not (first.labels == other.labels).all()
    assert 100 < np.count_nonzero(first.labels == labels) < 240, "a third agrees by chance"
    assert (np.sort(first.labels) == np.sort(labels)).all()
    assert first.features is features
    assert first.weights is weights


def test_a_fit_on_shuffled_labels_reaches_no_run(settings: Settings, store: Store) -> None:
    run = TrackedRun(experiment_id="1", run_id="0" * 32, model_id="m-" + "0" * 32)
    control = fit_request(store, run).model_copy(update={"shuffle_labels": True})
    with pytest.raises(ValueError, match="goes to no run"):
        asyncio.run(carry_out_fit(control, settings, lambda stage: None))


def _with(table: pa.Table, name: str, values: Any) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, pa.array(values, type=table.column(name).type))


@pytest.mark.parametrize(
    ("error", "table", "text"),
    [
        ("WindowEmpty", rows(10).slice(0, 0), "no rows"),
        ("LabelMissing", _with(rows(10), "late", [None] * 10), "late"),
        ("OneClass", _with(rows(10), "late", [1.0] * 10), "True"),
        ("ClassUnknown", _with(rows(10), "late", [float(at) for at in range(10)]), "8 of 10"),
    ],
    ids=["WindowEmpty", "LabelMissing", "OneClass", "ClassUnknown"],
)
def test_rows_that_cannot_be_fitted(in_child: Any, store: Store, error: str, table: pa.Table, text: str) -> None:
    with pytest.raises(TrainerError) as raised:
        in_child("fit", fit_request(store, None, train=snapshot(store, table)))
    assert raised.value.code == error
    assert text in raised.value.message


@pytest.mark.parametrize(
    ("error", "old", "new", "text"),
    [
        ("FitFailed", "self.width_ =", "raise ValueError(X.iloc[0].tolist()) #", "ValueError in fit at pipeline.py:"),
        ("FitFailed", "self.width_ =", "raise SystemExit(X.iloc[0].tolist()) #", "SystemExit in fit at pipeline.py:"),
        (
            "FitFailed",
            "return np.column_stack",
            "if hasattr(self, 'seen_'): raise SystemExit(str(X.iloc[0, 0]))\n        self.seen_ = 1\n        return np.column_stack",
            "SystemExit in predicting the training rows at pipeline.py:",
        ),
        ("PredictionsInvalid", "np.clip(", "np.nan * np.clip(", "NaN"),
        ("PredictionsInvalid", "SHIFT = 0.0", "SHIFT = np.array([5.0])[0]; np.clip = lambda x, *_: x", "outside"),
        ("PredictionsInvalid", "np.clip(", "1.0 + 0 * np.clip(", "add up"),
    ],
)
def test_code_that_fails(in_child: Any, store: Store, error: str, old: str, new: str, text: str) -> None:
    changed = code(store, **{old: new})
    with pytest.raises(TrainerError) as raised:
        in_child("fit", fit_request(store, None, code_hash=changed))
    assert raised.value.code == error
    assert text in raised.value.message
    if error == "FitFailed":
        detail = raised.value.detail
        assert detail is not None
        assert detail.file == "pipeline.py"
        assert "2001" not in raised.value.message, "the message quotes a row"
        assert detail.traceback is not None
        assert b"2001" in store.read_document("tracebacks", detail.traceback)


def test_a_fit_that_fails_names_the_features_that_are_null_in_every_row(in_child: Any, store: Store) -> None:
    table = rows(2000)
    nulls = pa.nulls(table.num_rows, pa.float64())
    empty = table.set_column(table.schema.get_field_index("amount"), "amount", nulls)
    changed = code(store, **{"self.width_ =": "raise ValueError('Input X contains NaN') #"})
    with pytest.raises(TrainerError) as raised:
        in_child("fit", fit_request(store, None, train=snapshot(store, empty), code_hash=changed))
    assert raised.value.message.endswith("amount is NULL in every training row, which not every estimator accepts.")
    with pytest.raises(TrainerError) as raised:
        in_child("fit", fit_request(store, None, code_hash=changed))
    assert "NULL" not in raised.value.message


def test_weights_that_the_estimator_does_not_take(in_child: Any, store: Store) -> None:
    knn = definition(source={"weight": "weight"}, pipeline=declarative("KNeighborsClassifier"))
    with pytest.raises(TrainerError) as raised:
        in_child("fit", fit_request(store, None, of=knn))
    assert raised.value.code == "PipelineInvalid"
    assert "KNeighborsClassifier.fit takes no `sample_weight`" in raised.value.message


def test_unlabelled_rows_are_left_out(in_child: Any, store: Store) -> None:
    table = rows(2000)
    late = pc.if_else(pc.equal(pc.bit_wise_and(table["reign_row_id"], 1), 0), table["late"], None)
    half = table.set_column(table.column_names.index("late"), "late", late)
    assert in_child("fit", fit_request(store, None, train=snapshot(store, half))).rows == 1000


def test_mlflow_that_does_not_answer_can_be_waited_for(in_child: Any, settings: Settings, store: Store) -> None:
    nobody = Settings(store=settings.store, tracking_uri="http://127.0.0.1:9")
    run = TrackedRun(experiment_id="1", run_id="0" * 32, model_id="m-" + "0" * 32)
    with pytest.raises(TrainerError) as raised:
        in_child("fit", fit_request(store, run), settings=nobody)
    assert (raised.value.code, raised.value.retryable) == ("TrackerUnavailable", True)


def test_a_run_that_mlflow_does_not_know_cannot(in_child: Any, store: Store) -> None:
    run = TrackedRun(experiment_id="1", run_id="0" * 32, model_id="m-" + "0" * 32)
    with pytest.raises(TrainerError) as raised:
        in_child("fit", fit_request(store, run))
    assert (raised.value.code, raised.value.retryable) == ("TrackerRefused", False)
