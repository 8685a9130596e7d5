"""What a fit leaves in MLflow: all of it, once, however often and however brokenly it was attempted."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

import mlflow
import pytest
from mlflow.entities import Run
from mlflow.tracking import MlflowClient
from mlflow_server import open_run
from reign_trainer.errors import TrainerError
from reign_trainer.frame import features_frame
from reign_trainer.settings import Settings
from reign_trainer.shapes import FitResult, TrackedRun
from reign_trainer.store import Store
from reign_trainer.work.fit.carry_out_fit import carry_out_fit
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from small_model import declarative, definition, fit_request, rows, snapshot

from work.tracking.crashing_work import Death


def _metrics(client: MlflowClient, run: Run) -> dict[str, list[float]]:
    return {
        name: [metric.value for metric in client.get_metric_history(run.info.run_id, name)] for name in run.data.metrics
    }


def test_crashes_and_attempts_at_once_leave_one_run_and_one_model(
    in_child: Any, settings: Settings, store: Store, mlflow_uri: str
) -> None:
    tracked = open_run(mlflow_uri)
    request = fit_request(store, tracked)
    later = request.model_copy(update={"leaves": "tracking"})
    client = MlflowClient(mlflow_uri)
    fitted = in_child("fit", later)
    assert client.get_run(tracked.run_id).info.status == "RUNNING"
    assert in_child("fit", later) == fitted, "it was fitted again"
    for when, call in [
        ("before", "log_batch"),
        ("after", "log_model_params"),
        ("after", "log_inputs"),
        ("after", "log_outputs"),
        ("after", "log_artifacts"),
        ("before", "finalize_logged_model"),
        ("after", "finalize_logged_model"),
        ("before", "set_terminated"),
    ]:
        with pytest.raises(TrainerError) as raised:
            in_child("work.tracking.crashing_work:track_and_die", Death(fit=later, when=when, call=call))
        assert raised.value.code == "ChildDied", (when, call)
        assert client.get_run(tracked.run_id).info.status == "RUNNING"

    async def twice() -> list[FitResult]:
        return await asyncio.gather(*(carry_out_fit(request, settings, lambda stage: None) for _ in range(2)))

    first, second = asyncio.run(twice())
    assert first == second == fitted == in_child("fit", request)
    run = client.get_run(tracked.run_id)
    assert run.info.status == "FINISHED"
    assert {name: len(values) for name, values in _metrics(client, run).items()} == dict.fromkeys(run.data.metrics, 1)
    assert len(client.search_runs([tracked.experiment_id])) == 1
    models = client.search_logged_models([tracked.experiment_id])
    assert [(model.model_id, str(model.status)) for model in models] == [(tracked.model_id, "READY")]
    assert len(run.inputs.dataset_inputs) == 1
    assert [output.model_id for output in run.outputs.model_outputs] == [tracked.model_id]
    mlflow.set_tracking_uri(mlflow_uri)
    _check_what_is_there(client, run, tracked, request.train_snapshot)


def test_nobody_asks_about_a_new_run_but_in_a_retry(settings: Settings, store: Store, mlflow_uri: str) -> None:
    tracked = open_run(mlflow_uri)
    location = MlflowClient(mlflow_uri).get_logged_model(tracked.model_id).artifact_location
    new = tracked.model_copy(update={"artifact_location": location, "is_new": True})
    request = fit_request(store, new).model_copy(update={"leaves": "tracking"})
    nowhere = dataclasses.replace(settings, tracking_uri="http://127.0.0.1:9")

    def fit(*, is_retry: bool) -> FitResult:
        return asyncio.run(carry_out_fit(request, nowhere, lambda stage: None, is_retry=is_retry))

    with pytest.raises(TrainerError) as raised:
        fit(is_retry=True)
    assert raised.value.code == "TrackerUnavailable"
    assert fit(is_retry=False).digest is not None


def test_a_run_that_ended_with_other_files_is_not_taken_for_this_fit(
    in_child: Any, store: Store, mlflow_uri: str
) -> None:
    tracked = open_run(mlflow_uri)
    request = fit_request(store, tracked)
    others = in_child("fit", request).model_copy(update={"digest": "0" * 64})
    MlflowClient(mlflow_uri).set_tag(tracked.run_id, "reign.fitResult", others.model_dump_json())
    with pytest.raises(TrainerError, match="already has other files for its model") as raised:
        in_child("track", request)
    assert raised.value.code == "LedgerConflict"


def test_a_model_of_other_rows_is_not_taken_and_one_of_another_environment_stands(
    in_child: Any, settings: Settings, store: Store, mlflow_uri: str
) -> None:
    tracked = open_run(mlflow_uri)
    request = fit_request(store, tracked)
    # Its model is complete, but its run has not ended.
    with pytest.raises(TrainerError):
        in_child("fit", request.model_copy(update={"leaves": "tracking"}))
        in_child(
            "work.tracking.crashing_work:track_and_die", Death(fit=request, when="after", call="finalize_logged_model")
        )
    other_rows = request.model_copy(update={"train_snapshot": snapshot(store, rows(1900, seed=9))})
    client = MlflowClient(mlflow_uri)
    for state in ("died", "finished"):
        if state == "finished":
            assert in_child("fit", request).rows == 2000
        with pytest.raises(TrainerError, match="another training snapshot .* choose another asOf") as raised:
            in_child("fit", other_rows)
        assert raised.value.code == "LedgerConflict"
        assert client.get_run(tracked.run_id).data.tags["reign.trainSnapshot"] == request.train_snapshot
    # Finished by a trainer of another environment, whose answer was lost on the way: it is not fitted again.
    elsewhere = in_child("fit", request).model_copy(update={"environment_hash": "0" * 64})
    client.set_tag(tracked.run_id, "reign.environmentHash", elsewhere.environment_hash)
    client.set_tag(tracked.run_id, "reign.fitResult", elsewhere.model_dump_json())
    store.objects.delete("fits")
    assert in_child("fit", request) == elsewhere


def _check_what_is_there(client: MlflowClient, run: Run, tracked: TrackedRun, train_snapshot: str) -> None:
    names = {file.path for file in client.list_artifacts(tracked.run_id)}
    assert names == {
        "code",
        "estimator.html",
        "training_confusion_matrix.png",
        "training_precision_recall_curve.png",
        "training_roc_curve.png",
        "training_calibration_curve.png",
    }
    assert run.data.tags["reign.cycle"] == "small.live.20010212T000000Z.v1"
    assert run.data.tags["reign.trainSnapshot"] == train_snapshot
    assert run.data.tags["estimator_name"] == "Pipeline"
    assert run.data.params["columns__place__handle_unknown"] == "ignore"
    dataset = run.inputs.dataset_inputs[0].dataset
    assert train_snapshot.startswith(dataset.digest)
    model = client.get_logged_model(tracked.model_id)
    assert {metric.key for metric in model.metrics} == set(run.data.metrics)
    described = mlflow.models.get_model_info(f"models:/{tracked.model_id}")
    assert described.signature.inputs.to_dict() == [
        {"type": "any", "name": "at", "required": False},
        {"type": "string", "name": "place", "required": False},
        {"type": "any", "name": "amount", "required": False},
    ]
    assert described.saved_input_example_info is not None
    assert described.run_id == tracked.run_id


def test_parameters_and_metrics_are_those_of_autolog(in_child: Any, store: Store, mlflow_uri: str) -> None:
    tracked = open_run(mlflow_uri)
    wanted = definition(pipeline=declarative("LogisticRegression", max_iter=50, random_state=3))
    request = fit_request(store, tracked, of=wanted)
    in_child("fit", request)
    client = MlflowClient(mlflow_uri)
    ours = client.get_run(tracked.run_id).data

    table = rows(2000)
    pipeline = Pipeline(
        [
            (
                "columns",
                ColumnTransformer(
                    [
                        ("onehotencoder", OneHotEncoder(handle_unknown="ignore"), ["place"]),
                        ("standardscaler", StandardScaler(), ["amount"]),
                    ]
                ),
            ),
            ("logisticregression", LogisticRegression(max_iter=50, random_state=3)),
        ]
    )
    mlflow.set_tracking_uri(mlflow_uri)
    mlflow.sklearn.autolog(log_models=False, silent=True)
    try:
        with mlflow.start_run(experiment_id=tracked.experiment_id) as run:
            pipeline.fit(features_frame(table, wanted), table["late"].to_numpy().astype(int))
    finally:
        mlflow.sklearn.autolog(disable=True)
    theirs = client.get_run(run.info.run_id).data
    assert ours.metrics == pytest.approx(theirs.metrics, abs=1e-9)
    assert set(theirs.tags) - set(ours.tags) <= {name for name in theirs.tags if name.startswith("mlflow.")}
    assert ours.params == theirs.params
