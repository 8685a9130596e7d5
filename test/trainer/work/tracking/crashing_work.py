"""A fit that is brought to MLflow by a process that dies in the middle of it."""

from __future__ import annotations

import os
import signal
from typing import Any

from mlflow.store.artifact.mlflow_artifacts_repo import MlflowArtifactsRepository
from mlflow.tracking import MlflowClient
from pydantic import BaseModel
from reign_trainer.children import Report
from reign_trainer.settings import Settings
from reign_trainer.shapes import FitRequest
from reign_trainer.work.own import track


class Death(BaseModel):
    """When to die: before or after one of MLflow's calls."""

    fit: FitRequest
    when: str
    call: str


def track_and_die(request: Death, settings: Settings, report: Report) -> None:
    """Track, and be killed before or after one of MLflow's calls."""
    asked: type = MlflowArtifactsRepository if request.call == "log_artifacts" else MlflowClient
    original = getattr(asked, request.call)

    def dying(*arguments: Any, **named: Any) -> Any:
        if request.when == "after":
            original(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(asked, request.call, dying)
    track(request.fit, settings, report)
