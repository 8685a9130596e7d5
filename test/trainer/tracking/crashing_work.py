"""A fit that dies in the middle of what it writes into MLflow."""

from __future__ import annotations

import os
import signal
from typing import Any

from mlflow.tracking import MlflowClient
from reign_trainer.children import Report
from reign_trainer.fit.run_fit import fit
from reign_trainer.settings import Settings


def fit_and_die(request: tuple[Any, str, str], settings: Settings, report: Report) -> Any:
    """Fit, and be killed before or after one of MLflow's calls."""
    fit_request, when, call = request
    original = getattr(MlflowClient, call)

    def dying(*arguments: Any, **named: Any) -> Any:
        if when == "after":
            original(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(MlflowClient, call, dying)
    return fit(fit_request, settings, report)
