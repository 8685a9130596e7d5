"""Inverse-probability weights stand in for the rows that were not accepted, and say how far that carries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from reign_trainer.evidence.labels import selection
from reign_trainer.evidence.measure import MeasureError

from .stored_rows import complete, selected, stored


def _table(accepted: Any, chance: Any, labels: Any, **columns: Any) -> pa.Table:
    return stored(
        np.zeros(len(labels), dtype=int),
        np.array(labels, dtype=float),
        accepted=pa.array(accepted, type=pa.float64()),
        chance=pa.array(chance, type=pa.float64()),
        decider=pa.array(columns.pop("decider", ["v1"] * len(labels))),
        **columns,
    )


NAN = float("nan")
SMALL = _table([1, 1, 1, 0, 0, 1], [1, 0.5, 0.1, 0.1, 0, 0], [0, 1, NAN, NAN, NAN, 1])
LABELLED = np.array([True, True, False, False, False, True])


def test_weighs_labelled_rows_by_one_over_their_chance() -> None:
    found, weights = selection(SMALL, selected(), LABELLED, None)
    assert weights is not None
    assert weights.tolist() == [1, 2, 0, 0, 0, 0]
    assert (found.accepted, found.labelled, found.weighted) == (4, 3, True)
    assert found.overlap == pytest.approx(4 / 6)
    assert found.randomised == pytest.approx(3 / 6)
    assert found.largest_weight == pytest.approx(2 / 3)
    assert found.effective_rows == pytest.approx(9 / 5)
    assert found.unreachable == pytest.approx(2 / 6)


def test_what_is_out_of_reach_is_asked_of_the_swap_ins() -> None:
    asked = np.array([False, False, False, True, True, False])
    assert selection(SMALL, selected(), LABELLED, asked)[0].unreachable == 0.5
    assert selection(SMALL, selected(probability=None), LABELLED, asked)[0].unreachable == 1.0
    assert selection(SMALL, selected(), LABELLED, np.zeros(6, dtype=bool))[0].unreachable is None


def test_a_label_of_a_rejected_row_weighs_nothing() -> None:
    table = _table([1, 0], [0.5, 0.5], [1, 0])
    found, weights = selection(table, selected(), np.array([True, True]), None)
    assert weights is not None and weights.tolist() == [2, 0]
    assert found.labelled == 1


def test_without_probabilities_nothing_is_weighted() -> None:
    found, weights = selection(SMALL, selected(probability=None), LABELLED, None)
    assert weights is None and not found.weighted
    assert (found.overlap, found.randomised, found.largest_weight, found.effective_rows) == (None,) * 4
    assert found.unreachable == pytest.approx(2 / 6)


def test_where_nobody_had_a_chance_no_row_is_left() -> None:
    found, weights = selection(_table([1, 1], [0, 0], [1, 0]), selected(), np.array([True, True]), None)
    assert weights is not None and not weights.any()
    assert (found.largest_weight, found.effective_rows, found.overlap) == (None, 0.0, 0.0)


def test_the_rows_own_weights_count_in_what_is_effective() -> None:
    table = SMALL.append_column("weight", pa.array([2.0, 1, 1, 1, 1, 1]))
    model = selected()
    model = model.model_copy(update={"source": model.source.model_copy(update={"weight": "w"})})
    found, weights = selection(table, model, LABELLED, None)
    assert weights is not None and weights.tolist() == [1, 2, 0, 0, 0, 0]
    assert (found.largest_weight, found.effective_rows) == (0.5, 2.0)


@pytest.mark.parametrize(
    ("chance", "said"),
    [([0.5, None], "NULL in 1 of 2 rows"), ([0.5, 1.2], "outside \\[0, 1\\] in 1 of 2"), ([-1, 2], "in 2 of 2")],
)
def test_broken_probabilities_are_said_without_quoting_them(chance: Any, said: str) -> None:
    with pytest.raises(MeasureError, match=said) as raised:
        selection(_table([1, 1], chance, [1, 0]), selected(), np.array([True, True]), None)
    assert "1.2" not in str(raised.value)


def test_names_the_ten_who_decided_most() -> None:
    names = [name for at in range(12) for name in [f"v{at:02}"] * (at + 1)] + [None]
    n = len(names)
    table = _table([1] * n, [1] * n, [1] * n, decider=names)
    found, _ = selection(table, selected(), np.ones(n, dtype=bool), None)
    assert found.decided_by == [f"v{at:02}" for at in range(11, 1, -1)]
    numbered = table.set_column(table.column_names.index("decider"), "decider", pa.array(range(n)))
    assert len(selection(numbered, selected(), np.ones(n, dtype=bool), None)[0].decided_by) == 10
    assert selection(table, selected(decidedBy=None), np.ones(n, dtype=bool), None)[0].decided_by == []


def test_the_weights_give_back_what_the_whole_population_has() -> None:
    rng = np.random.default_rng(0)
    n = 200_000
    risk = rng.random(n)
    chance = np.clip(1.2 - risk, 0.05, 1)
    accepted = rng.random(n) < chance
    bad = rng.random(n) < risk
    labels = np.where(accepted, bad, NAN)
    _, weights = selection(_table(accepted, chance, labels), selected(), accepted, None)
    assert weights is not None
    assert np.average(bad[accepted]) < 0.42
    assert np.average(bad[accepted], weights=weights[accepted]) == pytest.approx(bad.mean(), abs=0.006)


def test_a_definition_without_selection_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="selection"):
        selection(SMALL, complete(), LABELLED, None)
