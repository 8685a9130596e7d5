"""A model fitted on shuffled labels: whatever it seems to know, it has from a leak."""

from __future__ import annotations

from reign_trainer.evidence.measure import MeasureError
from reign_trainer.evidence.measure.arrays import Floats
from reign_trainer.shapes import Interval, ShuffledFitControl

from .case import Case
from .shuffled import within_margin

ALPHA = 1e-4


def shuffled_fit(case: Case, scores: Floats | None, lead: Interval | None) -> ShuffledFitControl | None:
    """Measure a model fitted on shuffled labels against the challenger, which was fitted on the true ones, at `ALPHA`.

    Not against the opponent: where few features carry much, a direction drawn at random ranks far better than nobody or
    than a weak champion about half of the time, and no gate is broken by seeing that.

    Parameters
    ----------
    case : Case
    scores : ndarray of shape (n,) or (n, k), or None
        None where the policy asks for no such fit.
    lead : Interval or None
        Champion against the trivial predictor.

    Returns
    -------
    ShuffledFitControl or None
    """
    if scores is None:
        return None
    if within_margin(case, lead):
        reason = "the margin is more than half of the champion's sure lead: a model without knowledge may be within it"
        return ShuffledFitControl(difference=None, not_run=reason)
    try:
        return ShuffledFitControl(difference=case.difference(scores, ALPHA, case.comparison.challenger), not_run=None)
    except MeasureError as error:
        return ShuffledFitControl(difference=None, not_run=str(error))
