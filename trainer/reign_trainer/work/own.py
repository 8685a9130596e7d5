"""Reign's own work in children: each a function of a request, the settings and where to report. No model is loaded here."""

from __future__ import annotations

from pathlib import Path

import mlflow
import mlflow.artifacts
from mlflow.store.artifact.models_artifact_repo import REGISTERED_MODEL_META_FILE_NAME
from pydantic import BaseModel

from reign_trainer.children.report import Report
from reign_trainer.evidence import evaluate as measure_evidence
from reign_trainer.evidence.observe import observe as look_at_snapshots
from reign_trainer.settings import Settings
from reign_trainer.shapes import (
    EvaluateRequest,
    EvaluateResult,
    Evidence,
    FitRequest,
    ObserveRequest,
    ObserveResult,
    ShowEvidenceRequest,
    ShowTrainingRequest,
    TrivialRequest,
    TrivialResult,
)
from reign_trainer.store import open_store
from reign_trainer.work.fit.training_rows import read_training_rows
from reign_trainer.work.fit.trivial import trivial_predictor
from reign_trainer.work.model.known_fit import KnownFit
from reign_trainer.work.tracking.log_evidence import log_evidence
from reign_trainer.work.tracking.tracked_fit import TrackedFit, log_training
from reign_trainer.work.tracking.tracker_errors import tracker_errors, tracking_uri

__all__ = [
    "evaluate",
    "fetch",
    "look_up_fit",
    "observe",
    "show_evidence",
    "show_training",
    "track",
    "trivial",
    "warm_up",
]


class FetchRequest(BaseModel):
    """A model to download.

    Attributes
    ----------
    model_uri : str
        ``models:/m-...``.
    target : pathlib.Path
        A folder to make.
    """

    model_uri: str
    target: Path


def look_up_fit(request: FitRequest, settings: Settings, report: Report) -> KnownFit:
    """Ask MLflow about a fit before anything is fitted: a server that does not answer is better found now than after."""
    report("asking")
    return TrackedFit(request, settings).look_up()


def track(request: FitRequest, settings: Settings, report: Report) -> None:
    """Bring a kept fit to MLflow."""
    report("logging")
    TrackedFit(request, settings).track()


def fetch(request: FetchRequest, settings: Settings, report: Report) -> None:
    """Download a model's files. They are checked before anything loads them."""
    report("downloading")
    request.target.mkdir()
    # Names of models are looked up at the process's own server, whatever is asked below.
    mlflow.set_tracking_uri(tracking_uri(settings))
    with tracker_errors("give the model's files"):
        mlflow.artifacts.download_artifacts(
            artifact_uri=request.model_uri, dst_path=str(request.target), tracking_uri=tracking_uri(settings)
        )
    # MLflow's client adds this file to what it downloads.
    (request.target / REGISTERED_MODEL_META_FILE_NAME).unlink(missing_ok=True)


def evaluate(request: EvaluateRequest, settings: Settings, report: Report) -> EvaluateResult:
    """Measure both versions on the holdout, keep the evidence, and show it on the challenger's run."""
    store = open_store(settings.store)
    report("measuring")
    result = measure_evidence(request, store)
    if request.run is not None:
        report("logging")
        evidence = Evidence.model_validate_json(store.read_document("evidence", result.evidence))
        log_evidence(request.run, evidence, result.evidence, settings)
    return result


def show_training(request: ShowTrainingRequest, settings: Settings, report: Report) -> None:
    """Draw the training of a kept fit onto its run."""
    report("drawing")
    log_training(request.run, request.definition, settings)


def show_evidence(request: ShowEvidenceRequest, settings: Settings, report: Report) -> None:
    """Show a judgement on the challenger's run."""
    report("drawing")
    evidence = Evidence.model_validate_json(open_store(settings.store).read_document("evidence", request.evidence))
    log_evidence(request.run, evidence, request.evidence, settings)


def observe(request: ObserveRequest, settings: Settings, report: Report) -> ObserveResult:
    """Look at features and labels of both snapshots, and keep what was seen."""
    report("observing")
    return look_at_snapshots(request, open_store(settings.store))


def trivial(request: TrivialRequest, settings: Settings, report: Report) -> TrivialResult:
    """Say what the trivial predictor answers that has seen a training snapshot."""
    report("reading")
    rows = read_training_rows(open_store(settings.store), request.train_snapshot, request.definition)
    return TrivialResult(trivial=trivial_predictor(rows.labels, rows.weights, request.definition))


def warm_up(request: None, settings: Settings, report: Report) -> None:
    """Do nothing, in a child: when it is done, the forkserver has imported everything."""
    report("warm")
