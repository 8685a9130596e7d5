"""What a manifest says about the values, gathered while the rows pass."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from reign_trainer.shapes import ClassCount, ColumnStatistics, Events

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Different values are counted up to here.
DISTINCT_LIMIT = 1000

_EPOCH = datetime(1970, 1, 1)
#: Rows that decide whether a column can have few values, before all of a batch are looked at.
_PROBE_ROWS = 4 * DISTINCT_LIMIT


class Statistics:
    """NULLs, smallest, largest and number of different values of one column.

    Parameters
    ----------
    name : str
        The column's name.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._nulls = 0
        self._min: int | float | None = None
        self._max: int | float | None = None
        self._is_time = False
        self._distinct: pa.Array | None = None
        self._many = False

    def add(self, column: pa.Array) -> None:
        """Look at the next values."""
        self._nulls += column.null_count
        if column.null_count == len(column):
            return
        self._is_time = pa.types.is_timestamp(column.type)
        if not pa.types.is_string(column.type):
            self._widen(column.view(pa.int64()) if self._is_time else column)
        self._count(column)

    def result(self) -> ColumnStatistics:
        """Give the column's part of the manifest."""
        distinct = None if self._many else 0 if self._distinct is None else len(self._distinct)
        return ColumnStatistics(
            name=self._name, nulls=self._nulls, min=self._text(self._min), max=self._text(self._max), distinct=distinct
        )

    def _widen(self, column: pa.Array) -> None:
        if pa.types.is_floating(column.type):
            # NaN is neither small nor large.
            column = column.filter(pc.invert(pc.is_nan(column))) if pc.any(pc.is_nan(column)).as_py() else column
        extremes = pc.min_max(column)
        low, high = extremes["min"].as_py(), extremes["max"].as_py()
        if low is None or high is None:
            return
        self._min = low if self._min is None else min(self._min, low)
        self._max = high if self._max is None else max(self._max, high)

    def _count(self, column: pa.Array) -> None:
        if self._many:
            return
        if len(column) > _PROBE_ROWS:
            self._count(column.slice(0, _PROBE_ROWS))
            if self._many:
                return
        seen = pc.unique(column).drop_null()
        self._distinct = seen if self._distinct is None else pc.unique(pa.concat_arrays([self._distinct, seen]))
        if len(self._distinct) > DISTINCT_LIMIT:
            self._many, self._distinct = True, None

    def _text(self, value: float | None) -> str | None:
        if value is None:
            return None
        if self._is_time:
            return (_EPOCH + timedelta(microseconds=int(value))).isoformat()
        return str(int(value)) if float(value).is_integer() else repr(value)


class EventTimes:
    """The first and the last event time."""

    def __init__(self) -> None:
        self._first: int | None = None
        self._last: int | None = None

    def add(self, times: pa.Array) -> None:
        """Look at the next times."""
        extremes = pc.min_max(times.view(pa.int64()))
        low, high = extremes["min"].as_py(), extremes["max"].as_py()
        if low is None:
            return
        self._first = low if self._first is None else min(self._first, low)
        self._last = high if self._last is None else max(self._last, high)

    def result(self) -> Events | None:
        """Give both in whole seconds; None without rows."""
        if self._first is None or self._last is None:
            return None
        return Events(first=_second(self._first), last=_second(self._last))


class ClassCounts:
    """Rows by class of the label, and rows whose label is none of them or missing.

    Parameters
    ----------
    classes : sequence of str, float or bool, optional
        The definition's classes; None for a regression.
    """

    def __init__(self, classes: Sequence[str | float | bool] | None) -> None:
        self._classes = classes
        self._values = None if classes is None else _value_set(classes)
        self._counts = [0] * len(classes or ())
        self.unknown = 0
        self.unlabelled = 0

    def add(self, label: pa.Array) -> None:
        """Look at the next labels."""
        missing = pc.is_null(label, nan_is_null=True)
        unlabelled = pc.sum(missing).as_py() or 0
        self.unlabelled += unlabelled
        if self._values is None:
            return
        positions = pc.index_in(label, value_set=self._values)
        known = 0
        for entry in pc.value_counts(positions.drop_null()).to_pylist():
            self._counts[entry["values"]] += entry["counts"]
            known += entry["counts"]
        self.unknown += len(label) - unlabelled - known

    def result(self) -> list[ClassCount] | None:
        """Give the counts in the order of the classes."""
        if self._classes is None:
            return None
        return [ClassCount(class_=name, rows=rows) for name, rows in zip(self._classes, self._counts, strict=True)]


def _second(microseconds: int) -> str:
    return f"{(_EPOCH + timedelta(seconds=microseconds // 1_000_000)).isoformat()}Z"


def _value_set(classes: Sequence[str | float | bool]) -> pa.Array:
    if all(isinstance(value, str) for value in classes):
        return pa.array(classes, pa.string())
    return pa.array([float(value) for value in classes], pa.float64())
