"""How a column is cut into slices."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from reign_trainer.evidence.slices.column_values import OTHER, column_values
from reign_trainer.evidence.slices.groupings import groupings


def cut(values: object, limit: int = 50, kind: pa.DataType | None = None) -> dict[str | None, int]:
    """Give the rows of each value of a column."""
    found = column_values("c", pa.chunked_array([pa.array(values, type=kind)]), limit)
    assert found is not None
    assert all(len(keys) == 1 and keys[0].column == "c" for keys in found.keys)
    names = [keys[0].value for keys in found.keys]
    assert len(set(names)) == len(names)
    rows = np.bincount(found.codes, minlength=len(names))
    assert rows.min(initial=1) > 0
    return dict(zip(names, rows.tolist(), strict=True))


def test_texts_come_by_frequency_and_rows_without_one_last() -> None:
    assert cut(["b", "a", None, "a", "c", "b", "a"]) == {"a": 3, "b": 2, "c": 1, None: 1}
    assert list(cut(["b", "a", None, "a", "c", "b", "a"])) == ["a", "b", "c", None]


def test_ten_thousand_texts_become_fifty_slices() -> None:
    values = [f"v{at:05d}" for at in range(10_000) for _ in range(1 + (at < 30))]
    found = cut(values)
    assert len(found) == 50
    assert found[OTHER] == 10_030 - 30 * 2 - 19
    assert list(found)[:30] == [f"v{at:05d}" for at in range(30)]
    assert list(found)[30:49] == [f"v{at:05d}" for at in range(30, 49)]  # of equal ones the lower come first
    assert len(cut([f"v{at}" for at in range(50)])) == 50
    assert OTHER not in cut([f"v{at}" for at in range(50)])


def test_no_text_is_taken_for_the_rest() -> None:
    values = ["(other)"] * 9 + ['"(other)"'] * 8 + ['""(other)""'] * 7 + ["x", "y", "z"]
    assert cut(values, limit=4) == {'"(other)"': 9, '""(other)""': 8, '"""(other)"""': 7, OTHER: 3}


def test_long_texts_are_told_apart_by_a_hash() -> None:
    found = cut(["x" * 5000 + "a", "x" * 5000 + "b", "x" * 60, None])
    assert len(found) == 4
    assert max(len(name) for name in found if name is not None) == 61


def test_numbers_of_few_values_go_by_value_in_their_order() -> None:
    assert cut([10, 9, 2, None, 10], kind=pa.float64()) == {"2": 1, "9": 1, "10": 2, None: 1}
    assert list(cut([10.0, 9.5, -2.0, -0.0, 0.0])) == ["-2", "0", "9.5", "10"]
    assert cut([True, False, None, True]) == {"false": 1, "true": 2, None: 1}
    assert cut([Decimal("1.50"), Decimal("2.00"), Decimal("1.50")]) == {"1.5": 2, "2": 1}
    assert cut([1.0, float("nan"), None]) == {"1": 1, None: 2}
    ids = [2**60, 2**60 + 1]
    assert set(cut(ids, kind=pa.int64())) == {str(one) for one in ids}


def test_many_numbers_are_cut_at_their_quintiles() -> None:
    found = cut(np.arange(1000.0))
    assert found == {
        "(-inf, 200)": 200,
        "[200, 400)": 200,
        "[400, 600)": 200,
        "[600, 800)": 200,
        "[800, inf)": 200,
    }
    rng = np.random.default_rng(0)
    incomes = rng.lognormal(10, 1, 20_000)
    found = cut(np.where(rng.random(20_000) < 0.1, np.nan, incomes))
    assert list(found)[-1] is None
    assert len(found) == 6
    known = sum(found.values()) - found[None]
    assert all(0.15 < rows / known < 0.25 for name, rows in found.items() if name is not None)
    assert all(len(name) < 30 for name in found if name is not None)


def test_the_parts_hold_the_numbers_that_their_names_say() -> None:
    rng = np.random.default_rng(1)
    numbers = np.round(rng.normal(3, 2, 5000), 2)
    grouping = column_values("c", pa.chunked_array([pa.array(numbers)]), 50)
    for code, (key,) in enumerate(grouping.keys):
        low, high = (float(edge) for edge in key.value.strip("()[]").split(","))
        assert np.array_equal(grouping.codes == code, (numbers >= low) & (numbers < high))


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_a_heavy_number_does_not_swallow_the_others(share: float) -> None:
    rng = np.random.default_rng(2)
    found = cut(np.where(rng.random(100_000) < share, 0, np.ceil(1000 * rng.random(100_000))))
    assert len(found) >= 2
    assert max(found.values()) <= share * 100_000 * 1.02


def test_infinity_and_huge_numbers_have_a_place() -> None:
    numbers = np.concatenate([np.arange(100.0), [np.inf, -np.inf, 1e308, -1e308]])
    assert sum(cut(numbers).values()) == 104
    assert cut(np.append(np.zeros(10), np.inf)) == {"0": 10, "inf": 1}


def test_times_go_by_value_or_are_cut_at_whole_units() -> None:
    days = [date(2026, 3, 1), date(2026, 3, 2), None]
    assert cut(days) == {"2026-03-01": 1, "2026-03-02": 1, None: 1}
    start = datetime(2026, 1, 1)
    hours = [start + timedelta(hours=at) for at in range(24 * 100)]
    found = cut(hours)
    assert list(found) == [
        "(-inf, 2026-01-21)",
        "[2026-01-21, 2026-02-10)",
        "[2026-02-10, 2026-03-02)",
        "[2026-03-02, 2026-03-22)",
        "[2026-03-22, inf)",
    ]
    assert cut([datetime(2026, 1, 1, 12, tzinfo=UTC)]) == {"2026-01-01T12:00:00Z": 1}


def test_empty_and_odd_columns() -> None:
    assert cut([], kind=pa.float64()) == {}
    assert cut([None, None], kind=pa.string()) == {None: 2}
    assert cut([None, None], kind=pa.float64()) == {None: 2}
    assert cut([None, None], kind=pa.null()) == {None: 2}
    assert cut(["a", "b", "a"], kind=pa.dictionary(pa.int8(), pa.string())) == {"a": 2, "b": 1}
    assert column_values("c", pa.chunked_array([pa.array([[1], [2]])]), 50) is None


def test_many_columns_share_what_can_be_told() -> None:
    rng = np.random.default_rng(3)
    wide = {f"wide{at}": rng.integers(0, 1000, 5000).astype(str) for at in range(6)}
    table = pa.table({**wide, "narrow": np.array(["a", "b", "c"])[rng.integers(0, 3, 5000)]})
    found = groupings(table, table.column_names, limit=50, most=100)
    counts = [len(one.keys) for one in found.values()]
    assert counts == [16] * 6 + [3]
    assert isinstance(groupings(table, ["none"], 50, 100)["none"], str)
