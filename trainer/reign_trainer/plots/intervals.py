"""One interval as a mark on a line: a dot, the 95 % interval thin, the one that decided thick."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from reign_trainer.shapes import Interval

from .figure import BETTER, UNDECIDED, WORSE


def draw_interval(axes: Axes, y: float, interval: Interval) -> None:
    """Draw a difference at a height.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    y : float
    interval : Interval
        Bounds that are not known are not drawn.
    """
    colour = colour_of(interval)
    if interval.low is not None and interval.high is not None:
        axes.plot([interval.low, interval.high], [y, y], color=colour, linewidth=1.2, solid_capstyle="butt")
    if interval.deciding_low is not None and interval.deciding_high is not None:
        bounds = [interval.deciding_low, interval.deciding_high]
        axes.plot(bounds, [y, y], color=colour, linewidth=4.0, alpha=0.45, solid_capstyle="butt")
    axes.plot([interval.estimate], [y], marker="o", markersize=5, color=colour, markeredgecolor="white")


def colour_of(interval: Interval) -> str:
    """Give the colour of what the deciding interval says: better, worse, or neither."""
    if interval.deciding_low is not None and interval.deciding_low > 0:
        return BETTER
    if interval.deciding_high is not None and interval.deciding_high < 0:
        return WORSE
    return UNDECIDED


def interval_legend(alpha: float) -> list[Line2D]:
    """Give what the two lines mean."""
    return [
        Line2D([], [], color=UNDECIDED, linewidth=1.2, marker="o", markersize=4, label="estimate, 95 % interval"),
        Line2D([], [], color=UNDECIDED, linewidth=4.0, alpha=0.45, label=f"deciding bounds (one-sided {alpha:.3g})"),
    ]


def edges(interval: Interval) -> list[float]:
    """Give every number of an interval that is drawn."""
    known = [interval.estimate, interval.low, interval.high, interval.deciding_low, interval.deciding_high]
    return [value for value in known if value is not None]
