"""The difference in every metric, each on a scale of its own, with zero in all of them."""

from __future__ import annotations

from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from reign_trainer.constants import BETTER
from reign_trainer.shapes import Evidence, Interval

from .figure import CHALLENGER, QUIET, new_figure, quiet_axis, signed, title_of
from .intervals import colour_of, draw_interval, edges, interval_legend
from .titles import metric_title

LineStyle = Literal[":", "--"]


def draw_differences(evidence: Evidence) -> Figure | None:
    """Draw challenger against champion, or against the trivial predictor where nobody reigned.

    The primary metric stands on top, with the gain that is worth having and the one that these rows would show; the others
    follow in the order of the catalogue.
    """
    measured = _intervals(evidence)
    if not measured:
        return None
    figure = new_figure(8.0, 1.35 + 0.62 * len(measured), margins=(1.2, 1.35, 0.6, 0.85))
    against = "the trivial predictor" if evidence.champion is None else "the champion"
    figure.suptitle(title_of(evidence, f"Challenger against {against}: better is to the right"), x=0.01, ha="left")
    grid = figure.subplots(len(measured), 1, squeeze=False, gridspec_kw={"hspace": 1.0})
    for axes, (name, interval) in zip(grid[:, 0], measured, strict=True):
        primary = name == evidence.primary
        axes.axvline(0, color="black", linewidth=0.9)
        marks = _marks(evidence, interval) if primary else []
        for value, colour, style, _ in marks:
            axes.axvline(value, color=colour, linewidth=1.1, linestyle=style)
        draw_interval(axes, 0, interval)
        axes.set_ylim(-1, 1)
        _scale(axes, [0.0, *edges(interval), *(value for value, *_ in marks)])
        axes.set_yticks([0], [metric_title(name)], fontweight="bold" if primary else "normal")
        quiet_axis(axes)
        axes.xaxis.set_major_locator(MaxNLocator(6))
        axes.tick_params(axis="x", labelsize=7)
        axes.annotate(
            _numbers(interval),
            (1.01, 0.5),
            xycoords="axes fraction",
            va="center",
            fontsize=8,
            color=colour_of(interval),
        )
    lines = [
        Line2D([], [], color=colour, linewidth=1.1, linestyle=style, label=text)
        for value, colour, style, text in _marks(evidence, measured[0][1])
    ]
    legend = [*interval_legend(evidence.charge.alpha), *(lines if measured[0][0] == evidence.primary else [])]
    figure.legend(handles=legend, loc="lower left", ncols=2)
    return figure


def _intervals(evidence: Evidence) -> list[tuple[str, Interval]]:
    found = []
    for name, metric in evidence.metrics.items():
        interval = metric.lead if evidence.champion is None else metric.difference
        if interval is not None:
            found.append((name, interval))
    order = list(BETTER)
    return sorted(found, key=lambda each: (each[0] != evidence.primary, order.index(each[0])))


def _marks(evidence: Evidence, interval: Interval) -> list[tuple[float, str, LineStyle, str]]:
    marks: list[tuple[float, str, LineStyle, str]] = [
        (evidence.detection.wanted, CHALLENGER, ":", f"worth having {signed(evidence.detection.wanted)}")
    ]
    if interval.detectable is not None:
        marks.append((interval.detectable, QUIET, "--", f"detectable on these rows {signed(interval.detectable)}"))
    return marks


def _scale(axes: Axes, values: list[float]) -> None:
    low, high = min(values), max(values)
    room = 0.06 * (high - low) if high > low else 1.0
    axes.set_xlim(low - room, high + room)


def _numbers(interval: Interval) -> str:
    if interval.low is None or interval.high is None:
        return signed(interval.estimate)
    return f"{signed(interval.estimate)}\n[{signed(interval.low)}, {signed(interval.high)}]"
