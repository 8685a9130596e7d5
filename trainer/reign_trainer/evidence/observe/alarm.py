"""When a shift is worth an alarm: by its size, and beside what is usual for the column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reign_trainer.shapes import ColumnShift, ShiftPolicy, ShiftReference

from .sizes import Sizes

#: Holdouts that must have been seen before a size can be called unusual.
LEAST_HOLDOUTS = 3
#: An observation is stored with so many decimals: more would be noise, and would fill the document.
DECIMALS = 6


def reference(past: Sequence[ColumnShift]) -> ShiftReference:
    """Give the 95 % point of each size over the past.

    Parameters
    ----------
    past : sequence of ColumnShift
        The same column, of earlier holdouts.

    Returns
    -------
    ShiftReference
        Of fewer than 20 values the 95 % point is the largest one: where nothing changes, the next of eight holdouts
        lies above it once in nine times, which is why a size alone, or a rank alone, makes no alarm.
    """
    return ShiftReference(
        holdouts=len(past),
        psi=_high_point([one.psi for one in past]),
        ks=_high_point([one.ks for one in past]),
        auc=_high_point([one.auc for one in past]),
    )


def is_alarm(found: Sizes, usual: ShiftReference, policy: ShiftPolicy) -> bool:
    """Whether one of the sizes reaches the policy's and lies above the reference's 95 % point.

    With fewer than three holdouts to compare with there is none: a column that is never the same (a running number, a
    price) would alarm in every first cycle. The sizes are in the document all the same.
    """
    if usual.holdouts < LEAST_HOLDOUTS:
        return False
    compared = ((found.psi, usual.psi, policy.psi), (found.ks, usual.ks, policy.ks), (found.auc, usual.auc, policy.auc))
    return any(
        size is not None and point is not None and size >= least and size > point for size, point, least in compared
    )


def is_unreferenced(found: ColumnShift, policy: ShiftPolicy) -> bool:
    """Whether one of the sizes reaches the policy's, while too few earlier holdouts say what is usual for the column."""
    compared = ((found.psi, policy.psi), (found.ks, policy.ks), (found.auc, policy.auc))
    return found.reference.holdouts < LEAST_HOLDOUTS and any(
        size is not None and size >= least for size, least in compared
    )


def rounded(value: float | None) -> float | None:
    """Round as observations are stored."""
    return None if value is None else round(value, DECIMALS)


def _high_point(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.quantile(known, 0.95, method="higher")) if known else None
