"""Do probabilities come true? Observed against predicted, for both."""

from __future__ import annotations

from reign_trainer.shapes import Bounded, Calibration, Evidence

from .panel import Panel
from .paper import Paper, Shape
from .picture import CHALLENGER, CHAMPION, QUIET, Entry, draw_legend, draw_title


def draw_calibration(evidence: Evidence) -> Paper | None:
    """Draw the calibration curves with clustered 95 % intervals."""
    if evidence.calibration is None:
        return None
    challenger, champion = evidence.calibration.challenger, evidence.calibration.champion
    if not challenger.bins:
        return None
    curves: list[tuple[str, Calibration, str, Shape]] = [("challenger", challenger, CHALLENGER, "o")]
    if champion is not None and champion.bins:
        curves.insert(0, ("champion", champion, CHAMPION, "s"))
    top = 1.05 * max(max(each.predicted, each.observed.estimate) for _, one, *_ in curves for each in one.bins)
    top = min(1.0, max(top, 1e-6))
    paper = Paper(6.0, 5.75)
    draw_title(paper, evidence, "Calibration: bins of equally many rows")
    panel = Panel(paper, (0.7, 0.6, 4.9, 4.8), (0.0, top), (0.0, top))
    panel.scale_across("predicted probability (mean of the bin)")
    panel.scale_up("observed share of positives")
    panel.curve([0, top], [0, top], colour=QUIET, width=1.0, style="dashed")
    for _, one, colour, shape in curves:
        _draw_curve(panel, one, colour, shape)
    legend = [
        Entry("perfect", QUIET, width=1.0, style="dashed"),
        *(Entry(_told(name, one), colour, width=1.3, shape=shape) for name, one, colour, shape in curves),
    ]
    draw_legend(paper, 0.12, paper.height - 0.46, legend)
    return paper


def _draw_curve(panel: Panel, one: Calibration, colour: str, shape: Shape) -> None:
    predicted = [each.predicted for each in one.bins]
    for each in one.bins:
        if each.observed.low is not None and each.observed.high is not None:
            at = [each.predicted, each.predicted]
            panel.curve(at, [each.observed.low, each.observed.high], colour=colour, width=0.9)
    observed = [each.observed.estimate for each in one.bins]
    panel.curve(predicted, observed, colour=colour, width=1.3)
    panel.marks(predicted, observed, colour=colour, size=4, shape=shape)


def _told(name: str, one: Calibration) -> str:
    text = f"{name}: expected error {one.expected_error.estimate:.4f}"
    if one.slope is None or one.intercept is None:
        return text
    return f"{text}, slope {_bounded(one.slope)}, intercept {_bounded(one.intercept)}"


def _bounded(value: Bounded) -> str:
    if value.low is None or value.high is None:
        return f"{value.estimate:.2f}"
    return f"{value.estimate:.2f} [{value.low:.2f}, {value.high:.2f}]"
