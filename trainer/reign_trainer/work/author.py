"""What runs an author's code: each a function of a request, the child's folder and where to report."""

from __future__ import annotations

from pathlib import Path

from reign_trainer.children.report import Report
from reign_trainer.pipeline import check_pipeline as build_and_check
from reign_trainer.shapes import CheckPipelineRequest, CheckPipelineResult
from reign_trainer.work.fit.run_fit import fit
from reign_trainer.work.lend import lent_store
from reign_trainer.work.score.answer import answer
from reign_trainer.work.score.examine import examine

__all__ = ["answer", "check_pipeline", "examine", "fit"]


def check_pipeline(request: CheckPipelineRequest, folder: Path, report: Report) -> CheckPipelineResult:
    """Import and build a pipeline, without fitting it."""
    report("building")
    return build_and_check(request, lent_store(folder))
