"""One document of evidence: which rows were judged, and everything that was measured on them."""

from __future__ import annotations

import json
from typing import Any

from reign_trainer.shapes import EvaluateRequest, Evidence

from .calibration import swap_set
from .contenders import anchor_evidence, challenger_evidence, champion_evidence
from .follow_up import follow_up
from .judged_rows import judge_rows
from .labels import label_evidence
from .measurements import measurements
from .observed import observations_summary, score_shift_evidence
from .row_counts import cluster_evidence, row_counts
from .rows.clusters import cluster_codes
from .rows.columns import positive_class
from .rows.read_rows import StoredRows, format_of


def assemble(request: EvaluateRequest, stored: StoredRows) -> Evidence:
    """Measure stored rows by a policy. A function of its arguments: the store is not read, and nothing is written.

    Parameters
    ----------
    request : EvaluateRequest
        The policy, and what else the evidence names.
    stored : StoredRows

    Returns
    -------
    Evidence
    """
    definition, holdout = request.definition, stored.holdout
    judged = judge_rows(holdout, request)
    measured = measurements(judged, stored.shuffled_fit, request)
    reference, shift = score_shift_evidence(stored, definition)
    return Evidence(
        format=format_of(request),
        model=request.cycle.model,
        lineage=request.cycle.lineage,
        as_of=request.cycle.as_of,
        task=definition.task,
        primary=request.primary,
        classes=None if definition.label is None else definition.label.classes,
        positive=positive_class(definition),
        window=request.window,
        charge=request.charge,
        trivial=request.trivial,
        rehearsal=request.rehearsal,
        # Which rows.
        row_hash=judged.row_hash,
        rows=row_counts(holdout, judged, definition),
        clusters=cluster_evidence(judged, definition),
        row_ids_gone=stored.row_ids_gone or None,
        chose_champion=request.chose_champion,
        labels=label_evidence(
            holdout.challenger,
            definition,
            definition.gate,
            cluster_codes(holdout.challenger, definition.source.cluster),
        ),
        selection=judged.selection,
        swap_set=swap_set(holdout.challenger, holdout.champion, definition.gate, definition),
        # Who.
        challenger=challenger_evidence(stored, judged, request),
        champion=champion_evidence(stored, judged, request),
        anchor=anchor_evidence(stored, judged, request),
        # What was measured on the judged rows.
        metrics=measured.metrics,
        unmeasured=measured.unmeasured,
        identical=measured.identical,
        detection=measured.detection,
        slices=measured.slices,
        found_slices=measured.found_slices,
        controls=measured.controls,
        calibration=measured.calibration,
        shuffled_fit=request.shuffled_fit,
        # What earlier cycles left, and what was seen of the features.
        past=request.past,
        score_reference=reference,
        score_shift=shift,
        follow_up=follow_up(stored.promoted, stored.row_ids_gone, judged.seed, request),
        follow_up_request=request.follow_up,
        observations=observations_summary(stored.observations, request),
    )


def evidence_bytes(evidence: Evidence) -> bytes:
    """Write evidence as it is stored: JSON in UTF-8, keys sorted, nothing between the tokens."""
    document = _without_signed_zeros(evidence.as_stored())
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _without_signed_zeros(value: Any) -> Any:
    """Turn -0.0, which is written apart, into 0.0."""
    if isinstance(value, dict):
        return {key: _without_signed_zeros(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_signed_zeros(one) for one in value]
    return value + 0.0 if isinstance(value, float) else value
