"""A difference (or a value) with its standard error, its confidence interval and the bounds that decide."""

import numpy as np
from scipy.special import stdtrit

from reign_trainer.shapes import Interval

from .metrics import Method

POWER = 0.8
"""How often a difference of the detectable size is shown."""


def student_interval(
    estimate: float,
    standard_error: float | None,
    clusters: int,
    level: float,
    method: Method,
    alpha: float = 0.025,
    degrees_of_freedom: float | None = None,
) -> Interval:
    """Put ``estimate -+ t * standard_error`` around an estimate.

    Parameters
    ----------
    estimate : float
    standard_error : float or None
    clusters : int
    level : float
        Of the two-sided interval.
    method : {'influence', 'bootstrap'}
    alpha : float, default 0.025
        Of each of the one-sided bounds.
    degrees_of_freedom : float or None
        Of Student's t; None for ``clusters - 1``.

    Returns
    -------
    Interval
        ``estimate`` is finite. ``standard_error``, ``low``, ``high``, ``deciding_low``, ``deciding_high`` and
        ``detectable`` are None where the rows cannot tell: fewer than two clusters, or a metric that is undefined once
        one cluster is left out (for example because all positive labels lie in that cluster). Never NaN, never infinite.
        ``deciding_low`` and ``deciding_high`` are one-sided bounds at ``1 - alpha`` each. ``detectable`` is
        ``(t at 1 - alpha + t at 0.8) * standard_error``: about what would be shown four times in five.
        ``degrees_of_freedom`` is ``clusters - 1`` for clusters of one size, less for others (`degrees_of_freedom`);
        ``clusters`` counts those with at least one row of positive weight, of two ways to cluster in the way with fewer.
    """
    freedom = float(clusters - 1) if degrees_of_freedom is None else degrees_of_freedom
    bounds: tuple[float, ...] = ()
    if standard_error is not None:
        decides = float(stdtrit(freedom, 1 - alpha))
        reach = float(stdtrit(freedom, 0.5 + level / 2)) * standard_error
        deciding = decides * standard_error
        detectable = (decides + float(stdtrit(freedom, POWER))) * standard_error
        bounds = (estimate - reach, estimate + reach, estimate - deciding, estimate + deciding, detectable)
    told = bool(bounds) and bool(np.isfinite(bounds).all())
    low, high, deciding_low, deciding_high, shown = bounds if told else (None,) * 5
    return Interval(
        estimate=estimate,
        standard_error=standard_error if told else None,
        low=low,
        high=high,
        level=level,
        deciding_low=deciding_low,
        deciding_high=deciding_high,
        alpha=alpha,
        detectable=shown,
        degrees_of_freedom=freedom,
        clusters=clusters,
        method=method,
    )
