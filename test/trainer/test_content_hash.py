"""The content hash: of values and schema, and of nothing else."""

from __future__ import annotations

import hashlib
import json
import math
import struct
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reign_trainer.content_hash import ContentHasher

SCHEMA = pa.schema(
    [("id", pa.int64()), ("at", pa.timestamp("us")), ("x", pa.float64()), ("words", pa.string())],
    metadata={b"reign": '{"label":"ä"}'.encode(), b"pandas": b"ignored"},
)
EPOCH = datetime(1970, 1, 1)

rows_of_any_values = st.lists(
    st.tuples(
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.datetimes(),
        st.none() | st.floats(),
        st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    ),
    max_size=20,
)


def batch_of(rows: list[tuple[Any, ...]]) -> pa.RecordBatch:
    """Make a batch of the schema."""
    columns = [pa.array([row[at] for row in rows], field.type) for at, field in enumerate(SCHEMA)]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def hash_of(*batches: pa.RecordBatch, schema: pa.Schema = SCHEMA) -> str:
    """Hash batches."""
    hasher = ContentHasher(schema)
    for batch in batches:
        hasher.update(batch)
    return hasher.hexdigest()


def by_the_document(rows: list[tuple[Any, ...]]) -> str:
    """Hash rows value by value, as docs/snapshots.md describes it."""
    columns = []
    for at, field in enumerate(SCHEMA):
        values = [row[at] for row in rows]
        nulls = b"".join(struct.pack("<Q", position) for position, value in enumerate(values) if value is None)
        streams = {"nulls": nulls}
        if field.name == "words":
            texts = [(value or "").encode() for value in values]
            streams["lengths"] = b"".join(struct.pack("<I", len(text)) for text in texts)
            streams["values"] = b"".join(texts)
        elif field.name == "x":
            streams["values"] = b"".join(number(value) for value in values)
        else:
            streams["values"] = b"".join(struct.pack("<q", integer(value)) for value in values)
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in streams.items()}
        columns.append({"name": field.name, "type": str(field.type), **digests})
    document = {"format": 1, "rows": len(rows), "schema": '{"label":"ä"}', "columns": columns}
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def number(value: float | None) -> bytes:
    """Encode a number."""
    if value is not None and math.isnan(value):
        return bytes.fromhex("000000000000f87f")
    return struct.pack("<d", 0.0 if value is None else value)


def integer(value: int | datetime | None) -> int:
    """Encode an integer or a time."""
    if isinstance(value, datetime):
        return (value - EPOCH) // timedelta(microseconds=1)
    return value or 0


@settings(max_examples=150, deadline=None)
@given(rows_of_any_values)
def test_it_is_what_the_documentation_says(rows: list[tuple[Any, ...]]) -> None:
    assert hash_of(batch_of(rows)) == by_the_document(rows)


@settings(max_examples=100, deadline=None)
@given(rows_of_any_values, st.lists(st.integers(0, 20), max_size=4))
def test_batches_do_not_matter(rows: list[tuple[Any, ...]], cuts: list[int]) -> None:
    whole = batch_of(rows)
    bounds = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    sliced = [whole.slice(first, last - first) for first, last in pairwise(bounds)]
    copied = [batch_of(rows[first:last]) for first, last in pairwise(bounds)]
    assert hash_of(whole) == hash_of(*sliced) == hash_of(*copied)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((1, None, 0.0, "a"), (1, None, None, "a")),
        ((1, None, 0.0, ""), (1, None, 0.0, None)),
        ((1, None, math.nan, "a"), (1, None, None, "a")),
        ((1, None, 0.0, "a"), (1, None, -0.0, "a")),
        ((0, None, 0.0, "a"), (None, None, 0.0, "a")),
        ((1, EPOCH, 0.0, "a"), (1, None, 0.0, "a")),
    ],
)
def test_what_differs_has_another_hash(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    assert hash_of(batch_of([one])) != hash_of(batch_of([other]))


def test_texts_cannot_flow_into_each_other() -> None:
    first = batch_of([(1, None, 0.0, "ab"), (2, None, 0.0, "c")])
    second = batch_of([(1, None, 0.0, "a"), (2, None, 0.0, "bc")])
    assert hash_of(first) != hash_of(second)


def test_every_nan_is_one() -> None:
    bits = np.array([0x7FF8000000000001, 0xFFF8000000000000], dtype=np.uint64).view(np.float64)
    schema = pa.schema([("x", pa.float64())])
    strange = pa.RecordBatch.from_arrays([pa.array(bits)], schema=schema)
    plain = pa.RecordBatch.from_arrays([pa.array([math.nan, math.nan], from_pandas=False)], schema=schema)
    assert hash_of(strange, schema=schema) == hash_of(plain, schema=schema)


def test_what_a_null_covers_does_not_matter() -> None:
    schema = pa.schema([("words", pa.string()), ("x", pa.float64())])
    hidden = [
        pa.Array.from_buffers(pa.string(), 2, [pa.py_buffer(b"\x01"), *pa.array(["a", "secret"]).buffers()[1:]]),
        pa.Array.from_buffers(pa.float64(), 2, [pa.py_buffer(b"\x01"), pa.array([1.0, 9.0]).buffers()[1]]),
    ]
    plain = [pa.array(["a", None]), pa.array([1.0, None])]
    assert (
        len({hash_of(pa.RecordBatch.from_arrays(arrays, schema=schema), schema=schema) for arrays in (hidden, plain)})
        == 1
    )


def test_the_schema_belongs_to_the_content() -> None:
    empty = batch_of([])
    renamed = SCHEMA.set(2, pa.field("y", pa.float64()))
    other = SCHEMA.with_metadata({b"reign": b"{}"})
    hashes = {hash_of(schema=schema) for schema in (SCHEMA, renamed, other, SCHEMA.remove(0))}
    assert len(hashes) == 4
    assert hash_of(empty) in hashes
    assert hash_of(schema=SCHEMA.with_metadata({b"reign": '{"label":"ä"}'.encode(), b"x": b"y"})) == hash_of(empty)


def test_other_types_and_other_columns_are_refused() -> None:
    with pytest.raises(TypeError, match="int32"):
        ContentHasher(pa.schema([("x", pa.int32())]))
    with pytest.raises(TypeError, match="other columns"):
        ContentHasher(SCHEMA.remove(0)).update(batch_of([]))
