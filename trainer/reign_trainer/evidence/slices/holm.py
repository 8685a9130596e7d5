"""Holm's procedure for the losses of several slices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import stdtr, stdtrit

from reign_trainer.shapes import Interval


def holm_upper_bounds(differences: Sequence[Interval], margins: Sequence[float], alpha: float) -> list[float]:
    """Give each difference an upper bound that lies below minus its margin exactly where Holm's procedure shows a loss.

    The hypotheses "the difference is at least -margin" are ordered by their one-sided p-values. Of m hypotheses the
    i-th is rejected, as long as all before it were, where its upper bound at the level ``1 - alpha / (m - i + 1)``
    lies below -margin. With r rejected in all, the chance that any of them is rejected wrongly is at most alpha,
    however the slices depend on each other.

    Every hypothesis that is not rejected gets its bound at the level ``1 - alpha / (m - r)``, the one of the step at
    which the procedure stopped. These bounds hold at the same time, and none can lie below -margin: its p-value would
    have been the smaller one at that step.

    Parameters
    ----------
    differences : sequence of Interval
        Each with a standard error.
    margins : sequence of float
        The loss that each slice may have, zero or more.
    alpha : float
        The chance of any wrongly shown loss, between 0 and 1.

    Returns
    -------
    list of float
        In the order of ``differences``.

    References
    ----------
    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979.
    K. Strassburger, F. Bretz, "Compatible simultaneous lower confidence bounds for the Holm procedure and other
    Bonferroni-based closed tests", Statistics in Medicine 27, 2008.
    """
    pairs = list(zip(differences, margins, strict=True))
    order = sorted(range(len(pairs)), key=lambda at: _p_value(*pairs[at]))
    left = len(pairs)
    bounds = [0.0] * left
    for step, at in enumerate(order):
        difference, margin = pairs[at]
        bound = _upper(difference, alpha / left)
        if left == len(pairs) - step and bound < -margin:
            left -= 1
        else:
            bound = max(bound, -margin)  # a last bit of rounding
        bounds[at] = bound
    return bounds


def _p_value(difference: Interval, margin: float) -> tuple[float, float]:
    """Give the p-value, and the t-statistic beside it: of p-values that have all become zero it tells the smaller."""
    error = difference.standard_error or 0.0
    beyond = difference.estimate + margin
    if error == 0:
        return (0.0, -np.inf) if beyond < 0 else (1.0, np.inf)
    t = beyond / error
    return float(stdtr(difference.degrees_of_freedom, t)), t


def _upper(difference: Interval, alpha: float) -> float:
    return difference.estimate + float(stdtrit(difference.degrees_of_freedom, 1 - alpha)) * (
        difference.standard_error or 0.0
    )
