"""Scores that know nothing: the challenger's, dealt out at random."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

from reign_trainer.evidence.measure.arrays import Floats
from reign_trainer.shapes import Interval, ShuffledControl

from .case import Case

ALPHA = 1e-4
"""The chance, at most, that scores without any knowledge win where the opponent has none either."""

CLEAR = 6.0
SURE = 4.0

NO_FLOOR = frozenset({"macro_f1", "expected_cost", "approval_rate"})
"""Metrics by which scores dealt out at random may rightly beat a constant: flagging some rows can be cheaper than flagging
none, and naming every class better than naming one."""


def shuffled_scores(case: Case) -> Floats:
    """Deal the challenger's scores out at random over the rows."""
    random = np.random.Generator(np.random.PCG64([case.comparison.seed, 2]))
    return case.comparison.challenger[random.permutation(case.comparison.labels.size)]


def shuffled(case: Case, scores: Floats, lead: Interval | None) -> ShuffledControl | None:
    """Measure scores without knowledge against the opponent.

    Parameters
    ----------
    case : Case
    scores : ndarray of shape (n,) or (n, k)
        Of `shuffled_scores`.
    lead : Interval or None
        Champion against the trivial predictor; None without a champion.

    Returns
    -------
    ShuffledControl or None
        The interval is at the smaller of the charged alpha and `ALPHA`: where the opponent knows nothing either (there
        is no champion yet, say), such scores win as often as alpha says, and every week is too often for an alarm. They
        must lose where the champion leads the trivial predictor by more than `CLEAR` standard errors and by so much
        that the interval shows it with `SURE` standard errors to spare. None where losing by the margin is allowed and
        the champion's lead is not surely twice that: then such scores may well be not inferior; and for the metrics
        of `NO_FLOOR`. Against the trivial predictor where the champion is worse than that.
    """
    if case.comparison.primary in NO_FLOOR:
        return None
    alpha = min(case.comparison.alpha, ALPHA)
    if lead is None:
        return ShuffledControl(difference=case.difference(scores, alpha), must_lose=False)
    if within_margin(case, lead):
        return None
    if lead.estimate <= 0:
        # A champion that misleads is rightly beaten by no knowledge: then nobody's answer is what must not be beaten.
        return ShuffledControl(difference=case.difference(scores, alpha, case.trivial), must_lose=False)
    found = case.difference(scores, alpha)
    return ShuffledControl(difference=found, must_lose=_must_lose(lead, found))


def within_margin(case: Case, lead: Interval | None) -> bool:
    """Whether a model without any knowledge may be not inferior by the policy, and rightly so."""
    return case.boundary < 0 and (lead is None or lead.low is None or lead.low < -2 * case.boundary)


def _must_lose(lead: Interval, found: Interval) -> bool:
    if lead.standard_error is None or found.standard_error is None:
        return False
    reach = float(stdtrit(found.degrees_of_freedom, 1 - found.alpha)) + SURE
    return lead.estimate > CLEAR * lead.standard_error and lead.estimate > reach * found.standard_error
