"""How a number changes with time, with an interval that allows for rows that are not independent."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from reign_trainer.shapes import Bounded

from .columns import Floats


def trend(times: Floats, values: Floats, clusters: npt.NDArray[np.int64], level: float = 0.95) -> Bounded | None:
    """Fit a line by least squares; its slope with the interval of a delete-one-cluster jackknife.

    Parameters
    ----------
    times, values : ndarray of shape (n,)
    clusters : ndarray of shape (n,) or (n, 2), int64
        Of two-way clusters the way with the wider interval counts.
    level : float
        Of the interval, two-sided.

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
    reaches = [_reach(x, y, estimate, way, level) for way in ([clusters] if clusters.ndim == 1 else clusters.T)]
    known = [reach for reach in reaches if reach is not None]
    if len(known) < len(reaches):
        return Bounded(estimate=estimate, low=None, high=None)
    return Bounded(estimate=estimate, low=estimate - max(known), high=estimate + max(known))


def _reach(x: Floats, y: Floats, estimate: float, clusters: npt.NDArray[np.int64], level: float) -> float | None:
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
    error = np.sqrt((count - 1) / count * np.sum(np.square(deleted - estimate)))
    return float(stdtrit(count - 1, 0.5 + level / 2) * error)
