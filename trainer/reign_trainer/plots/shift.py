"""How far the champion's scores have moved since the last holdout, beside how far they usually do."""

from __future__ import annotations

from matplotlib.figure import Figure

from reign_trainer.shapes import Evidence

from .figure import CHALLENGER, WORSE, new_figure, title_of

_MEASURES = (
    ("psi", "PSI"),
    ("ks", "KS distance"),
    ("auc", "AUC of telling apart"),
)


def draw_shift(evidence: Evidence) -> Figure | None:
    """Draw PSI, KS distance and the classifier's AUC of the score, each with the 95 % point of the last holdouts."""
    shift = evidence.score_shift
    if shift is None:
        return None
    bars = []
    for name, title in _MEASURES:
        value = getattr(shift, name)
        if value is not None:
            bars.append((title, value, getattr(shift.reference, name)))
    if not bars:
        return None
    shifted = [] if evidence.observations is None else evidence.observations.shifted
    figure = new_figure(7.2, 2.6)
    what = "Shift of the champion's score since the last holdout"
    figure.suptitle(title_of(evidence, f"{what}{': alarm' if shift.alarm else ''}"), x=0.01, ha="left")
    grid = figure.subplots(1, len(bars), squeeze=False)
    for axes, (title, value, reference) in zip(grid[0], bars, strict=True):
        telling = title == _MEASURES[2][1]
        # Half is what a coin reaches: an AUC begins there.
        start = 0.5 if telling else 0.0
        axes.barh([0], [value - start], left=start, height=0.5, color=CHALLENGER, alpha=0.85)
        known = [value, start, *([] if reference is None else [reference])]
        if reference is not None:
            axes.axvline(reference, color=WORSE, linewidth=1.4, linestyle="--")
            right = reference - start > 0.6 * (max(value, reference) - start)
            axes.annotate(
                f"usual {reference:.3f}",
                (reference, 0.62),
                xytext=(-4 if right else 4, 0),
                textcoords="offset points",
                ha="right" if right else "left",
                fontsize=7.5,
                color=WORSE,
            )
        reach = max(max(known) - start, 1e-3)
        low = min([start, *known])
        axes.set(xlim=(low - 0.02 * reach, max(known) + 0.25 * reach), ylim=(-0.6, 0.95), title=f"{title}  {value:.3f}")
        axes.set_yticks([])
        axes.grid(visible=False, axis="y")
        axes.tick_params(axis="x", labelsize=7.5)
        axes.locator_params(axis="x", nbins=4)
    figure.supxlabel(_caption(shift.reference.holdouts, shifted), fontsize=8, x=0.01, ha="left")
    return figure


def _caption(holdouts: int, shifted: list[str]) -> str:
    text = (
        f"usual: the 95 % point of the last {holdouts} holdouts" if holdouts else "no earlier holdouts to compare with"
    )
    if not shifted:
        return text
    names = ", ".join(shifted[:5]) + (f" and {len(shifted) - 5} more" if len(shifted) > 5 else "")
    return f"{text}; shifted features: {names}"
