"""How a number changes with time, with an interval that allows for rows that are not independent."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from reign_trainer.evidence.measure.arrays import Floats
from reign_trainer.shapes import Bounded

MOST_PERSISTENT = 0.9


def trend(
    times: Floats, values: Floats, clusters: npt.NDArray[np.int64], level: float = 0.95, persistence: float = 0.0
) -> Bounded | None:
    """Fit a line by least squares; its slope with the interval of a delete-one-cluster jackknife.

    Parameters
    ----------
    times, values : ndarray of shape (n,)
    clusters : ndarray of shape (n,) or (n, ways), int64
        Of several ways to cluster that with the widest interval counts.
    level : float
        Of the interval, two-sided.
    persistence : float
        From 0 to below 1: the correlation of neighbouring clusters around the line (`persistence_of`). Clusters are then
        worth fewer independent ones, by ``(1 - persistence) / (1 + persistence)``.

    Returns
    -------
    Bounded or None
        Change of the value per unit of time. None where all times are equal; without bounds where the line rests on one
        cluster.
    """
    if times.size == 0 or np.ptp(times) == 0:
        return None
    x = times - times.mean()
    y = values - values.mean()
    # Exact where nothing varies: no rounding noise that would pass for a trend.
    estimate = float(np.sum(x * y) / np.sum(x * x)) if np.ptp(values) > 0 else 0.0
    reaches = [
        _reach(x, y, estimate, way, level, persistence) for way in ([clusters] if clusters.ndim == 1 else clusters.T)
    ]
    known = [reach for reach in reaches if reach is not None]
    if len(known) < len(reaches):
        return Bounded(estimate=estimate, low=None, high=None)
    return Bounded(estimate=estimate, low=estimate - max(known), high=estimate + max(known))


def persistence_of(times: Floats, values: Floats, days: npt.NDArray[np.int64]) -> float:
    """Correlate each day's mean around the line with the next day's.

    Parameters
    ----------
    times, values : ndarray of shape (n,)
    days : ndarray of shape (n,), int64

    Returns
    -------
    float
        From 0 to `MOST_PERSISTENT`, corrected for the bias of short series; 0 where there are fewer than four days.

    References
    ----------
    M. G. Kendall, "Note on bias in the estimation of autocorrelation", Biometrika 41, 1954; for the variance of a trend
    G. C. Tiao, "Autoregressive moving average models, intervention problems and outlier detection in time series",
    Handbook of Statistics 5, 1985.
    """
    present, codes = np.unique(days, return_inverse=True)
    if present.size < 4:
        return 0.0
    rows = np.bincount(codes)
    x, y = (np.bincount(codes, weights=one) / rows for one in (times, values))
    x, y = x - x.mean(), y - y.mean()
    around = y - x * (x @ y) / (x @ x)
    scatter = float(around @ around)
    if scatter <= 0:
        return 0.0
    next_day = np.diff(present) == 1
    found = float(np.sum((around[1:] * around[:-1])[next_day])) / scatter
    return min(max(found + (1 + 4 * found) / present.size, 0.0), MOST_PERSISTENT)


def _reach(
    x: Floats, y: Floats, estimate: float, clusters: npt.NDArray[np.int64], level: float, persistence: float
) -> float | None:
    """Half the width of the interval; None where it cannot be told."""
    _, codes = np.unique(clusters, return_inverse=True)
    count = int(codes.max()) + 1
    if count < 2:
        return None
    rows, sum_x, sum_y, sum_xx, sum_xy = (
        total.sum() - total
        for total in (np.bincount(codes, weights=one, minlength=count) for one in (np.ones_like(x), x, y, x * x, x * y))
    )
    spread = sum_xx - sum_x**2 / rows
    if not np.all(spread > 1e-9 * np.sum(x * x)):
        return None
    deleted = (sum_xy - sum_x * sum_y / rows) / spread
    worth = (1 - persistence) / (1 + persistence)
    error = np.sqrt((count - 1) / count * np.sum(np.square(deleted - estimate)) / worth)
    return float(stdtrit(max(1.0, count * worth - 1), 0.5 + level / 2) * error)
