"""What children do, by the names of the activities: each a function of a request, the settings and where to report."""

from __future__ import annotations

from reign_trainer.children.report import Report
from reign_trainer.evaluate import evaluate as measure_evidence
from reign_trainer.fit.run_fit import fit
from reign_trainer.observe import observe as look_at_snapshots
from reign_trainer.pipeline import check_pipeline as build_and_check
from reign_trainer.rehearse.run_rehearse import rehearse
from reign_trainer.score.run_score import score
from reign_trainer.settings import Settings
from reign_trainer.shapes import (
    CheckPipelineRequest,
    CheckPipelineResult,
    EvaluateRequest,
    EvaluateResult,
    Evidence,
    ObserveRequest,
    ObserveResult,
)
from reign_trainer.store import Store
from reign_trainer.tracking.log_evidence import log_evidence

__all__ = ["check_pipeline", "evaluate", "fit", "observe", "rehearse", "score", "warm_up"]


def check_pipeline(request: CheckPipelineRequest, settings: Settings, report: Report) -> CheckPipelineResult:
    """Import and build a pipeline, without fitting it."""
    report("building")
    return build_and_check(request, Store(settings.store))


def evaluate(request: EvaluateRequest, settings: Settings, report: Report) -> EvaluateResult:
    """Measure both versions on the holdout, keep the evidence, and show it on the challenger's run."""
    store = Store(settings.store)
    report("measuring")
    result = measure_evidence(request, store)
    if request.run is not None:
        report("logging")
        evidence = Evidence.model_validate_json(store.read_document("evidence", result.evidence))
        log_evidence(request.run, evidence, result.evidence, settings)
    return result


def observe(request: ObserveRequest, settings: Settings, report: Report) -> ObserveResult:
    """Look at features and labels of both snapshots, and keep what was seen."""
    report("observing")
    return look_at_snapshots(request, Store(settings.store))


def warm_up(request: None, settings: Settings, report: Report) -> None:
    """Do nothing, in a child: when it is done, the forkserver has imported everything."""
    report("warm")
