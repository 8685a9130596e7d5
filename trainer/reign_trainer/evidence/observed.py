"""What the evidence takes over from the observations, and what it sees itself: the score's shift."""

from __future__ import annotations

from typing import Any

from reign_trainer.shapes import ColumnShift, Definition, EvaluateRequest, Observations, ObservationsSummary

from .measure import MeasureError
from .observe import is_unreferenced, score_shift
from .rows.read_rows import StoredRows, format_of
from .rows.scores import scores_in


def observations_summary(seen: Observations | None, request: EvaluateRequest) -> ObservationsSummary | None:
    """Give what the gate looks at of the document of observations."""
    if seen is None or request.observations is None:
        return None
    return ObservationsSummary(
        document=request.observations,
        leaks=seen.leaks,
        shifted=[one.column for one in seen.columns if one.alarm],
        flipped_labels=0 if seen.flipped_labels is None else seen.flipped_labels.flipped,
        **_later(seen, request),
    )


def _later(seen: Observations, request: EvaluateRequest) -> dict[str, Any]:
    """Give what evidence tells of the observations from format 3 on."""
    if format_of(request) < 3:
        return {}
    policy = request.definition.gate.shift
    unreferenced = [one for one in seen.columns if is_unreferenced(one, policy)]
    return {
        "empty": seen.empty,
        "unreferenced": sorted(unreferenced, key=lambda one: (-(one.psi or 0.0), one.column)),
    }


def score_shift_evidence(stored: StoredRows, definition: Definition) -> tuple[str | None, ColumnShift | None]:
    """Hold the champion's scores on this holdout against its scores on the last one that it was judged on.

    Returns
    -------
    str or None
        The predictions that they are held against.
    ColumnShift or None
        Both are None for several classes, without a champion that could be scored, with one of another task, and where no
        earlier holdout has its scores.
    """
    if stored.champion is None or stored.last_scores is None:
        return None, None
    try:
        now, before = (scores_in(one, definition) for one in (stored.champion, stored.last_scores))
    except MeasureError:
        return None, None
    earlier = [one.score_shift for one in stored.past if one.score_shift is not None]
    return stored.last_predictions, score_shift(now, before, earlier, definition.gate)
