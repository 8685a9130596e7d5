"""Two columns of a file, judged by the same code as a cycle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from reign_trainer.errors import TrainerError
from reign_trainer.recompute.columns_file import read_columns
from reign_trainer.recompute.describe_file import describe_file
from reign_trainer.recompute.judge_columns import JudgeColumns, judge_columns
from reign_trainer.shapes import Evidence
from sklearn.metrics import roc_auc_score

from .loans import definition

ROWS = 2000


@pytest.fixture
def frame() -> pd.DataFrame:
    random = np.random.default_rng(3)
    truth = random.random(ROWS)
    return pd.DataFrame(
        {
            "label": (random.random(ROWS) < truth).astype(int),
            "challenger": truth,
            "champion": np.clip(truth + random.normal(0, 0.4, ROWS), 0, 1),
            "event_time": pd.date_range("2026-01-01", periods=ROWS, freq="15min"),
            "region": pd.Categorical(random.choice(["north", "south"], ROWS)),
            "good": random.random(ROWS) < 0.5,
        }
    )


def ask(path: Path, **changes: Any) -> Evidence:
    asked = {
        "file": str(path),
        "definition": definition(gate={"slices": [{"column": "region", "margin": 0.1, "protected": False}]}),
        "primary": "roc_auc",
        "challenger": ["challenger"],
        "champion": ["champion"],
        "hasEventTime": True,
        "charge": {"alpha": 0.01, "account": "none"},
        **changes,
    }
    return Evidence.model_validate_json(judge_columns(JudgeColumns.model_validate(asked)))


def test_parquet_and_csv_say_the_same_and_it_is_right(frame: pd.DataFrame, tmp_path: Path) -> None:
    frame.to_parquet(tmp_path / "scores.parquet")
    frame.to_csv(tmp_path / "scores.csv", index=False)
    found, again = ask(tmp_path / "scores.parquet"), ask(tmp_path / "scores.csv")
    assert found == again
    auc = found.metrics["roc_auc"]
    assert auc.challenger == pytest.approx(roc_auc_score(frame["label"], frame["challenger"]), abs=1e-12)
    assert auc.champion == pytest.approx(roc_auc_score(frame["label"], frame["champion"]), abs=1e-12)
    assert found.clusters.count == frame["event_time"].dt.date.nunique()
    assert found.charge.alpha == 0.01
    assert auc.difference is not None
    assert auc.difference.alpha == 0.01
    assert sorted(part.rows for part in found.slices) == sorted(frame["region"].value_counts())
    assert found.window.from_ == "2026-01-01T00:00:00Z"
    assert found.controls is not None


def test_without_a_champion_the_trivial_predictor_has_to_be_beaten(frame: pd.DataFrame, tmp_path: Path) -> None:
    frame.to_parquet(tmp_path / "scores.parquet")
    found = ask(tmp_path / "scores.parquet", champion=None)
    assert found.champion is None
    assert found.metrics["roc_auc"].lead.estimate > 0.2
    # The shares of the labels of these rows.
    assert found.trivial == pytest.approx([1 - frame["label"].mean(), frame["label"].mean()])


def test_rows_without_a_label_are_not_judged(frame: pd.DataFrame, tmp_path: Path) -> None:
    frame["label"] = frame["label"].where(frame.index >= 100)
    frame.to_parquet(tmp_path / "scores.parquet")
    found = ask(tmp_path / "scores.parquet")
    assert (found.rows.judged, found.rows.unlabelled) == (ROWS - 100, 100)


@pytest.mark.parametrize(
    ("column", "value", "code", "message"),
    [
        (
            "challenger",
            float("nan"),
            "PredictionsInvalid",
            "1 of 2000 predictions in the column 'challenger' are NULL, NaN",
        ),
        ("champion", 1.5, "PredictionsInvalid", "1 of 2000 probabilities in the column 'champion' are outside 0 to 1"),
        ("label", 7, "ClassUnknown", "1 of 2000 rows"),
        ("event_time", pd.NaT, "UsageInvalid", "'event_time' has no value in 1 rows"),
    ],
)
def test_bad_values_are_counted_and_not_quoted(
    frame: pd.DataFrame, tmp_path: Path, column: str, value: object, code: str, message: str
) -> None:
    frame.loc[3, column] = value
    frame.to_parquet(tmp_path / "scores.parquet")
    with pytest.raises(TrainerError, match=message) as raised:
        ask(tmp_path / "scores.parquet")
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        (np.nan, "1 of 2000 weights in the column"),
        (np.inf, "1 of 2000"),
        (-1.0, "1 of 2000"),
        (None, "has the weight zero"),
    ],
)
def test_weights_that_are_none_are_counted(
    frame: pd.DataFrame, tmp_path: Path, weight: float | None, said: str
) -> None:
    values = np.zeros(ROWS) if weight is None else np.where(np.arange(ROWS) == 3, weight, 1.0)
    path = tmp_path / "rows.parquet"
    frame.assign(exposure=values).to_parquet(path)
    weighted = definition(source={"weight": "exposure"})
    with pytest.raises(TrainerError, match=said) as raised:
        ask(path, definition=weighted)
    assert raised.value.code == "UsageInvalid"
    assert "'exposure'" in raised.value.message


@pytest.mark.parametrize(
    ("amount", "said"), [(np.nan, "1 of 2000 amounts in the column"), ("much", "expected numbers")]
)
def test_amounts_that_are_none_are_told(frame: pd.DataFrame, tmp_path: Path, amount: Any, said: str) -> None:
    path = tmp_path / "rows.parquet"
    values = [amount if isinstance(amount, str) or at == 3 else 1.0 for at in range(ROWS)]
    frame.assign(exposure=values).to_parquet(path)
    gate = {
        "cutoff": {"score": 0.5, "accept": "below"},
        "cost": {"falsePositive": 1.0, "falseNegative": "exposure", "truePositive": 0.0, "trueNegative": 0.0},
    }
    with pytest.raises(TrainerError, match=said) as raised:
        ask(path, definition=definition(gate=gate), primary="expected_cost")
    assert "'exposure'" in raised.value.message


def test_a_label_without_end_is_told(frame: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    frame.assign(label=np.where(np.arange(ROWS) == 3, np.inf, frame["label"])).to_parquet(path)
    numbers = definition(task="regression", label=None)
    with pytest.raises(TrainerError, match="1 of 2000 values in the column 'label' are infinite"):
        ask(path, definition=numbers, primary="rmse")


def test_a_column_of_another_type_is_named(frame: pd.DataFrame, tmp_path: Path) -> None:
    frame.to_parquet(tmp_path / "scores.parquet")
    with pytest.raises(TrainerError, match="'region' holds string; expected numbers"):
        ask(tmp_path / "scores.parquet", challenger=["region"])
    with pytest.raises(TrainerError, match="'champion' holds double; expected times"):
        ask(tmp_path / "scores.parquet", definition=definition(source={"eventTime": "champion"}))


def test_a_file_is_described(frame: pd.DataFrame, tmp_path: Path) -> None:
    frame.to_csv(tmp_path / "scores.csv", index=False)
    described = describe_file(tmp_path / "scores.csv", "label")
    assert described["rows"] == ROWS
    assert described["label"] == {"distinct": [0.0, 1.0], "missing": 0}
    kinds = {column["name"]: (column["kind"], column["boolean"]) for column in described["columns"]}
    assert kinds["event_time"] == ("time", False)
    assert kinds["region"] == ("text", False)
    assert kinds["good"] == ("number", True)
    assert describe_file(tmp_path / "scores.csv", "nowhere")["label"] is None
    assert describe_file(tmp_path / "scores.csv", "challenger")["label"]["distinct"] is None


def test_times_with_a_zone_are_instants(tmp_path: Path) -> None:
    times = pd.to_datetime(["2026-01-01T23:30:00-05:00", "2026-01-02T00:00:00-05:00"])
    pq.write_table(pa.table({"at": pa.array(times)}), tmp_path / "times.parquet")
    column = read_columns(tmp_path / "times.parquet").column("at")
    assert [value.isoformat() for value in column.to_pylist()] == ["2026-01-02T04:30:00", "2026-01-02T05:00:00"]


@pytest.mark.parametrize("name", ["nowhere.parquet", "nowhere.csv", "text.parquet", "empty.csv"])
def test_files_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "text.parquet").write_text("no parquet")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(TrainerError, match=name) as raised:
        describe_file(tmp_path / name, "label")
    assert raised.value.code == "UsageInvalid"
