"""Everything that is measured on the judged rows alone."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from reign_trainer.shapes import (
    CalibrationEvidence,
    Controls,
    Detection,
    EvaluateRequest,
    MetricEvidence,
    SliceEvidence,
)

from .calibration import calibration
from .controls import controls
from .detection import detection, nothing_detectable
from .judged_rows import JudgedRows
from .measure import MeasureError, measure
from .ranges import calibration_within_range, within_range
from .rows.columns import numbers
from .rows.comparison import Comparison
from .rows.gate_parameters import gate_parameters
from .rows.joined import matching
from .rows.read_rows import format_of
from .rows.scores import labels_in, scores_in, trivial_answer
from .slices import declared_slices, found_slices


@dataclass(frozen=True)
class Measurements:
    """Parts of the evidence, by their names in it. Without metrics there is only why not."""

    detection: Detection
    unmeasured: str | None = None
    metrics: dict[str, MetricEvidence] = field(default_factory=dict)
    identical: bool = False
    slices: list[SliceEvidence] = field(default_factory=list)
    found_slices: list[SliceEvidence] = field(default_factory=list)
    controls: Controls | None = None
    calibration: CalibrationEvidence | None = None


def measurements(judged: JudgedRows, shuffled_fit: pa.Table | None, request: EvaluateRequest) -> Measurements:
    """Measure the judged rows by the policy.

    Parameters
    ----------
    judged : JudgedRows
    shuffled_fit : pyarrow.Table or None
        Predictions of a version fitted on shuffled labels.
    request : EvaluateRequest
    """
    gate = request.definition.gate
    if judged.unmeasured is not None:
        return Measurements(nothing_detectable(request), judged.unmeasured)
    try:
        comparison = compare(judged, shuffled_fit, request)
        metrics = measured_metrics(comparison, request)
    except MeasureError as error:
        return Measurements(nothing_detectable(request), str(error))
    return Measurements(
        metrics=metrics,
        identical=_is_identical(comparison),
        detection=detection(comparison, request, metrics),
        slices=declared_slices(comparison, gate),
        found_slices=found_slices(comparison, gate),
        controls=controls(comparison, gate, metrics.get(request.primary)),
        calibration=measured_calibration(comparison, request),
    )


def compare(judged: JudgedRows, shuffled_fit: pa.Table | None, request: EvaluateRequest) -> Comparison:
    """Put labels, scores, weights and clusters of the judged rows side by side.

    Raises
    ------
    MeasureError
        Where the champion's predictions are of another task.
    """
    definition, rows = request.definition, judged.rows

    def scores_of(predictions: pa.Table | None) -> np.ndarray | None:
        return None if predictions is None else scores_in(predictions, definition)

    weights = judged.weights
    if definition.source.weight is not None:
        own = numbers(rows.challenger, "weight")
        weights = own if weights is None else own * weights
    return Comparison(
        task=definition.task,
        primary=request.primary,
        labels=labels_in(rows.challenger, definition),
        weights=weights,
        clusters=judged.clusters,
        challenger=scores_in(rows.challenger, definition),
        champion=scores_of(rows.champion),
        anchor=scores_of(rows.anchor),
        shuffled_fit=scores_of(matching(rows.challenger, shuffled_fit)),
        trivial=trivial_answer(request.trivial, definition, len(rows.classes.names)),
        table=rows.challenger,
        alpha=request.charge.alpha,
        seed=judged.seed,
    )


def measured_metrics(comparison: Comparison, request: EvaluateRequest) -> dict[str, MetricEvidence]:
    """Measure every metric of the task that has its parameters.

    Raises
    ------
    MeasureError
        Where the rows or the scores cannot be measured.
    """
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
        parameters=gate_parameters(request.definition.gate, comparison.table),
    )
    return within_range(found) if format_of(request) >= 3 else found


def measured_calibration(comparison: Comparison, request: EvaluateRequest) -> CalibrationEvidence | None:
    """Compare probabilities with what came true; None for other tasks than a binary one."""
    found = calibration(comparison)
    return calibration_within_range(found) if format_of(request) >= 3 else found


def _is_identical(comparison: Comparison) -> bool:
    return comparison.champion is not None and bool(np.array_equal(comparison.challenger, comparison.champion))
