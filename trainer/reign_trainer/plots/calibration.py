"""Do probabilities come true? Observed against predicted, for both."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reign_trainer.shapes import Bounded, Calibration, Evidence

from .figure import CHALLENGER, CHAMPION, QUIET, new_figure, title_of


def draw_calibration(evidence: Evidence) -> Figure | None:
    """Draw the calibration curves with clustered 95 % intervals."""
    if evidence.calibration is None:
        return None
    challenger, champion = evidence.calibration.challenger, evidence.calibration.champion
    if not challenger.bins:
        return None
    figure = new_figure(6.0, 5.6)
    axes = figure.subplots()
    curves = [("challenger", challenger, CHALLENGER, "o")]
    if champion is not None and champion.bins:
        curves.insert(0, ("champion", champion, CHAMPION, "s"))
    top = 1.05 * max(max(each.predicted, each.observed.estimate) for _, one, *_ in curves for each in one.bins)
    top = min(1.0, max(top, 1e-6))
    axes.plot([0, top], [0, top], color=QUIET, linewidth=1.0, linestyle="--", label="perfect")
    for name, one, colour, marker in curves:
        _curve(axes, name, one, colour, marker)
    axes.set(
        xlim=(0, top),
        ylim=(0, top),
        aspect="equal",
        xlabel="predicted probability (mean of the bin)",
        ylabel="observed share of positives",
    )
    figure.suptitle(title_of(evidence, "Calibration: bins of equally many rows"), x=0.01, ha="left")
    figure.legend(loc="outside lower left", ncols=1)
    return figure


def _curve(axes: Axes, name: str, one: Calibration, colour: str, marker: str) -> None:
    predicted = [each.predicted for each in one.bins]
    observed = [each.observed.estimate for each in one.bins]
    below = [_reach(each.observed, each.observed.low) for each in one.bins]
    above = [_reach(each.observed, each.observed.high) for each in one.bins]
    label = f"{name}: expected error {one.expected_error.estimate:.4f}"
    if one.slope is not None and one.intercept is not None:
        label += f", slope {_bounded(one.slope)}, intercept {_bounded(one.intercept)}"
    axes.errorbar(
        predicted,
        observed,
        yerr=[below, above],
        color=colour,
        marker=marker,
        markersize=4,
        linewidth=1.3,
        elinewidth=0.9,
        capsize=2,
        label=label,
    )


def _reach(value: Bounded, bound: float | None) -> float:
    return 0.0 if bound is None else abs(bound - value.estimate)


def _bounded(value: Bounded) -> str:
    if value.low is None or value.high is None:
        return f"{value.estimate:.2f}"
    return f"{value.estimate:.2f} [{value.low:.2f}, {value.high:.2f}]"
