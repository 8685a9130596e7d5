"""What MLflow's scoring server makes of raw JSON, and what the model's own door makes of that."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from reign_trainer.fit.typed_model import TypedModel
from reign_trainer.frame import features_frame, json_rows
from reign_trainer.rehearse.raw_request import raw_request, read_request
from reign_trainer.tracking.signature import input_schema
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
