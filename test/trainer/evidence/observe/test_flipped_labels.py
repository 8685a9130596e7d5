"""Labels of the last holdout that are others today."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from conftest import Eyes
from reign_trainer.evidence.observe.flipped import flipped_labels
from reign_trainer.shapes import FlippedLabels
from reign_trainer.store import Store


def predictions(store: Store, ids: list[int] | list[str], labels: list[float | None]) -> str:
    return store.write_rows(
        "predictions", pa.table({"reign_row_id": pa.array(ids), "label": pa.array(labels, pa.float64())})
    )


def seen(eyes: Eyes, train: list[float | None], holdout: list[float | None], last: str) -> FlippedLabels | None:
    windows = [{"late": pa.array(labels, pa.float64()), "x": np.ones(len(labels))} for labels in (train, holdout)]
    return eyes.see(windows[0], windows[1], last=last).flipped_labels


def test_labels_are_compared_by_row_id_in_both_windows(eyes: Eyes) -> None:
    # Training rows have the ids 0 to 4, the holdout's 1,000,000 and up.
    last = predictions(eyes.store, [4, 2, 0, 3, 1, 1_000_001, 1_000_000, 99], [0.0, 1, 1, None, 1, 1, 0, 1])
    found = seen(eyes, [1.0, 0, 1, 1, None], [0.0, 0], last)
    # Compared: 4 (gone), 2, 0, 1 (flipped), 1,000,001 (flipped), 1,000,000. Not: 3 had no label, 99 is in no window.
    assert found == FlippedLabels(rows=6, flipped=3)


def test_nothing_has_flipped(eyes: Eyes) -> None:
    last = predictions(eyes.store, [0, 1, 2], [1.0, 0, 1])
    assert seen(eyes, [1.0, 0, 1, 0], [0.0, 1], last) == FlippedLabels(rows=3, flipped=0)


def test_other_row_ids_and_no_rows(eyes: Eyes) -> None:
    named = predictions(eyes.store, ["0", "1"], [1.0, 0.0])
    assert seen(eyes, [1.0, 0], [0.0], named) == FlippedLabels(rows=0, flipped=0)
    empty = eyes.store.write_rows(
        "predictions", pa.table({"reign_row_id": pa.array([], pa.int64()), "label": pa.array([], pa.float64())})
    )
    assert seen(eyes, [1.0, 0], [0.0], empty) == FlippedLabels(rows=0, flipped=0)


@pytest.mark.parametrize("as_text", [False, True])
def test_many_rows_by_brute_force(random: np.random.Generator, as_text: bool) -> None:
    ids = random.permutation(5000)[:3000]
    then = np.where(random.random(3000) < 0.1, np.nan, random.integers(0, 2, 3000))
    order = random.permutation(4000)
    now = np.where(random.random(4000) < 0.1, np.nan, random.integers(0, 2, 4000))
    today = dict(zip(order.tolist(), now.tolist(), strict=True))
    rows = flipped = 0
    for at, label in zip(ids.tolist(), then.tolist(), strict=True):
        if not np.isnan(label) and at in today:
            rows += 1
            flipped += today[at] != label

    def keys(values: np.ndarray) -> pa.ChunkedArray:
        return pa.chunked_array([pa.array([f"r{one}" for one in values]) if as_text else pa.array(values)])

    last = pa.table({"reign_row_id": keys(ids), "label": pa.array(then, from_pandas=True)})
    half = [(keys(order[:1500]), now[:1500]), (keys(order[1500:]), now[1500:])]
    assert flipped_labels(last, half) == FlippedLabels(rows=rows, flipped=flipped)
