"""What MLflow's scoring server makes of raw JSON, and what the model's own door makes of that."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from mlflow.models.utils import _enforce_schema
from reign_trainer.errors import TrainerError
from reign_trainer.frame import features_frame, json_rows
from reign_trainer.work.model.signature import input_schema
from reign_trainer.work.model.typed_model import TypedModel
from reign_trainer.work.rehearse.compare import count_mismatches
from reign_trainer.work.rehearse.raw_request import read_request
from reign_trainer.work.rehearse.write_request import raw_request
from small_model import definition, rows

KINDS = {"at": "time", "place": "text", "amount": "number"}


class Mirror:
    """Gives back what it is asked about."""

    def predict(self, features: pd.DataFrame) -> pd.DataFrame:
        return features


@pytest.mark.parametrize("count", [1, 50])
def test_json_comes_out_as_the_frame_of_training(count: int) -> None:
    frame = features_frame(rows(2000), definition())
    frame.loc[frame.index[:count], "place"] = np.nan
    part = frame.iloc[:count]
    read = read_request(raw_request(json_rows(part)), input_schema(KINDS))
    typed = TypedModel(Mirror(), KINDS).predict(read)
    pd.testing.assert_frame_equal(typed, part.reset_index(drop=True))
    assert [str(kind) for kind in typed.dtypes] == ["datetime64[us]", "str", "float64"]


@pytest.mark.parametrize(
    "row",
    [
        {"at": None, "place": None, "amount": None},
        {"at": "2001-01-05T17:00:00Z", "place": "007", "amount": 3},
        {"amount": 3, "place": "x", "at": "2001-01-05", "other": "left out"},
    ],
)
def test_one_row_has_the_types_of_training(row: dict[str, Any]) -> None:
    read = read_request(raw_request([row]), input_schema(KINDS))
    typed = TypedModel(Mirror(), KINDS).predict(read)
    assert list(typed.columns) == list(KINDS)
    assert [str(kind) for kind in typed.dtypes] == ["datetime64[us]", "str", "float64"]
    assert typed["place"].isna()[0] == (row["place"] is None)


def test_a_missing_column_is_an_error_and_not_a_null() -> None:
    with pytest.raises(ValueError, match="columns are missing: amount"):
        TypedModel(Mirror(), KINDS).predict(pd.DataFrame([{"at": None, "place": None}]))


FIRST_AND_LAST = np.array(["0001-01-01T00:00:00", "9999-12-31T23:59:59.999999", "NaT"], dtype="datetime64[us]")


def test_times_with_and_without_fractions_and_of_every_year_come_through() -> None:
    frame = pd.DataFrame({"at": FIRST_AND_LAST})
    read = read_request(raw_request(json_rows(frame)), input_schema({"at": "time"}))
    asked = _enforce_schema(read, input_schema({"at": "time"}))
    pd.testing.assert_frame_equal(TypedModel(Mirror(), {"at": "time"}).predict(asked), frame)


@pytest.mark.parametrize(
    "times",
    [
        pd.Series(FIRST_AND_LAST),
        pd.Series(["0001-01-01", "9999-12-31T23:59:59.999999", None]),
        pd.Series(["0001-01-01T02:00:00+02:00", "9999-12-31 23:59:59.999999Z", None], dtype=object),
        pd.Series(FIRST_AND_LAST).dt.tz_localize("UTC"),
    ],
    ids=["timestamps", "texts", "texts with zones", "timestamps with zone"],
)
def test_a_frame_may_hold_times_as_texts_or_as_timestamps(times: pd.Series) -> None:
    asked = _enforce_schema(pd.DataFrame({"at": times}), input_schema({"at": "time"}))
    typed = TypedModel(Mirror(), {"at": "time"}).predict(asked)
    pd.testing.assert_frame_equal(typed, pd.DataFrame({"at": FIRST_AND_LAST}))


def test_times_that_are_all_missing_are_times_and_numbers_are_not() -> None:
    model = TypedModel(Mirror(), {"at": "time"})
    for nothing in ([None], [np.nan], [pd.NaT]):
        assert str(model.predict(pd.DataFrame({"at": nothing})).dtypes["at"]) == "datetime64[us]"
    with pytest.raises(TypeError, match="column at: a time is"):
        model.predict(pd.DataFrame({"at": [5]}))


@pytest.mark.parametrize(
    "numbers",
    [
        pd.Series([3, 0], dtype="int64"),
        pd.Series([3, None], dtype="Int64"),
        pd.Series([True, None], dtype="boolean"),
        pd.Series([True, False]),
        pd.Series([Decimal("3.25"), None], dtype=object),
        pd.Series([3, None], dtype="int64[pyarrow]"),
        pd.Series([2**53, -(2**53)]),
    ],
    ids=lambda one: str(one.dtype),
)
def test_numbers_as_a_database_gives_them_lose_nothing(numbers: pd.Series) -> None:
    asked = _enforce_schema(pd.DataFrame({"amount": numbers}), input_schema({"amount": "number"}))
    typed = TypedModel(Mirror(), {"amount": "number"}).predict(asked)["amount"]
    expected = [math.nan if value is None or value is pd.NA else float(value) for value in numbers.astype(object)]
    np.testing.assert_array_equal(typed, expected)


@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        (["4711"], "number", "column x: expected numbers; found str"),
        ([2**53 + 1], "number", "column x: integers beyond 2..53"),
        (pd.array([2**53 + 1, None], dtype="Int64"), "number", "column x: integers beyond 2..53"),
        ([pd.Timestamp("2001-01-01")], "number", "column x: expected numbers; found Timestamp"),
        ([4711], "text", "column x: expected text; found int64"),
    ],
)
def test_what_would_lose_something_is_refused_without_its_value(values: Any, kind: str, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message) as raised:
        TypedModel(Mirror(), {"x": kind}).predict(pd.DataFrame({"x": values}))
    assert "4711" not in str(raised.value)
    assert str(2**53 + 1) not in str(raised.value)


def test_json_that_mlflow_cannot_read_is_an_error_without_values() -> None:
    with pytest.raises(TrainerError) as raised:
        read_request('{"dataframe_records": "secret"}', input_schema(KINDS))
    assert raised.value.code == "PredictionsInvalid"
    assert "secret" not in raised.value.message


def test_large_numbers_may_differ_in_their_last_bits() -> None:
    expected = np.array([[1e9], [1e9], [0.5], [0.5]])
    answer = np.array([[np.nextafter(1e9, 2e9)], [1e9 + 1], [0.5], [0.5 + 1e-11]])
    assert count_mismatches(np.abs(answer - expected), expected) == 2
