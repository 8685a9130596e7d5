"""What the holdout said, as metrics and pictures of the challenger's run."""

from __future__ import annotations

from mlflow.entities import Metric, RunTag

from reign_trainer.plots import draw_evidence
from reign_trainer.settings import Settings
from reign_trainer.shapes import Evidence, TrackedRun
from reign_trainer.work.tracking.tracked_fit import timestamp_of
from reign_trainer.work.tracking.tracker_errors import tracker_client, tracker_errors
from reign_trainer.work.tracking.upload_pictures import upload_pictures

#: Hashes of the evidence about this run, oldest first: the position is the metrics' step.
_EVIDENCE_TAG = "reign.evidence"
#: The folder of the run's artifacts that the pictures lie in.
_PICTURES = "evidence"


def log_evidence(run: TrackedRun, evidence: Evidence, evidence_hash: str, settings: Settings) -> None:
    """Write ``holdout_<metric>`` and its champion's, trivial predictor's and difference's, and draw the evidence.

    The pictures are artifacts below ``evidence/``; they are drawn from the document alone, as ``reign show --plots`` draws
    them.

    Parameters
    ----------
    run : TrackedRun
        The challenger's.
    evidence : Evidence
    evidence_hash : str
        A second judgement of the same challenger has other evidence: its metrics become the next step, so that the
        run shows the last. The same evidence again changes nothing.
    settings : Settings
    """
    upload_pictures(
        lambda: _log_metrics(run, evidence, evidence_hash, settings),
        lambda folder: draw_evidence(evidence, folder),
        settings,
        of="evidence",
        below=_PICTURES,
    )


def _log_metrics(run: TrackedRun, evidence: Evidence, evidence_hash: str, settings: Settings) -> str | None:
    """Give where the run keeps its files; None where it shows a later judgement already."""
    client = tracker_client(settings)
    with tracker_errors("log holdout metrics"):
        found = client.get_run(run.run_id)
        known = found.data.tags.get(_EVIDENCE_TAG, "").split()
        if evidence_hash not in known:
            known.append(evidence_hash)
        step = known.index(evidence_hash)
        time = timestamp_of(evidence.as_of)
        values = holdout_metrics(evidence)
        metrics = [
            Metric(name, value, time, step, model_id=run.model_id, run_id=run.run_id) for name, value in values.items()
        ]
        client.log_batch(run.run_id, metrics=metrics, tags=[RunTag(_EVIDENCE_TAG, " ".join(known))])
    # A late retry of an earlier judgement leaves the pictures of the last one.
    return str(found.info.artifact_uri) if evidence_hash == known[-1] else None


def holdout_metrics(evidence: Evidence) -> dict[str, float]:
    """Give the numbers of an evidence document by the names that they have in MLflow.

    Examples
    --------
    ``holdout_roc_auc``, ``holdout_champion_roc_auc``, ``holdout_trivial_roc_auc``, ``holdout_difference_roc_auc``,
    ``holdout_difference_low_roc_auc``, ``holdout_difference_high_roc_auc``, ``holdout_rows``.
    """
    found: dict[str, float | None] = {"holdout_rows": float(evidence.rows.judged)}
    for name, metric in evidence.metrics.items():
        found[f"holdout_{name}"] = metric.challenger
        found[f"holdout_champion_{name}"] = metric.champion
        found[f"holdout_trivial_{name}"] = metric.trivial
        if metric.difference is not None:
            found[f"holdout_difference_{name}"] = metric.difference.estimate
            found[f"holdout_difference_low_{name}"] = metric.difference.low
            found[f"holdout_difference_high_{name}"] = metric.difference.high
    return {name: value for name, value in found.items() if value is not None}
