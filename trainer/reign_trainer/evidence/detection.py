"""Is there enough data to tell the gain that is worth having?"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
from scipy.special import stdtrit

from reign_trainer.constants import DETECT, EVENT_TIME
from reign_trainer.shapes import Detection, EvaluateRequest, Interval, MetricEvidence

from .measure.interval import POWER
from .rows.comparison import Comparison

MOST_CLUSTERS = 100_000


def detection(comparison: Comparison, request: EvaluateRequest, metrics: dict[str, MetricEvidence]) -> Detection:
    """Say what these rows could show, what is asked for, and how much data would show that.

    'Enough' is the smallest number of clusters whose detectable difference, with the standard error shrinking as one over
    the root of the clusters, fits between what the lower bound has to reach and what is asked for; the date is that on which a holdout that begins as these rows
    do would hold so many, with their labels mature.
    """
    primary = metrics.get(request.primary)
    wanted = wanted_gain(request, primary)
    interval = None if primary is None else (primary.difference or primary.lead)
    if interval is None or interval.standard_error is None:
        return Detection(
            wanted=wanted,
            detectable=None if interval is None else interval.detectable,
            clusters_needed=None,
            enough_on=None,
            forecast=request.forecast,
        )
    needed = clusters_needed(interval, room_to_show(request, wanted))
    return Detection(
        wanted=wanted,
        detectable=interval.detectable,
        clusters_needed=needed,
        enough_on=None if needed is None else _enough_on(comparison, request, interval.clusters, needed),
        forecast=request.forecast,
    )


def nothing_detectable(request: EvaluateRequest) -> Detection:
    """Say what is asked for, where nothing could be measured."""
    return Detection(
        wanted=wanted_gain(request, None),
        detectable=None,
        clusters_needed=None,
        enough_on=None,
        forecast=request.forecast,
    )


def wanted_gain(request: EvaluateRequest, primary: MetricEvidence | None) -> float:
    """Give the gain that is worth having: `gate.detect`, or the catalogue's default above what is needed to win."""
    gate = request.definition.gate
    if gate.detect is not None:
        return gate.detect
    kind, size = DETECT[request.primary]
    if kind == "absolute" or primary is None:
        return gate.minimum_gain + size
    return gate.minimum_gain + size * abs(primary.trivial)


def room_to_show(request: EvaluateRequest, wanted: float) -> float:
    """Give how far a challenger that is worth having lies above what the lower bound has to reach.

    Of non-inferiority, an equal challenger is worth having: that is the margin.
    """
    gate = request.definition.gate
    if gate.win == "superior":
        return wanted - gate.minimum_gain
    # The first champion has to be better, whatever the margin.
    return wanted if request.champion is None else gate.margin or 0.0


def clusters_needed(interval: Interval, wanted: float) -> int | None:
    """Find the smallest number of clusters whose detectable difference is at most `wanted`; None beyond any reason."""
    if interval.standard_error is None or interval.standard_error == 0 or wanted <= 0:
        return None
    one = interval.standard_error * math.sqrt(interval.clusters)
    # More clusters of such unequal sizes are as many effective ones as these are.
    evenness = (interval.degrees_of_freedom + 1) / interval.clusters

    def detectable(clusters: int) -> float:
        freedom = max(1.0, clusters * evenness - 1)
        reach = stdtrit(freedom, 1 - interval.alpha) + stdtrit(freedom, POWER)
        return float(reach) * one / math.sqrt(clusters)

    low, high = 2, MOST_CLUSTERS
    if detectable(high) > wanted:
        return None
    while low < high:
        middle = (low + high) // 2
        if detectable(middle) <= wanted:
            high = middle
        else:
            low = middle + 1
    return low


def _enough_on(comparison: Comparison, request: EvaluateRequest, clusters: int, needed: int) -> str | None:
    times = comparison.table.column(EVENT_TIME).to_numpy().astype("datetime64[s]").astype(np.int64)
    day = 86_400
    first, last = int(times.min()) // day * day, (int(times.max()) // day + 1) * day
    maturing = _seconds(request.cycle.as_of) - _seconds(request.window.to)
    seconds = first + math.ceil((last - first) * needed / max(1, clusters) / day) * day + maturing
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError:
        return None


def _seconds(instant: str) -> int:
    return int(datetime.fromisoformat(instant).timestamp())
