"""Whom the challenger would decide otherwise about."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from default_gate import default_gate
from reign_trainer.evidence.calibration import swap_ins, swap_set
from small_model import definition

NAN = float("nan")
LABELS = [0, 1, NAN, 1, 1, NAN, 0]
CHALLENGER = [0.1, 0.2, 0.3, 0.6, 0.9, 0.5, 0.4]
CHAMPION = [0.2, 0.7, 0.5, 0.1, 0.8, 0.9, 0.4]


def _rows(scores: Any, labels: Any = LABELS) -> pa.Table:
    return pa.table(
        {"score": pa.array(scores, type=pa.float64()), "label": pa.array(labels, type=pa.float64(), from_pandas=True)}
    )


def _model(**cutoff: Any) -> Any:
    return definition(gate=default_gate(cutoff={"score": 0.5, "accept": "below", **cutoff}))


def test_counts_who_is_accepted_by_whom() -> None:
    model = _model()
    found = swap_set(_rows(CHALLENGER), _rows(CHAMPION), model.gate, model)
    assert found is not None and (found.cutoff, found.accept) == (0.5, "below")
    told = {name: tuple(dict(one).values()) for name, one in dict(found).items() if name not in ("cutoff", "accept")}
    assert told == {
        "swap_ins": (2, 1, 1.0),  # a score of exactly the cut-off is flagged
        "swap_outs": (1, 1, 1.0),
        "accepted_by_both": (2, 2, 0.0),
        "rejected_by_both": (2, 1, 1.0),
    }
    assert swap_ins(_rows(CHALLENGER), _rows(CHAMPION), model.gate, model).tolist() == [0, 1, 1, 0, 0, 0, 0]


def test_accepting_above_turns_it_round() -> None:
    below, above = _model(), _model(accept="above")
    one = swap_set(_rows(CHALLENGER), _rows(CHAMPION), below.gate, below)
    other = swap_set(_rows(CHALLENGER), _rows(CHAMPION), above.gate, above)
    assert one is not None and other is not None
    assert (one.swap_ins, one.swap_outs) == (other.swap_outs, other.swap_ins)
    assert (one.accepted_by_both, one.rejected_by_both) == (other.rejected_by_both, other.accepted_by_both)


def test_outcomes_that_nobody_knows_are_not_made_up() -> None:
    model = _model()
    found = swap_set(_rows([0.1, 0.1], [NAN, NAN]), _rows([0.9, 0.9], [NAN, NAN]), model.gate, model)
    assert found is not None
    assert (found.swap_ins.rows, found.swap_ins.labelled, found.swap_ins.positive_rate) == (2, 0, None)


def test_the_positive_class_may_be_the_first() -> None:
    model = _model().model_copy(
        update={"label": definition(label={"classes": ["bad", "good"], "positive": "bad"}).label}
    )
    found = swap_set(_rows(CHALLENGER), _rows(CHAMPION), model.gate, model)
    assert found is not None
    assert (found.swap_ins.positive_rate, found.accepted_by_both.positive_rate) == (0.0, 1.0)


@pytest.mark.parametrize("why", ["no champion", "no cut-off", "other task", "champion of another task"])
def test_where_there_is_nothing_to_swap(why: str) -> None:
    model = definition() if why == "no cut-off" else _model()
    champion = None if why == "no champion" else _rows(CHAMPION)
    if why == "other task":
        model = model.model_copy(update={"task": "multiclass"})
    if why == "champion of another task":
        champion = pa.table({"score_0": CHAMPION, "label": LABELS})
    assert swap_set(_rows(CHALLENGER), champion, model.gate, model) is None
    assert swap_ins(_rows(CHALLENGER), champion, model.gate, model) is None


def test_every_row_is_counted_once() -> None:
    rng = np.random.default_rng(0)
    model = _model()
    found = swap_set(*(_rows(rng.random(500), [NAN] * 500) for _ in range(2)), model.gate, model)
    assert found is not None
    parts = (found.swap_ins, found.swap_outs, found.accepted_by_both, found.rejected_by_both)
    assert sum(one.rows for one in parts) == 500
