"""One interval as a mark on a line: a dot, the 95 % interval thin, the one that decided thick."""

from __future__ import annotations

from reign_trainer.shapes import Interval

from .panel import Panel
from .picture import BETTER, UNDECIDED, WORSE, Entry

_THICK, _OPACITY = 4.0, 0.45


def draw_interval(panel: Panel, y: float, interval: Interval) -> None:
    """Draw a difference at a height.

    Parameters
    ----------
    panel : Panel
    y : float
    interval : Interval
        Bounds that are not known are not drawn.
    """
    colour = colour_of(interval)
    if interval.low is not None and interval.high is not None:
        panel.curve([interval.low, interval.high], [y, y], colour=colour)
    if interval.deciding_low is not None and interval.deciding_high is not None:
        bounds = [interval.deciding_low, interval.deciding_high]
        panel.curve(bounds, [y, y], colour=colour, width=_THICK, opacity=_OPACITY)
    panel.marks([interval.estimate], [y], colour=colour, size=5, edge="#ffffff")


def colour_of(interval: Interval) -> str:
    """Give the colour of what the deciding interval says: better, worse, or neither."""
    if interval.deciding_low is not None and interval.deciding_low > 0:
        return BETTER
    if interval.deciding_high is not None and interval.deciding_high < 0:
        return WORSE
    return UNDECIDED


def interval_legend(alpha: float) -> list[Entry]:
    """Give what the two lines mean."""
    return [
        Entry("estimate, 95 % interval", UNDECIDED, shape="o"),
        Entry(f"deciding bounds (one-sided {alpha:.3g})", UNDECIDED, width=_THICK, opacity=_OPACITY),
    ]


def edges(interval: Interval) -> list[float]:
    """Give every number of an interval that is drawn."""
    known = [interval.estimate, interval.low, interval.high, interval.deciding_low, interval.deciding_high]
    return [value for value in known if value is not None]
