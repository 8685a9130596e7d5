"""Snapshots as pandas frames, and frames as raw JSON objects and back.

The dtypes follow from the columns' types alone, never from their values: numbers are float64 (NULL is NaN), texts are
pandas ``str`` (NULL is NaN), times are datetime64[us] without zone (NULL is NaT).
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reign_trainer.shapes import Definition

#: The one dtype of a text column: missing values are NaN.
TEXT_DTYPE = pd.StringDtype(na_value=np.nan)

_DTYPES: dict[str, Any] = {"number": np.dtype("float64"), "text": TEXT_DTYPE, "time": np.dtype("datetime64[us]")}


def kind_of(data_type: pa.DataType) -> str:
    """Name the kind (``number``, ``text``, ``time``) of a column of a snapshot by its Arrow type."""
    if pa.types.is_timestamp(data_type):
        return "time"
    if pa.types.is_string(data_type) or pa.types.is_large_string(data_type):
        return "text"
    if pa.types.is_floating(data_type) or pa.types.is_integer(data_type):
        return "number"
    raise TypeError(f"a snapshot holds no columns of type {data_type}")


def features_frame(table: pa.Table, definition: Definition, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Give the features of a snapshot as the pipeline sees them.

    Parameters
    ----------
    table : pyarrow.Table
        Rows of a snapshot.
    definition : Definition
        Names the features and their order.
    columns : sequence of str, optional
        Other columns of the snapshot than ``definition.source.features``.

    Returns
    -------
    pandas.DataFrame of shape (rows, columns)
        float64, ``str`` and datetime64[us] columns, in the order of the features; the index counts from 0.
    """
    names = definition.source.features if columns is None else list(columns)
    return pd.DataFrame({name: series(table.column(name)) for name in names}, columns=pd.Index(names))


def series(column: pa.ChunkedArray) -> pd.Series[Any]:
    """Give one column of a snapshot with the dtype of its kind."""
    kind = kind_of(column.type)
    if kind == "text":
        texts: pd.Series[Any] = pd.Series(pd.array(column.cast(pa.large_string()), dtype=TEXT_DTYPE))
        return texts
    values = column.to_numpy() if kind == "time" else column.cast(pa.float64()).to_numpy()
    fixed: pd.Series[Any] = pd.Series(np.asarray(values), dtype=_DTYPES[kind])
    return fixed


def json_rows(frame: pd.DataFrame, rows: Sequence[int] | np.ndarray | None = None) -> list[dict[str, Any]]:
    """Give rows of a frame as the raw JSON objects that a caller would post.

    Parameters
    ----------
    frame : pandas.DataFrame
        A features frame.
    rows : sequence of int, optional
        Positions of the rows; all where it is left out.

    Returns
    -------
    list of dict
        Numbers as float, texts as str, times as ISO 8601 with all of the microseconds (a reader may take the first
        row's form for that of all), missing values as None. An infinite number stays infinite: Python's ``json``
        writes it as ``Infinity``.
    """
    chosen = frame if rows is None else frame.iloc[np.asarray(rows, dtype=np.int64)]
    columns = {str(name): _json_values(chosen[name]) for name in chosen.columns}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _json_values(column: pd.Series) -> list[Any]:
    missing = column.isna().to_numpy()
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        texts = np.datetime_as_string(column.to_numpy(dtype="datetime64[us]"), unit="us")
        return [None if gone else str(text) for text, gone in zip(texts, missing, strict=True)]
    return [None if gone else value for value, gone in zip(column.tolist(), missing, strict=True)]


def frame_from_json(objects: Sequence[Mapping[str, Any]], kinds: Mapping[str, str]) -> pd.DataFrame:
    """Read raw JSON objects into a frame of exactly the dtypes that training saw.

    Parameters
    ----------
    objects : sequence of mapping
        One object a row. A field that is absent or None is missing; a field without a kind is left out.
    kinds : mapping of str to str
        ``number``, ``text`` or ``time`` by column, in the order of the frame.

    Returns
    -------
    pandas.DataFrame of shape (len(objects), len(kinds))

    Raises
    ------
    ValueError
        A value does not fit its column's kind; the message names the column and the row's position, not the value.
    """
    columns = {name: _read_column(objects, name, kind) for name, kind in kinds.items()}
    return pd.DataFrame(columns, columns=pd.Index(list(kinds)))


def _read_column(objects: Sequence[Mapping[str, Any]], name: str, kind: str) -> pd.Series:
    read = {"number": _read_number, "text": _read_text, "time": _read_time}[kind]
    values: list[Any] = []
    for position, row in enumerate(objects):
        value = row.get(name)
        try:
            values.append(read(value))
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"row {position}, column {name}: not a {kind}") from None
    if kind == "text":
        return pd.Series(pd.array(values, dtype=TEXT_DTYPE))
    return pd.Series(np.array(values, dtype=_DTYPES[kind]))


def _read_number(value: Any) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool | int | float):
        return float(value)
    raise TypeError


def _read_text(value: Any) -> str | float:
    if value is None:
        return math.nan
    if isinstance(value, str):
        return value
    raise TypeError


def _read_time(value: Any) -> np.datetime64:
    if value is None:
        return np.datetime64("NaT", "us")
    if not isinstance(value, str):
        raise TypeError
    time = datetime.fromisoformat(value)
    if time.tzinfo is not None:
        time = time.astimezone(UTC).replace(tzinfo=None)
    return np.datetime64(time, "us")
