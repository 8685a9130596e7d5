"""What a feature is compared by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from reign_trainer.frame import kind_of

from .sample import SampledWindows, as_numbers
from .view import View, number_view, text_view

_HOUR = 3_600_000_000
_DAY = 24 * _HOUR
#: 1970-01-01 was a Thursday; counted from Monday.
_FIRST_WEEKDAY = 3


@dataclass(frozen=True)
class Feature:
    """One feature of both windows.

    Attributes
    ----------
    kind : {'number', 'text', 'time'}
    shift : list of View
        What its shift is measured by; the largest of each size counts.
    leak : list of View
        What might give the label away.
    cyclic : bool
        Whether ``shift`` holds hours and weekdays, which have no beginning and so no distribution function.
    """

    kind: str
    shift: list[View]
    leak: list[View]
    cyclic: bool = False


def feature_of(
    windows: SampledWindows, name: str, event_times: tuple[np.ndarray, np.ndarray], *, is_event_time: bool = False
) -> Feature:
    """Give the views of a feature.

    Parameters
    ----------
    windows : SampledWindows
    name : str
    event_times : pair of ndarray of shape (n,) and (m,), float64
        Of the sampled rows, in microseconds.
    is_event_time : bool
        Whether the definition says so; a copy of it is recognised by its values.

    Notes
    -----
    Training and holdout are different periods, so that every time is shifted by construction. A time is compared by
    its distance from the event (a date of birth by the age); the event time itself by hour and weekday. Texts that all
    read as numbers are looked at for leaks as numbers, too.
    """
    train, holdout = windows.sampled(name)
    kind = kind_of(train.type)
    if kind == "text":
        view = text_view(train, holdout)
        return Feature(kind, [view], [view, *_read_as_numbers(train)])
    train_values, holdout_values = as_numbers(train), as_numbers(holdout)
    raw = number_view(train_values, holdout_values)
    if kind == "number":
        return Feature(kind, [raw], [raw])
    since_train, since_holdout = train_values - event_times[0], holdout_values - event_times[1]
    if is_event_time or _is_constant(since_train, since_holdout):
        return Feature(kind, _clock(train_values, holdout_values), [raw], cyclic=True)
    since = number_view(since_train, since_holdout)
    return Feature(kind, [since], [raw, since])


def _is_constant(train: np.ndarray, holdout: np.ndarray) -> bool:
    """Tell whether a time is the event's own: equal to it, or, of a date, up to a day before its end."""
    both = np.concatenate([train, holdout])
    known = both[~np.isnan(both)]
    return bool(known.size == both.size and np.ptp(known) == 0 and -_DAY <= known[0] <= 0) if known.size else False


def _clock(train: np.ndarray, holdout: np.ndarray) -> list[View]:
    """View times by their hour of the day and by their weekday, in UTC."""

    def hours(times: np.ndarray) -> np.ndarray:
        return np.asarray(np.floor(np.mod(times, _DAY) / _HOUR))

    def weekdays(times: np.ndarray) -> np.ndarray:
        return np.asarray(np.mod(np.floor(times / _DAY) + _FIRST_WEEKDAY, 7))

    return [number_view(hours(train), hours(holdout)), number_view(weekdays(train), weekdays(holdout))]


def _read_as_numbers(train: pa.Array) -> list[View]:
    if train.null_count == len(train):
        return []
    try:
        values = train.cast(pa.float64())
    except pa.ArrowInvalid:
        return []
    return [number_view(as_numbers(values), np.zeros(0))]
