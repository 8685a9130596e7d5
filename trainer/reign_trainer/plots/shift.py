"""How far the champion's scores have moved since the last holdout, beside how far they usually do."""

from __future__ import annotations

from reign_trainer.shapes import Evidence

from .panel import Panel
from .paper import Paper
from .picture import CHALLENGER, WORSE, draw_title

_MEASURES = (
    ("psi", "PSI"),
    ("ks", "KS distance"),
    ("auc", "AUC, old against new"),
)


def draw_shift(evidence: Evidence) -> Paper | None:
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
    paper = Paper(7.2, 2.6)
    what = "Shift of the champion's score since the last holdout"
    draw_title(paper, evidence, f"{what}{': alarm' if shift.alarm else ''}")
    width = (paper.width - 0.3 * (len(bars) + 1)) / len(bars)
    for number, (title, value, reference) in enumerate(bars):
        left = 0.3 + number * (width + 0.3)
        _draw_bar(paper, (left, 0.95, left + width, 1.9), title, value, reference)
    paper.write(0.08, 2.42, _caption(shift.reference.holdouts, shifted), size=8)
    return paper


def _draw_bar(
    paper: Paper, box: tuple[float, float, float, float], title: str, value: float, reference: float | None
) -> None:
    # Half is what a coin reaches: an AUC begins there.
    start = 0.5 if title == _MEASURES[2][1] else 0.0
    known = [value, start, *([] if reference is None else [reference])]
    reach = max(max(known) - start, 1e-3)
    panel = Panel(paper, box, (min(known) - 0.02 * reach, max(known) + 0.25 * reach), (-0.6, 0.95))
    panel.title(f"{title}  {value:.3f}")
    panel.scale_across(most=4, size=7.5)
    panel.bar((start, value), (-0.25, 0.25), CHALLENGER, 0.85)
    if reference is not None:
        panel.upright(reference, colour=WORSE, width=1.4, style="dashed")
        right = reference - start > 0.6 * (max(value, reference) - start)
        paper.write(
            float(panel.x(reference)) + (-0.06 if right else 0.06),
            float(panel.y(0.68)),
            f"usual {reference:.3f}",
            size=7.5,
            colour=WORSE,
            across="right" if right else "left",
        )


def _caption(holdouts: int, shifted: list[str]) -> str:
    text = (
        f"usual: the 95 % point of the last {holdouts} holdouts" if holdouts else "no earlier holdouts to compare with"
    )
    if not shifted:
        return text
    names = ", ".join(shifted[:5]) + (f" and {len(shifted) - 5} more" if len(shifted) > 5 else "")
    return f"{text}; shifted features: {names}"
