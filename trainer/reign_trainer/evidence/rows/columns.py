"""Columns of stored predictions as numbers, and which rows a definition expects a label of."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from reign_trainer.constants import EVENT_TIME
from reign_trainer.evidence.measure.arrays import Bools, Floats
from reign_trainer.labels import positive_index
from reign_trainer.shapes import Definition

MICROSECONDS_A_DAY = 86_400_000_000


def numbers(table: pa.Table, name: str) -> Floats:
    """Give a column of numbers or booleans as float64, NULL as NaN, shape (n,)."""
    return np.asarray(table.column(name).cast(pa.float64()).fill_null(np.nan).to_numpy(), dtype=np.float64)


def has_label(table: pa.Table) -> Bools:
    """Tell which rows have a label."""
    return np.asarray(~np.isnan(numbers(table, "label")))


def in_window(table: pa.Table, window: dict[str, str]) -> Bools:
    """Tell which rows have their event time in a half-open window."""
    times = table.column(EVENT_TIME).to_numpy()
    start, end = (np.datetime64(window[bound].removesuffix("Z"), "us") for bound in ("from", "to"))
    return np.asarray((times >= start) & (times < end))


def event_microseconds(table: pa.Table) -> npt.NDArray[np.int64]:
    """Give the event times of stored predictions in microseconds since 1970, UTC, shape (n,)."""
    return np.asarray(table.column(EVENT_TIME).cast(pa.timestamp("us")).cast(pa.int64()).to_numpy())


def event_days(table: pa.Table) -> npt.NDArray[np.int64]:
    """Give the UTC days of the event times, counted from 1970, shape (n,)."""
    return np.asarray(np.floor_divide(event_microseconds(table), MICROSECONDS_A_DAY))


def accepted_rows(table: pa.Table, definition: Definition) -> Bools:
    """Tell which rows can show a label at all.

    Returns
    -------
    ndarray of shape (n,), bool
        All of them where labels are complete. Where they are selected, those whose decision is true: without a
        decision nobody was accepted.
    """
    source = definition.source
    if source.labels == "complete" or source.selection is None:
        return np.ones(table.num_rows, dtype=np.bool_)
    return np.asarray(numbers(table, source.selection.decision) == 1)


def positive_class(definition: Definition) -> str | float | bool | None:
    """Give the class that a binary score is for; None for other tasks."""
    if definition.task != "binary" or definition.label is None:
        return None
    return definition.label.classes[positive_index(definition)]
