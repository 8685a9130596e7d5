"""All controls of one comparison."""

from __future__ import annotations

from reign_trainer.evidence.measure import MeasureError
from reign_trainer.evidence.rows.comparison import Comparison
from reign_trainer.shapes import Controls, Gate, Interval, MetricEvidence

from .case import Case
from .flips import flips
from .planted import planted
from .shuffled import shuffled, shuffled_scores
from .shuffled_fit import shuffled_fit as fit_control


def controls(comparison: Comparison, gate: Gate, measured: MetricEvidence | None = None) -> Controls | None:
    """Measure what the gate must answer rightly if it works: the numbers only, the answer is the gate's.

    Each is measured as the real comparison is, by the primary metric against the same opponent (the champion, or the
    trivial predictor where nobody reigns), and stands where the policy draws its boundary (``minimumGain``, or minus
    the margin): the gate's test is applied to the bounds as they are.

    Parameters
    ----------
    comparison : Comparison
    gate : Gate
    measured : MetricEvidence or None
        Of the primary metric on these rows, where it is there already: saves measuring it once more.

    Returns
    -------
    Controls or None
        None where the primary metric cannot be measured.
    """
    case = Case.of(comparison, gate)
    try:
        difference = _difference(case, measured)
        lead = _lead(case, measured)
        without_knowledge = shuffled_scores(case)
        return Controls(
            flips=flips(case),
            shuffled=shuffled(case, without_knowledge, lead),
            planted=planted(case, difference, without_knowledge),
            shuffled_fit=fit_control(case, comparison.shuffled_fit, lead),
        )
    except MeasureError:
        return None


def _difference(case: Case, measured: MetricEvidence | None) -> Interval:
    known = None if measured is None else measured.difference if case.reigning else measured.lead
    return case.difference(case.comparison.challenger, case.comparison.alpha) if known is None else known


def _lead(case: Case, measured: MetricEvidence | None) -> Interval | None:
    if not case.reigning:
        return None
    known = None if measured is None else measured.champion_lead
    return case.difference(case.opponent, case.comparison.alpha, case.trivial) if known is None else known
