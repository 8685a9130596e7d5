"""Snapshots as frames: dtypes by type alone, and the way to JSON and back."""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reign_trainer.frame import features_frame, frame_from_json, json_rows

KINDS = {"x": "number", "words": "text", "at": "time"}
TYPES = {"x": pa.float64(), "words": pa.string(), "at": pa.timestamp("us")}


def frame_of(**columns: list[Any]) -> pd.DataFrame:
    """Make a features frame."""
    table = pa.table({name: pa.array(columns[name], TYPES[name]) for name in KINDS})
    return features_frame(table, None, list(KINDS))  # type: ignore[arg-type]


@pytest.mark.parametrize("rows", [[], [None], [None, None]])
def test_dtypes_do_not_depend_on_values(rows: list[None]) -> None:
    frame = frame_of(x=rows, words=rows, at=rows)
    assert [str(dtype) for dtype in frame.dtypes] == ["float64", "str", "datetime64[us]"]
    assert frame.shape == (len(rows), 3)
    assert bool(frame.isna().all(axis=None))


def test_chunks_become_one_column() -> None:
    chunked = pa.chunked_array([pa.array(["a", None]), pa.array([], pa.string()), pa.array(["007"])])
    frame = features_frame(pa.table({"words": chunked}), None, ["words"])  # type: ignore[arg-type]
    assert frame["words"].tolist()[::2] == ["a", "007"]
    assert isinstance(frame["words"].iloc[1], float)


def test_json_is_what_a_caller_would_post() -> None:
    frame = frame_of(x=[1.5, math.nan], words=["NULL", None], at=[datetime(9999, 12, 31, 23, 59, 59), None])
    assert json_rows(frame) == [
        {"x": 1.5, "words": "NULL", "at": "9999-12-31T23:59:59.000000"},
        {"x": None, "words": None, "at": None},
    ]
    assert json_rows(frame, [1]) == json_rows(frame)[1:]
    assert json_rows(frame_of(x=[], words=[], at=[])) == []


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.none() | st.floats(),
            st.none() | st.text(st.characters(exclude_categories=["Cs"])),
            st.none() | st.datetimes(),
        ),
        max_size=20,
    )
)
def test_there_and_back_is_the_same_frame(rows: list[tuple[Any, Any, Any]]) -> None:
    frame = frame_of(x=[row[0] for row in rows], words=[row[1] for row in rows], at=[row[2] for row in rows])
    again = frame_from_json(json.loads(json.dumps(json_rows(frame))), KINDS)
    pd.testing.assert_frame_equal(frame, again, check_exact=True)


def test_objects_may_lack_fields_and_hold_others() -> None:
    frame = frame_from_json([{"other": 1}, {"x": 3, "at": "2001-02-03T04:05:06+02:00"}, {"x": True}], KINDS)
    assert list(frame.columns) == list(KINDS)
    assert frame["x"].tolist()[1:] == [3.0, 1.0]
    assert frame["at"].iloc[1] == np.datetime64("2001-02-03T02:05:06")
    assert frame["words"].isna().all()


@pytest.mark.parametrize("row", [{"x": "secret"}, {"words": 5}, {"at": "secret"}, {"at": 5}, {"x": 10**400}])
def test_a_value_that_does_not_fit_is_named_by_place_not_by_value(row: dict[str, Any]) -> None:
    [column] = row
    with pytest.raises(ValueError, match=f"^row 1, column {column}: not a {KINDS[column]}$"):
        frame_from_json([{}, row], KINDS)
