"""What the evidence takes over from the observations, and what it sees itself: the score's shift."""

from __future__ import annotations

from typing import Any

from reign_trainer.evidence.observe import is_unreferenced, score_shift
from reign_trainer.shapes import ColumnShift, EvaluateRequest, Evidence, Observations, ObservationsSummary
from reign_trainer.store import Store

from .rows.compare import scores_in


def observations_summary(request: EvaluateRequest, store: Store) -> ObservationsSummary | None:
    """Give what the gate looks at of the document of observations."""
    if request.observations is None:
        return None
    seen = Observations.model_validate_json(store.read_document("observations", request.observations))
    return ObservationsSummary(
        document=request.observations,
        leaks=seen.leaks,
        shifted=[one.column for one in seen.columns if one.alarm],
        flipped_labels=0 if seen.flipped_labels is None else seen.flipped_labels.flipped,
        **_later(seen, request),
    )


def _later(seen: Observations, request: EvaluateRequest) -> dict[str, Any]:
    """Give what evidence tells of the observations from format 3 on."""
    if (request.evidence_format or 2) < 3:
        return {}
    policy = request.definition.gate.shift
    unreferenced = [one for one in seen.columns if is_unreferenced(one, policy)]
    return {
        "empty": seen.empty,
        "unreferenced": sorted(unreferenced, key=lambda one: (-(one.psi or 0.0), one.column)),
    }


def champion_shift(request: EvaluateRequest, store: Store) -> tuple[str | None, ColumnShift | None]:
    """Hold the champion's scores on this holdout against its scores on the last one that it was judged on.

    Returns
    -------
    str or None
        The predictions that they are held against.
    ColumnShift or None
        Both are None for several classes, without a champion that could be scored, and where no earlier holdout has its
        scores.
    """
    champion = request.champion
    if request.definition.task == "multiclass" or champion is None or champion.predictions is None:
        return None, None
    past = [Evidence.model_validate_json(store.read_document("evidence", one)) for one in request.past]
    last = next((found for one in past[:1] if (found := _scores_of(one, champion.cycle)) is not None), None)
    if last is None or not store.has_rows("predictions", last):
        return None, None
    now, before = (store.read_rows("predictions", one, ["score"]) for one in (champion.predictions, last))
    earlier = [one.score_shift for one in past if one.score_shift is not None]
    return last, score_shift(
        scores_in(now, request.definition), scores_in(before, request.definition), earlier, request.definition.gate
    )


def _scores_of(evidence: Evidence, cycle: str) -> str | None:
    contenders = (evidence.challenger, evidence.champion)
    return next((one.predictions for one in contenders if one is not None and one.cycle == cycle), None)
