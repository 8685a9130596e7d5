"""The labels of the holdout by day: their rate, and how many are missing."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter, StrMethodFormatter

from reign_trainer.shapes import Evidence

from .figure import CHALLENGER, QUIET, WORSE, new_figure, title_of

_DATES = 7


def draw_labels(evidence: Evidence) -> Figure | None:
    """Draw rows, label rate and unlabelled share of each cohort."""
    cohorts = evidence.labels.cohorts
    if not cohorts:
        return None
    at = np.arange(len(cohorts))
    rows = np.array([cohort.rows for cohort in cohorts])
    share = np.array([cohort.unlabelled / cohort.rows if cohort.rows else 0.0 for cohort in cohorts])
    rate = np.array([np.nan if cohort.rate is None else cohort.rate for cohort in cohorts])
    has_rate = bool(np.isfinite(rate).any())
    figure = new_figure(7.6, 5.4 if has_rate else 3.8, margins=(0.65, 0.15, 0.75, 0.3))
    figure.suptitle(title_of(evidence, "Labels of the mature rows by day of the event"), x=0.01, ha="left")
    panels = figure.subplots(3 if has_rate else 2, 1, sharex=True, squeeze=False, gridspec_kw={"hspace": 0.3})[:, 0]
    if has_rate:
        panels[0].plot(at, rate, color=CHALLENGER, marker="o", markersize=4, linewidth=1.2)
        if evidence.task == "regression":
            panels[0].set_title("mean label")
        else:
            panels[0].set_title(f"share of the label {evidence.positive}")
            panels[0].set_ylim(0, min(1.0, 1.2 * float(np.nanmax(rate)) or 1.0))
            panels[0].yaxis.set_major_formatter(PercentFormatter(1.0, decimals=None))
    unlabelled = panels[-2]
    unlabelled.bar(at, share, width=0.8, color=WORSE)
    unlabelled.set_title(f"share without a label: {evidence.labels.unlabelled_share:.2%} in total")
    unlabelled.set_ylim(0, max(0.02, 1.2 * float(share.max())))
    unlabelled.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=None))
    panels[-1].bar(at, rows, width=0.8, color=QUIET)
    panels[-1].set_title("rows")
    panels[-1].yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    # Cohorts follow each other at one distance: a few dates are enough, and cheaper than an axis of dates.
    step = max(1, -(-len(cohorts) // _DATES))
    panels[-1].set_xticks(at[::step], [cohort.from_[:10] for cohort in cohorts[::step]])
    panels[-1].tick_params(axis="x", labelsize=7.5)
    return figure
