"""Holdout metrics and pictures on the challenger's run: of the last judgement, once."""

from __future__ import annotations

from pathlib import Path

from mlflow.tracking import MlflowClient
from plots.evidence_document import document, interval
from reign_trainer.plots.draw_evidence import PICTURES
from reign_trainer.settings import Settings
from reign_trainer.shapes import Evidence, TrackedRun
from reign_trainer.work.tracking.log_evidence import log_evidence


def _evidence(challenger: float, champion: float) -> Evidence:
    measured = document()
    metric = measured["metrics"]["roc_auc"]
    difference = interval(challenger - champion, low=challenger - champion - 0.02, high=challenger - champion + 0.02)
    metric |= {"challenger": challenger, "champion": champion, "difference": difference}
    return Evidence.model_validate(measured | {"metrics": {"roc_auc": metric}})


def test_a_retry_adds_nothing_and_a_second_judgement_replaces(
    mlflow_uri: str, tracked_run: TrackedRun, settings: Settings
) -> None:
    client = MlflowClient(mlflow_uri)
    run = tracked_run.run_id
    first, second = _evidence(0.75, 0.70), _evidence(0.74, 0.72)

    def drawn() -> bytes:
        return Path(client.download_artifacts(run, "evidence/differences.png")).read_bytes()

    for _ in range(2):
        log_evidence(tracked_run, first, "a" * 64, settings)
    metrics = client.get_run(run).data.metrics
    assert metrics["holdout_roc_auc"] == 0.75
    assert metrics["holdout_champion_roc_auc"] == 0.70
    assert round(metrics["holdout_difference_low_roc_auc"], 9) == 0.03
    assert len(client.get_metric_history(run, "holdout_roc_auc")) == 1
    pictures = sorted(artifact.path for artifact in client.list_artifacts(run, "evidence"))
    assert pictures == sorted(f"evidence/{name}.png" for name in PICTURES)
    before = drawn()
    assert before.startswith(b"\x89PNG")

    log_evidence(tracked_run, second, "b" * 64, settings)
    after = drawn()
    assert after != before
    log_evidence(tracked_run, first, "a" * 64, settings)  # a late retry of the first
    assert drawn() == after
    assert client.get_run(run).data.metrics["holdout_roc_auc"] == 0.74
    assert len(client.get_metric_history(run, "holdout_roc_auc")) == 2
