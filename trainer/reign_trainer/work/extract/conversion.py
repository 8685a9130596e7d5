"""Batches as Postgres gives them, as batches of a snapshot: types by the one table, values checked on the way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from reign_trainer.constants import EVENT_TIME, ROW_ID
from reign_trainer.content_hash import SCHEMA_METADATA_KEY
from reign_trainer.errors import TrainerError

if TYPE_CHECKING:
    from reign_trainer.shapes import Column, PlannedQuery


#: From here on float64 skips integers.
_EXACT = 2**53
#: The years 1 to 9999, which every part from Postgres to JSON can write; infinity lies outside.
_FIRST_DAY = -719_162
_LAST_DAY = 2_932_896
_DAY = 24 * 3600 * 1_000_000
_TIME = pa.timestamp("us")
_ARROW = {"number": pa.float64(), "text": pa.string(), "time": _TIME}


def snapshot_schema(query: PlannedQuery) -> pa.Schema:
    """Give the Arrow schema of a query's snapshot; what the values mean belongs to it as metadata."""
    row_id = pa.int64() if query.row_id_type == "integer" else pa.string()
    fields = [pa.field(ROW_ID, row_id), pa.field(EVENT_TIME, _TIME)]
    fields += [pa.field(column.name, _ARROW[column.kind]) for column in query.columns]
    meaning = {
        "columns": [column.model_dump(by_alias=True) for column in query.columns],
        "label": query.label,
        "classes": query.classes,
    }
    text = json.dumps(meaning, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return pa.schema(fields, metadata={SCHEMA_METADATA_KEY: text.encode("utf-8")})


def convert(batch: pa.RecordBatch, query: PlannedQuery, schema: pa.Schema) -> pa.RecordBatch:
    """Turn a batch from Postgres into one of the snapshot's schema.

    Raises
    ------
    TrainerError
        ValueOutOfRange or TextInvalid, naming the column.
    """
    row_id = batch.column(0)
    row_id = row_id.cast(pa.int64()) if query.row_id_type == "integer" else _text(row_id, "the row id")
    arrays = [row_id, _time(batch.column(1), "the event time")]
    for position, column in enumerate(query.columns, start=2):
        arrays.append(_value(batch.column(position), column))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _value(array: pa.Array, column: Column) -> pa.Array:
    name = f"the column {column.name}"
    if column.kind == "time":
        return _time(array, name)
    if column.kind == "text":
        return _text(array.cast(pa.string()), name)
    if pa.types.is_int64(array.type):
        _refuse_beyond_exact(array, name)
    if column.source_type == "numeric" and pc.any(pc.is_inf(array)).as_py():
        raise _beyond_exact(name)
    return array.cast(pa.float64(), safe=False)


def _text(array: pa.Array, name: str) -> pa.Array:
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        # Postgres converts and checks text, except where the database's encoding is SQL_ASCII: those are bytes.
        raise TrainerError.of("TextInvalid", "notUtf8", column=name) from None
    return array


def _refuse_beyond_exact(array: pa.Array, name: str) -> None:
    extremes = pc.min_max(array)
    low, high = extremes["min"].as_py(), extremes["max"].as_py()
    if low is not None and (low < -_EXACT or high > _EXACT):
        raise _beyond_exact(name)


def _beyond_exact(name: str) -> TrainerError:
    return TrainerError.of("ValueOutOfRange", "integer", column=name)


def _time(array: pa.Array, name: str) -> pa.Array:
    if pa.types.is_date32(array.type):
        _refuse_outside(array.view(pa.int32()), _FIRST_DAY, _LAST_DAY, name)
        return array.cast(_TIME)
    # An instant with zone is in UTC already: only the type changes.
    times = array.view(pa.int64())
    _refuse_outside(times, _FIRST_DAY * _DAY, (_LAST_DAY + 1) * _DAY - 1, name)
    return times.view(_TIME)


def _refuse_outside(array: pa.Array, first: int, last: int, name: str) -> None:
    extremes = pc.min_max(array)
    low, high = extremes["min"].as_py(), extremes["max"].as_py()
    if low is not None and (low < first or high > last):
        raise TrainerError.of("ValueOutOfRange", "time", column=name)
