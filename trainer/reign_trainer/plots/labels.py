"""The labels of the holdout by day: their rate, and how many are missing."""

from __future__ import annotations

import numpy as np

from reign_trainer.shapes import Evidence

from .panel import Panel, room_beside
from .paper import Paper
from .picture import CHALLENGER, QUIET, WORSE, draw_title

_DATES = 7
_HEIGHT, _BETWEEN = 1.1, 0.42


def draw_labels(evidence: Evidence) -> Paper | None:
    """Draw rows, label rate and unlabelled share of each cohort."""
    cohorts = evidence.labels.cohorts
    if not cohorts:
        return None
    at = np.arange(len(cohorts))
    rows = np.array([cohort.rows for cohort in cohorts])
    share = np.array([cohort.unlabelled / cohort.rows if cohort.rows else 0.0 for cohort in cohorts])
    rate = np.array([np.nan if cohort.rate is None else cohort.rate for cohort in cohorts])
    has_rate = bool(np.isfinite(rate).any())
    panels = 3 if has_rate else 2
    paper = Paper(7.6, 0.7 + panels * (_HEIGHT + _BETWEEN))
    draw_title(paper, evidence, "Labels of the mature rows by day of the event")
    around, counts = _around(rate) if has_rate else (0.0, 1.0), (0.0, _top(rows, np.inf))
    left = max(0.65, 0.1 + max(room_beside(paper, up, most=4) for up in (around, counts)))

    def panel(number: int, title: str, up: tuple[float, float]) -> Panel:
        top = 0.8 + number * (_HEIGHT + _BETWEEN)
        drawn = Panel(paper, (left, top, 7.45, top + _HEIGHT), (-0.6, len(cohorts) - 0.4), up)
        drawn.title(title)
        return drawn

    if has_rate:
        if evidence.task == "regression":
            first = panel(0, "mean label", around)
            first.scale_up(most=4)
        else:
            first = panel(0, f"share of the label {evidence.positive}", (0.0, _top(rate, 1.0)))
            first.scale_up(most=4, write=_percent)
        first.scale_across(ticks=[])
        first.curve(at, rate, colour=CHALLENGER)
        first.marks(at, rate, colour=CHALLENGER, size=4)
    title = f"share without a label: {evidence.labels.unlabelled_share:.2%} in total"
    unlabelled = panel(panels - 2, title, (0.0, max(0.02, _top(share, 1.2))))
    unlabelled.scale_up(most=4, write=_percent)
    unlabelled.scale_across(ticks=[])
    counted = panel(panels - 1, "rows", counts)
    counted.scale_up(most=4)
    # Cohorts follow each other at one distance: a few dates are enough.
    step = max(1, -(-len(cohorts) // _DATES))
    dates = [cohort.from_[:10] for cohort in cohorts[::step]]
    counted.scale_across(ticks=[float(each) for each in at[::step]], names=dates, size=7.5)
    for place, missing, count in zip(at, share, rows, strict=True):
        unlabelled.bar((place - 0.4, place + 0.4), (0.0, missing), WORSE)
        counted.bar((place - 0.4, place + 0.4), (0.0, count), QUIET)
    return paper


def _top(values: np.ndarray, most: float) -> float:
    return min(most, 1.2 * float(np.nanmax(values)) or 1.0)


def _around(values: np.ndarray) -> tuple[float, float]:
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    room = 0.1 * (high - low) or max(1e-9, 0.1 * abs(high)) or 1.0
    return low - room, high + room


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"
