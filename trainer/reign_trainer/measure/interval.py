"""A difference with its standard error and confidence interval."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from .arrays import Floats
from .catalogue import Method


@dataclass(frozen=True)
class Interval:
    """An estimate on all rows, and how sure it is.

    Attributes
    ----------
    estimate : float
        Always finite.
    standard_error, low, high : float or None
        ``low`` and ``high`` are ``estimate -+ t * standard_error``. All three are None where the rows cannot tell:
        fewer than two clusters, or a metric that is undefined once one cluster is left out (for example because
        all positive labels lie in that cluster). Never NaN, never infinite.
    level : float
        Of confidence, such as 0.95.
    degrees_of_freedom : int
        Of Student's t: ``clusters - 1``.
    clusters : int
        With at least one row of positive weight.
    method : {'influence', 'bootstrap'}
    """

    estimate: float
    standard_error: float | None
    low: float | None
    high: float | None
    level: float
    degrees_of_freedom: int
    clusters: int
    method: Method


def student_interval(
    estimate: float, standard_error: float | None, clusters: int, level: float, method: Method
) -> Interval:
    """Put ``estimate -+ t * standard_error`` around an estimate, with ``clusters - 1`` degrees of freedom.

    Parameters
    ----------
    estimate : float
    standard_error : float or None
    clusters : int
    level : float
    method : {'influence', 'bootstrap'}

    Returns
    -------
    Interval
    """
    low = high = None
    if standard_error is not None:
        reach = float(stdtrit(clusters - 1, 0.5 + level / 2)) * standard_error
        low, high = estimate - reach, estimate + reach
        if not (np.isfinite(low) and np.isfinite(high)):
            standard_error = low = high = None
    return Interval(estimate, standard_error, low, high, level, clusters - 1, clusters, method)


def jackknife_error(estimate: float, deleted: Floats) -> float | None:
    """Find the standard error of an estimate from its values with one cluster left out.

    The variance is ``(G - 1) / G * sum((deleted - estimate) ** 2)``, centred on the estimate and not on the mean of the
    ``deleted`` (CV3 of MacKinnon, Nielsen & Webb: never the smaller of the two). To first order each
    ``estimate - deleted[g]`` is the sum of the influence function over cluster g.

    Parameters
    ----------
    estimate : float
    deleted : ndarray of shape (G,)
        NaN where the metric is undefined without cluster g.

    Returns
    -------
    float or None
        None with fewer than two clusters, and where any ``deleted`` is undefined: then the estimate rests on one
        cluster alone, and leaving that value out would claim the very certainty that is missing.

    References
    ----------
    B. Efron, "The Jackknife, the Bootstrap and Other Resampling Plans", SIAM, 1982.
    J. G. MacKinnon, M. O. Nielsen, M. D. Webb, "Fast and reliable jackknife and bootstrap methods for cluster-robust
    inference", Journal of Applied Econometrics 38, 2023.
    """
    clusters = deleted.size
    if clusters < 2 or not np.isfinite(deleted).all():
        return None
    return float(np.sqrt((clusters - 1) / clusters * np.sum(np.square(deleted - estimate))))


def bootstrap_error(resampled: Floats, clusters: int) -> float | None:
    """Find the standard error of an estimate from its values on resampled clusters.

    A bootstrap of G clusters understates the variance by the factor ``(G - 1) / G``, seven percent at fourteen
    days: that is put right here.

    Parameters
    ----------
    resampled : ndarray of shape (resamples,)
        NaN where the metric is undefined on a resample: such resamples are left out.
    clusters : int

    Returns
    -------
    float or None
        None with fewer than two clusters or fewer than two defined resamples.

    References
    ----------
    A. C. Cameron, J. B. Gelbach, D. L. Miller, "Bootstrap-based improvements for inference with clustered errors",
    Review of Economics and Statistics 90, 2008.
    A. C. Davison, D. V. Hinkley, "Bootstrap Methods and their Application", section 2.3, Cambridge, 1997.
    """
    defined = resampled[np.isfinite(resampled)]
    if clusters < 2 or defined.size < 2:
        return None
    return float(np.std(defined, ddof=1) * np.sqrt(clusters / (clusters - 1)))
