"""The metrics of a comparison, as they stand in the evidence."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from reign_trainer.evidence.measure import MeasureError, Parameters, measure
from reign_trainer.shapes import MetricEvidence

from .rows.comparison import Comparison


def measured(comparison: Comparison, parameters: Parameters) -> tuple[dict[str, MetricEvidence], str | None]:
    """Measure the judged rows by every metric of the task.

    Parameters
    ----------
    comparison : Comparison
    parameters : Parameters
        Of the metrics that need some.

    Returns
    -------
    metrics : dict of str to MetricEvidence
        Empty where nothing can be measured.
    unmeasured : str or None
        Why not.
    """
    try:
        found = measure(
            comparison.task,
            comparison.labels,
            comparison.challenger,
            comparison.champion,
            comparison.trivial,
            comparison.clusters,
            comparison.weights,
            comparison.seed,
            alpha=comparison.alpha,
            anchor=comparison.anchor,
            parameters=parameters,
        )
    except MeasureError as error:
        return {}, str(error)
    return {name: MetricEvidence.model_validate(plain(asdict(one))) for name, one in found.items()}, None


def plain(value: Any) -> Any:
    """Turn -0.0, which is written apart, into 0.0."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value + 0.0 if isinstance(value, float) else value
