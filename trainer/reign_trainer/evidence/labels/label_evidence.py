"""Are labels missing, and does their absence, or their rate, move over the holdout?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from reign_trainer.evidence.measure.arrays import Bools, Floats
from reign_trainer.evidence.measure.tally import tally
from reign_trainer.evidence.rows.columns import (
    MICROSECONDS_A_DAY,
    accepted_rows,
    event_microseconds,
    numbers,
)
from reign_trainer.labels import positive_index
from reign_trainer.shapes import Bounded, Definition, Gate, LabelCohort, LabelEvidence

from .trend import persistence_of, trend

COHORTS = 60
"""At most so many groups of days."""

RATE_LEVEL = 0.999
"""Of the interval of the rate's trend: rates move by themselves, and every alarm costs a person's time."""

RATE_CHANGE = 0.1
"""The rate's change over the holdout matters from this part of it on; for a regression, of the labels' spread."""


def label_evidence(
    table: pa.Table, definition: Definition, gate: Gate, clusters: npt.NDArray[np.int64]
) -> LabelEvidence:
    """Count the rows without label among those that should have one by now, and follow their share over time.

    A share that grows towards the end of the holdout says that labels come later than the definition believes: the rows
    that have one are then not like those that have none yet. So does a rate of positives that falls: a default that is not
    known yet often stands as none. Rates have moods of several days; the interval of their trend allows for what the days
    of this very holdout show of that.

    Parameters
    ----------
    table : pyarrow.Table
        Stored predictions of every mature row of the holdout: ``reign_event_time``, ``label`` (null where there is none)
        and, where labels are selected, the decision.
    definition : Definition
    gate : Gate
        ``unlabelled``: the share from which on it matters.
    clusters : ndarray of shape (n,) or (n, 2), int64
        Of the rows of the table. Days are always clusters too: the wider interval counts.

    Returns
    -------
    LabelEvidence
        Of accepted rows only, where only those can show a label. Trending where the 95 % interval of the change a day
        leaves out zero and the change over the whole holdout exceeds ``unlabelled``; the rate where its 99.9 % interval
        does and the change exceeds a tenth of the rate (of the rarer class) or, for a regression, of the labels' standard
        deviation.
    """
    expected = accepted_rows(table, definition)
    labels = numbers(table, "label")[expected]
    missing = np.isnan(labels)
    times = event_microseconds(table)[expected]
    days = times / MICROSECONDS_A_DAY
    span = float(np.ptp(days)) if days.size else 0.0
    day = np.floor_divide(times, MICROSECONDS_A_DAY)
    ways = clusters[expected]
    if np.unique(day).size > 1:
        # Labels move from day to day, whatever else the rows depend on.
        ways = np.column_stack([ways, day])
    slope = trend(days, missing.astype(np.float64), ways)
    values = _values(labels, definition)
    rate = None
    # The rate of selected labels moves with whom is accepted.
    if values is not None and definition.source.labels == "complete":
        seen = days[~missing], values[~missing]
        rate = trend(*seen, ways[~missing], RATE_LEVEL, persistence_of(*seen, day[~missing]))
    return LabelEvidence(
        mature_rows=labels.size,
        unlabelled=int(np.count_nonzero(missing)),
        unlabelled_share=float(missing.mean()) if labels.size else 0.0,
        newest_event=_newest(event_microseconds(table)),
        cohorts=_cohorts(day, values, missing),
        unlabelled_trend=slope,
        trending=slope is not None and _matters(slope, span, gate.unlabelled),
        rate_trend=rate,
        rate_trending=rate is not None
        and values is not None
        and _matters(rate, span, RATE_CHANGE * _size(values[~missing], definition)),
    )


def _newest(times: npt.NDArray[np.int64]) -> str | None:
    return f"{np.datetime64(int(times.max()) // 1_000_000, 's')}Z" if times.size else None


def _size(values: Floats, definition: Definition) -> float:
    """Give what a change of the rate is held against."""
    if definition.task == "regression":
        return float(values.std())
    return float(min(values.mean(), 1 - values.mean()))


def _values(labels: Floats, definition: Definition) -> Floats | None:
    if definition.task == "multiclass":
        return None
    if definition.task == "regression":
        return labels
    return np.where(np.isnan(labels), np.nan, labels == positive_index(definition))


def _matters(slope: Bounded, days: float, share: float) -> bool:
    if slope.low is None or slope.high is None:
        return False
    beyond_chance = slope.low > 0 or slope.high < 0
    return beyond_chance and abs(slope.estimate) * days > share


def _cohorts(day: npt.NDArray[np.int64], values: Floats | None, missing: Bools) -> list[LabelCohort]:
    if day.size == 0:
        return []
    first = int(day.min())
    days = int(day.max()) - first + 1
    length = -(-days // COHORTS)
    group = (day - first) // length
    size = -(-days // length)
    rows = np.bincount(group, minlength=size)
    unlabelled = np.bincount(group[missing], minlength=size)
    total = None if values is None else tally(group[~missing], values[~missing], size)
    return [
        LabelCohort.model_validate(
            {
                "from": f"{np.datetime64(first + int(at) * length, 'D')}T00:00:00Z",
                "rows": int(rows[at]),
                "unlabelled": int(unlabelled[at]),
                "rate": _rate(total, int(at), int(rows[at] - unlabelled[at])),
            }
        )
        for at in np.flatnonzero(rows)
    ]


def _rate(total: Floats | None, at: int, labelled: int) -> float | None:
    return None if total is None or labelled == 0 else float(total[at] / labelled)
