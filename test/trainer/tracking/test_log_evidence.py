"""Holdout metrics on the challenger's run: of the last judgement, once."""

from __future__ import annotations

from typing import Any

from mlflow.tracking import MlflowClient
from reign_trainer.settings import Settings
from reign_trainer.shapes import Evidence, TrackedRun
from reign_trainer.tracking.log_evidence import log_evidence


def _evidence(challenger: float, champion: float | None) -> Evidence:
    def interval(estimate: float) -> dict[str, Any]:
        return {
            "estimate": estimate,
            "standardError": 0.01,
            "low": estimate - 0.02,
            "high": estimate + 0.02,
            "level": 0.95,
            "degreesOfFreedom": 13,
            "clusters": 14,
            "method": "influence",
        }

    contender = {
        "cycle": "small.live.20010212T000000Z.v1",
        "definitionVersion": 1,
        "codeHash": None,
        "trainSnapshot": "0" * 64,
        "holdoutSnapshot": "1" * 64,
        "predictions": "2" * 64,
        "unscorable": None,
        "fittedOnJudgedRows": 0,
    }
    return Evidence.model_validate(
        {
            "format": 1,
            "model": "small",
            "lineage": "live",
            "asOf": "2001-02-12T00:00:00Z",
            "task": "binary",
            "primary": "roc_auc",
            "classes": [False, True],
            "positive": True,
            "window": {"from": "2001-01-29T00:00:00Z", "to": "2001-02-12T00:00:00Z"},
            "rowHash": "3" * 64,
            "rows": dict.fromkeys(["holdout", "inBoth", "judged"], 500)
            | dict.fromkeys(["unlabelled", "choseChampion", "labelsDiffer"], 0),
            "clusters": {"by": "day", "count": 14, "largestShare": 0.1},
            "challenger": contender,
            "champion": None if champion is None else contender,
            "metrics": {
                "roc_auc": {
                    "better": "higher",
                    "challenger": challenger,
                    "champion": champion,
                    "trivial": 0.5,
                    "difference": None if champion is None else interval(challenger - champion),
                    "lead": interval(challenger - 0.5),
                    "championLead": None if champion is None else interval(champion - 0.5),
                }
            },
            "unmeasured": None,
            "rehearsal": {"rows": 100, "mismatches": 0, "largestDifference": 0.0},
        }
    )


def test_a_retry_adds_nothing_and_a_second_judgement_replaces(
    mlflow_uri: str, tracked_run: TrackedRun, settings: Settings
) -> None:
    client = MlflowClient(mlflow_uri)
    first, second = _evidence(0.75, 0.70), _evidence(0.74, 0.72)
    for _ in range(2):
        log_evidence(tracked_run, first, "a" * 64, settings)
    metrics = client.get_run(tracked_run.run_id).data.metrics
    assert metrics["holdout_roc_auc"] == 0.75
    assert metrics["holdout_champion_roc_auc"] == 0.70
    assert round(metrics["holdout_difference_low_roc_auc"], 9) == 0.03
    assert len(client.get_metric_history(tracked_run.run_id, "holdout_roc_auc")) == 1

    log_evidence(tracked_run, second, "b" * 64, settings)
    log_evidence(tracked_run, first, "a" * 64, settings)  # a late retry of the first
    assert client.get_run(tracked_run.run_id).data.metrics["holdout_roc_auc"] == 0.74
    assert len(client.get_metric_history(tracked_run.run_id, "holdout_roc_auc")) == 2
