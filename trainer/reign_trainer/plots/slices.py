"""A forest of slices: the difference within each, beside the loss that is accepted there."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from reign_trainer.shapes import Evidence, SliceEvidence

from .figure import CHALLENGER, QUIET, new_figure, quiet_axis, title_of
from .intervals import draw_interval, edges, interval_legend
from .titles import metric_title, slice_title

#: More lines than this cannot be read in one picture.
_MOST = 30


def draw_slices(evidence: Evidence) -> Figure | None:
    """Draw declared and found slices, the worst on top; metrics that differ stand in panels of their own."""
    parts = [
        (part, found)
        for found, slices in ((False, evidence.slices), (True, evidence.found_slices))
        for part in slices
        if part.difference is not None
    ]
    if not parts:
        return None
    shown = sorted(parts, key=lambda each: _lowest(each[0]))[:_MOST]
    metrics = sorted({part.metric for part, _ in shown})
    heights = [sum(part.metric == metric for part, _ in shown) for metric in metrics]
    figure = new_figure(8.0, 1.5 + 0.27 * sum(heights) + 0.55 * len(metrics))
    unmeasured = sum(part.difference is None for part in [*evidence.slices, *evidence.found_slices])
    count = f"{len(shown)} of {len(parts)} slices, the worst first" if len(shown) < len(parts) else "slices"
    rest = f" ({unmeasured} could not be measured)" if unmeasured else ""
    figure.suptitle(title_of(evidence, f"Difference by {count}{rest}: better is to the right"), x=0.01, ha="left")
    grid = figure.subplots(len(metrics), 1, squeeze=False, height_ratios=[height + 0.6 for height in heights])
    for axes, metric in zip(grid[:, 0], metrics, strict=True):
        _panel(axes, [each for each in shown if each[0].metric == metric])
        axes.set_xlabel(f"difference in {metric_title(metric)}")
    marks = [
        Line2D(
            [],
            [],
            color=CHALLENGER,
            marker="|",
            markersize=9,
            markeredgewidth=1.8,
            linestyle="none",
            label="accepted loss",
        ),
        Line2D([], [], color="black", linewidth=0.9, label="no difference"),
    ]
    figure.legend(handles=[*interval_legend(evidence.charge.alpha), *marks], loc="outside lower left", ncols=2)
    return figure


def _panel(axes: Axes, parts: list[tuple[SliceEvidence, bool]]) -> None:
    axes.axvline(0, color="black", linewidth=0.9)
    names = []
    drawn = [0.0]
    for at, (part, found) in enumerate(parts):
        assert part.difference is not None
        draw_interval(axes, at, part.difference)
        axes.plot([-part.margin], [at], marker="|", markersize=11, markeredgewidth=1.8, color=CHALLENGER)
        drawn += [*edges(part.difference), -part.margin]
        mark = " (found)" if found else " (protected)" if part.protected else ""
        names.append(f"{slice_title(part)}{mark}")
        axes.annotate(
            f"{part.rows:,} rows",
            (1.01, at),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=7.5,
            color=QUIET,
        )
    axes.set_yticks(range(len(parts)), names, fontsize=8)
    axes.set_ylim(len(parts) - 0.4, -0.6)
    room = 0.04 * (max(drawn) - min(drawn)) or 1.0
    axes.set_xlim(min(drawn) - room, max(drawn) + room)
    quiet_axis(axes)


def _lowest(part: SliceEvidence) -> float:
    assert part.difference is not None
    low = part.difference.deciding_low
    return part.difference.estimate if low is None else low
