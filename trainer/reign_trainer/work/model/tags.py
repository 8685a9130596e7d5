"""What MLflow does not know by itself about a run."""

from __future__ import annotations

from reign_trainer.environment import environment
from reign_trainer.shapes import FitRequest


def tags_of(request: FitRequest, estimator: type) -> dict[str, str]:
    """Give autolog's two tags and Reign's own."""
    name = estimator.__name__
    return {"estimator_name": name, "estimator_class": f"{estimator.__module__}.{name}", **request_tags(request)}


def request_tags(request: FitRequest) -> dict[str, str]:
    """Give Reign's own: what was asked for, and in which environment."""
    window = request.train_window
    holdout = request.holdout_window
    return {
        "reign.model": request.cycle.model,
        "reign.lineage": request.cycle.lineage,
        "reign.cycle": request.cycle.id,
        "reign.asOf": request.cycle.as_of,
        "reign.definitionVersion": str(request.cycle.definition_version),
        "reign.trainWindow": f"{window.from_}/{window.to}",
        "reign.holdoutWindow": f"{holdout.from_}/{holdout.to}",
        "reign.trainSnapshot": request.train_snapshot,
        "reign.holdoutSnapshot": request.holdout_snapshot,
        "reign.codeHash": request.code_hash or "",
        "reign.environmentHash": environment().hash,
        "reign.python": environment().python,
    }
