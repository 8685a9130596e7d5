"""The versions that are compared, as they stand in the evidence."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from reign_trainer.shapes import Contender, ContenderRequest, EvaluateRequest

from .judged_rows import JudgedRows
from .rows.columns import in_window
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
        registered_at=version.registered_at,
        fitted_on_judged_rows=_fitted_on(version, judged),
        broken_scores=0 if scored is None else broken_scores(scored, request.definition),
        train_window=stored.train_windows[version.cycle],
    )


def _fitted_on(version: ContenderRequest, judged: JudgedRows) -> int | None:
    """Count the judged rows that a version was fitted on; None where nobody knows.

    Of a version from outside whose rows nobody has kept: by the period that it is said to be fitted on or, without one,
    by when it was registered. Nobody fits on rows of later.
    """
    if version.train_snapshot is not None:
        return judged.rows.seen.count_in(version.train_snapshot)
    rows = judged.rows.challenger
    if version.train_window is not None:
        return int(np.count_nonzero(in_window(rows, version.train_window.model_dump(by_alias=True))))
    if version.registered_at is None or rows.num_rows == 0:
        return None
    registered = {"from": "0001-01-01T00:00:00Z", "to": version.registered_at}
    return None if in_window(rows, registered).any() else 0
