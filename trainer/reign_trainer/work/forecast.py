"""What a cycle could detect, told before anything is fitted, from the standard errors of past cycles."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import stdtrit

from reign_trainer.shapes import ForecastRequest, ForecastResult, PastError

#: The chance of promoting a challenger whose gain is the detectable difference.
_POWER = 0.8
#: Past cycles from which on the champion's age may count.
_LEAST_FOR_TREND = 6
#: The slope must lie above zero at this one-sided level: a trend that is not there would make the range narrower.
_TREND_LEVEL = 0.05
#: The age is taken at most so far beyond what was seen, in lengths of what was seen.
_BEYOND = 0.5


def forecast(request: ForecastRequest) -> ForecastResult:
    """Give the detectable difference as a range.

    It is (t at 1 - alpha + t at 0.8) times the standard error of the difference, with clusters - 1 degrees of freedom.
    Each past standard error is brought to this cycle's number of clusters by the square root. Where at least six past
    cycles show that it grows while the champion ages (two versions differ the more the further apart they were fitted),
    the pessimistic end is brought to this champion's age by the fitted trend, and the optimistic end as far as that makes
    it smaller. The range goes from the smallest to the largest of them: a fit that is saved brings no new error to
    learn from, so nothing but the best that was ever seen may save one.

    Parameters
    ----------
    request : ForecastRequest

    Returns
    -------
    ForecastResult
        Null ends where no past cycle tells anything, or where fewer than two clusters or an alpha outside of (0, 1)
        leave nothing to compute. ``past_cycles`` counts those that were used: with a standard error above zero, of at
        least two clusters.

    References
    ----------
    H. S. Bloom, "Minimum detectable effects: a simple way to report the statistical power of experimental designs",
    Evaluation Review 19, 1995.
    """
    past = [one for one in request.past if _tells(one)]
    if not past or request.clusters < 2 or not 0 < request.alpha < 1:
        return ForecastResult(optimistic=None, pessimistic=None, past_cycles=len(past))
    errors = np.array([one.standard_error * math.sqrt(one.clusters / request.clusters) for one in past])
    ageing = _ageing(np.log(errors), np.array([one.champion_age_days for one in past]), request)
    freedom = request.clusters - 1
    reach = float(stdtrit(freedom, 1 - request.alpha)) + float(stdtrit(freedom, _POWER))
    # An alpha above a half would make it negative; what can be detected then is anything.
    ends = max(0.0, reach) * np.array([np.min(errors * np.minimum(1, ageing)), np.max(errors * np.maximum(1, ageing))])
    if not np.isfinite(ends).all():
        return ForecastResult(optimistic=None, pessimistic=None, past_cycles=len(past))
    return ForecastResult(optimistic=float(ends[0]), pessimistic=float(ends[1]), past_cycles=len(past))


def _tells(one: PastError) -> bool:
    """Whether a past cycle tells anything: identical scores, with an error of zero, do not."""
    return math.isfinite(one.standard_error) and one.standard_error > 0 and one.clusters >= 2


def _ageing(logarithms: np.ndarray, ages: np.ndarray, request: ForecastRequest) -> np.ndarray:
    """Give the factors from each past age to this champion's: ones where no growth is shown."""
    factors = np.ones_like(logarithms)
    here = request.champion_age_days
    if logarithms.size < _LEAST_FOR_TREND or not (np.isfinite(ages).all() and math.isfinite(here)):
        return factors
    centred = ages - ages.mean()
    spread = float(np.sum(centred * centred))
    if spread <= 0:
        return factors
    slope = float(np.sum(centred * (logarithms - logarithms.mean())) / spread)
    residuals = logarithms - logarithms.mean() - slope * centred
    freedom = logarithms.size - 2
    slope_error = math.sqrt(float(np.sum(residuals * residuals)) / freedom / spread)
    if slope <= float(stdtrit(freedom, 1 - _TREND_LEVEL)) * slope_error:
        return factors
    youngest, oldest = float(ages.min()), float(ages.max())
    beyond = _BEYOND * (oldest - youngest)
    age = min(max(here, youngest - beyond), oldest + beyond)
    return np.asarray(np.exp(slope * (age - ages)))
