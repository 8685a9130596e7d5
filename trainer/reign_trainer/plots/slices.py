"""A forest of slices: the difference within each, beside the loss that is accepted there."""

from __future__ import annotations

from collections.abc import Sequence

from reign_trainer.shapes import Evidence, SliceEvidence

from .intervals import draw_interval, edges, interval_legend
from .panel import Panel, widened
from .paper import INK, Paper
from .picture import CHALLENGER, UNDECIDED, Entry, draw_legend, draw_title
from .titles import metric_title, slice_title

#: More lines than this cannot be read in one picture.
_MOST = 30
_TOP, _ROW, _BELOW, _BOTTOM = 0.6, 0.27, 0.55, 0.37
_NAME_SIZE = 8.0


def draw_slices(evidence: Evidence) -> Paper | None:
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
    paper = Paper(8.0, _TOP + _ROW * len(shown) + _BELOW * len(metrics) + _BOTTOM)
    unmeasured = sum(part.difference is None for part in [*evidence.slices, *evidence.found_slices])
    count = f"{len(shown)} of {len(parts)} slices, the worst first" if len(shown) < len(parts) else "slices"
    rest = f" ({unmeasured} could not be measured)" if unmeasured else ""
    draw_title(paper, evidence, f"Difference by {count}{rest}: better is to the right")
    left = 0.2 + max(paper.width_of(_name(part, found=found), _NAME_SIZE) for part, found in shown)
    top = _TOP
    for metric in metrics:
        of_metric = [each for each in shown if each[0].metric == metric]
        bottom = top + _ROW * len(of_metric)
        _draw_panel(paper, (left, top, 6.95, bottom), metric, of_metric)
        top = bottom + _BELOW
    marks = [
        Entry("accepted loss", CHALLENGER, style=None, shape="|"),
        Entry("no difference", INK, width=0.9),
    ]
    legend = [*interval_legend(evidence.charge.alpha), *marks]
    draw_legend(paper, 0.12, paper.height - 0.29, legend, columns=2)
    return paper


def _draw_panel(
    paper: Paper, box: tuple[float, float, float, float], metric: str, parts: Sequence[tuple[SliceEvidence, bool]]
) -> None:
    drawn = [0.0]
    for part, _ in parts:
        assert part.difference is not None
        drawn += [*edges(part.difference), -part.margin]
    panel = Panel(paper, box, widened(drawn, 0.04), (len(parts) - 0.5, -0.5))
    panel.scale_across(f"difference in {metric_title(metric)}")
    panel.upright(0)
    for at, (part, found) in enumerate(parts):
        assert part.difference is not None
        draw_interval(panel, at, part.difference)
        panel.marks([-part.margin], [at], colour=CHALLENGER, size=11, shape="|")
        y = float(panel.y(at))
        paper.write(box[0] - 0.08, y, _name(part, found=found), size=_NAME_SIZE, across="right")
        paper.write(box[2] + 0.07, y, f"{part.rows:,} rows", size=7.5, colour=UNDECIDED)


def _name(part: SliceEvidence, *, found: bool) -> str:
    return f"{slice_title(part)}{' (found)' if found else ' (protected)' if part.protected else ''}"


def _lowest(part: SliceEvidence) -> float:
    assert part.difference is not None
    low = part.difference.deciding_low
    return part.difference.estimate if low is None else low
