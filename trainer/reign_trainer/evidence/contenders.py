"""The versions that are compared, as they stand in the evidence."""

from __future__ import annotations

import pyarrow as pa

from reign_trainer.shapes import Contender, ContenderRequest, EvaluateRequest

from .judged_rows import JudgedRows
from .rows.read_rows import StoredRows
from .rows.scores import broken_scores


def challenger_evidence(stored: StoredRows, judged: JudgedRows, request: EvaluateRequest) -> Contender:
    """Say who challenges."""
    return _contender(request.challenger, judged.rows.challenger, stored, judged, request)


def champion_evidence(stored: StoredRows, judged: JudgedRows, request: EvaluateRequest) -> Contender | None:
    """Say who reigns."""
    if request.champion is None:
        return None
    return _contender(request.champion, judged.rows.champion, stored, judged, request)


def anchor_evidence(stored: StoredRows, judged: JudgedRows, request: EvaluateRequest) -> Contender | None:
    """Say who the anchor is, and why it has no scores on these rows where it should have some."""
    anchor = request.anchor
    if anchor is None:
        return None
    if anchor.predictions is not None and judged.rows.anchor is None:
        anchor = anchor.model_copy(update={"unscorable": "its own query lacks rows of this holdout"})
    return _contender(anchor, judged.rows.anchor, stored, judged, request)


def _contender(
    version: ContenderRequest,
    scored: pa.Table | None,
    stored: StoredRows,
    judged: JudgedRows,
    request: EvaluateRequest,
) -> Contender:
    return Contender(
        cycle=version.cycle,
        definition_version=version.definition_version,
        code_hash=version.code_hash,
        train_snapshot=version.train_snapshot,
        holdout_snapshot=version.holdout_snapshot,
        predictions=version.predictions,
        unscorable=version.unscorable,
        classes=version.classes,
        fitted_on_judged_rows=judged.rows.seen.count_in(version.train_snapshot),
        broken_scores=0 if scored is None else broken_scores(scored, request.definition),
        train_window=stored.train_windows[version.cycle],
    )
