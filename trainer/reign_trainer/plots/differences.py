"""The difference in every metric, each on a scale of its own, with zero in all of them."""

from __future__ import annotations

from reign_trainer.constants import BETTER
from reign_trainer.shapes import Evidence, Interval

from .intervals import colour_of, draw_interval, edges, interval_legend
from .panel import Panel, widened
from .paper import Paper
from .picture import CHALLENGER, QUIET, Entry, draw_legend, draw_title, signed
from .titles import metric_title

_TOP, _ROW, _BOTTOM = 0.6, 0.62, 0.42


def draw_differences(evidence: Evidence) -> Paper | None:
    """Draw challenger against champion, or against the trivial predictor where nobody reigned.

    The primary metric stands on top, with the gain that is worth having and the one that these rows would show; the others
    follow in the order of the catalogue.
    """
    measured = _intervals(evidence)
    if not measured:
        return None
    paper = Paper(8.0, _TOP + _ROW * len(measured) + _BOTTOM)
    against = "the trivial predictor" if evidence.champion is None else "the champion"
    draw_title(paper, evidence, f"Challenger against {against}: better is to the right")
    legend = interval_legend(evidence.charge.alpha)
    widest = max(paper.width_of(line, 8) for _, interval in measured for line in _numbers(interval).split("\n"))
    right = min(6.65, paper.width - 0.15 - widest)
    for row, (name, interval) in enumerate(measured):
        primary = name == evidence.primary
        marks = _marks(evidence, interval) if primary else []
        values = [0.0, *edges(interval), *(value for value, _ in marks)]
        top = _TOP + row * _ROW
        panel = Panel(paper, (1.2, top, right, top + 0.34), widened(values, 0.06), (-1.0, 1.0))
        panel.scale_across(most=6, size=7)
        panel.upright(0)
        for value, entry in marks:
            panel.upright(value, colour=entry.colour, width=entry.width, style=entry.style or "solid")
            legend.append(entry)
        draw_interval(panel, 0, interval)
        paper.write(1.12, top + 0.17, metric_title(name), bold=primary, across="right")
        paper.write(right + 0.07, top + 0.17, _numbers(interval), size=8, colour=colour_of(interval))
    draw_legend(paper, 0.12, paper.height - 0.29, legend, columns=2)
    return paper


def _intervals(evidence: Evidence) -> list[tuple[str, Interval]]:
    found = []
    for name, metric in evidence.metrics.items():
        interval = metric.lead if evidence.champion is None else metric.difference
        if interval is not None:
            found.append((name, interval))
    order = list(BETTER)
    return sorted(found, key=lambda each: (each[0] != evidence.primary, order.index(each[0])))


def _marks(evidence: Evidence, interval: Interval) -> list[tuple[float, Entry]]:
    wanted = evidence.detection.wanted
    marks = [(wanted, Entry(f"worth having {signed(wanted)}", CHALLENGER, width=1.1, style="dotted"))]
    if (detectable := interval.detectable) is not None:
        text = f"detectable on these rows {signed(detectable)}"
        marks.append((detectable, Entry(text, QUIET, width=1.1, style="dashed")))
    return marks


def _numbers(interval: Interval) -> str:
    if interval.low is None or interval.high is None:
        return signed(interval.estimate)
    return f"{signed(interval.estimate)}\n[{signed(interval.low)}, {signed(interval.high)}]"
