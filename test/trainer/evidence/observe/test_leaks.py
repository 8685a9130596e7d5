"""Features that give the label away: each kind is planted once, and what only looks like one is let be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from conftest import TRAIN_START, Eyes, event_times
from reign_trainer.shapes import Leak

ROWS = 4000
Column = Callable[[np.ndarray, np.random.Generator], Any]


def texts(values: Any) -> pa.Array:
    return pa.array(list(values), type=pa.string())


def leaks(eyes: Eyes, column: Any, labels: Any, **options: Any) -> list[Leak]:
    """Look for leaks in one feature; the holdout does not matter."""
    extra = options.pop("columns", {})
    train = {"late": labels, "feature": column, **extra}
    holdout = {name: values[:100] for name, values in train.items()}
    return eyes.see(train, holdout, **options).leaks


def noisy(labels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return labels + random.normal(0, 0.15, labels.size)


def some_missing(labels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return np.where(random.random(labels.size) < 0.002, np.nan, labels)


BINARY: dict[str, tuple[str, Column]] = {
    "a copy": ("equals-label", lambda labels, random: labels),
    "inverted": ("equals-label", lambda labels, random: 1 - labels),
    "other numbers": ("equals-label", lambda labels, random: labels * 17 - 3),
    "the class's name": ("equals-label", lambda labels, random: texts(np.where(labels > 0, "true", "false"))),
    "only there for one class": ("equals-label", lambda labels, random: np.where(labels > 0, 1.0, np.nan)),
    "a text only for one class": ("equals-label", lambda labels, random: texts("x" if one else None for one in labels)),
    "a copy with gaps": ("near-perfect", some_missing),
    "a copy with noise": ("near-perfect", noisy),
    "downwards": ("near-perfect", lambda labels, random: -noisy(labels, random)),
    "as a text": ("near-perfect", lambda labels, random: texts(f"{one:.3f}" for one in noisy(labels, random))),
    "missing for one class": (
        "near-perfect",
        lambda labels, random: np.where(labels > 0, random.normal(size=labels.size), np.nan),
    ),
    "neither high nor low": (
        "near-perfect",
        lambda labels, random: np.where(labels > 0, 0, random.choice([-9, 9], labels.size)) + random.normal(0, 1, labels.size),
    ),
    "categories": (
        "near-perfect",
        lambda labels, random: texts(f"{random.integers(100)}{'late' if one else ''}" for one in labels),
    ),
    "numbers as categories": (
        "near-perfect",
        lambda labels, random: random.integers(0, 300, labels.size) * 2 + labels,
    ),
    "a time after the event": (
        "near-perfect",
        lambda labels, random: pa.array(
            event_times(labels.size, TRAIN_START, 28)
            + ((labels * 40 + random.integers(1, 30, labels.size)) * 86_400_000_000).astype("m8[us]")
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("planted", BINARY)
def test_a_leak_of_two_classes_is_caught(eyes: Eyes, random: np.random.Generator, planted: str) -> None:
    labels = (random.random(ROWS) < 0.2).astype(float)
    kind, column = BINARY[planted]
    (leak,) = leaks(eyes, column(labels, random), labels)
    assert (leak.column, leak.kind) == ("feature", kind)
    assert 0.995 <= leak.strength <= 1


INNOCENT: dict[str, Column] = {
    "ids": lambda labels, random: random.permutation(labels.size).astype(float),
    "ids in order": lambda labels, random: np.arange(labels.size, dtype=float),
    "ids as texts": lambda labels, random: texts(f"id-{at}" for at in range(labels.size)),
    "ids as texts of digits": lambda labels, random: texts(str(at) for at in random.permutation(labels.size)),
    "nearly ids": lambda labels, random: texts(f"id-{at}" for at in random.integers(0, labels.size // 2, labels.size)),
    "a good feature": lambda labels, random: labels + random.normal(0, 0.5, labels.size),
    "noise": lambda labels, random: random.normal(size=labels.size),
    "a constant": lambda labels, random: np.ones(labels.size),
    "nothing": lambda labels, random: np.full(labels.size, np.nan),
    "no texts": lambda labels, random: texts([None] * labels.size),
    "infinite": lambda labels, random: random.choice([np.inf, -np.inf, 0.0], labels.size),
    "the event time": lambda labels, random: pa.array(event_times(labels.size, TRAIN_START, 28)),
}


@pytest.mark.parametrize("column", INNOCENT)
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_what_gives_nothing_away_is_let_be(eyes: Eyes, random: np.random.Generator, column: str, task: str) -> None:
    if task == "binary":
        labels, options = (random.random(ROWS) < 0.2).astype(float), {}
    elif task == "multiclass":
        labels = random.choice(3, ROWS, p=[0.7, 0.2, 0.1]).astype(float)
        options = {"task": "multiclass", "label": {"classes": [0, 1, 2]}}
    else:
        labels, options = random.exponential(1, ROWS), {"task": "regression", "label": None}
    assert leaks(eyes, INNOCENT[column](labels, random), labels, **options) == []


def test_the_policy_says_from_where_on(eyes: Eyes, random: np.random.Generator) -> None:
    labels = (random.random(ROWS) < 0.2).astype(float)
    column = labels + random.normal(0, 0.5, ROWS)
    assert leaks(eyes, column, labels) == []
    (leak,) = leaks(eyes, column, labels, gate={"leak": 0.9})
    assert leak.kind == "near-perfect"
    assert 0.9 < leak.strength < 0.95


def test_a_customer_who_returns_with_the_same_label_is_no_leak(eyes: Eyes, random: np.random.Generator) -> None:
    customers = np.sort(random.integers(0, 400, ROWS))
    labels = (random.random(400) < 0.3).astype(float)[customers]
    names = texts(f"c{one}" for one in customers)
    for column in (names, customers.astype(float)):
        kept = {"columns": {"customer": names}, "source": {"entity": "customer"}, "features": ["feature"]}
        assert leaks(eyes, column, labels, **kept) == []
    # Where nobody says that rows belong together, a column that knows the label of the other rows is one.
    assert [leak.kind for leak in leaks(eyes, names, labels)] == ["near-perfect"]


@pytest.mark.parametrize("positives", [0, 3, 9])
def test_too_few_rows_to_tell(eyes: Eyes, positives: int) -> None:
    labels = np.r_[np.ones(positives), np.zeros(100)]
    assert leaks(eyes, labels.copy(), labels) == []
    enough = np.r_[np.ones(10), np.zeros(100)]
    assert [leak.kind for leak in leaks(eyes, enough.copy(), enough)] == ["equals-label"]


def test_only_labelled_rows_count(eyes: Eyes, random: np.random.Generator) -> None:
    labels = (random.random(ROWS) < 0.2).astype(float)
    column = np.where(np.arange(ROWS) % 2 == 0, labels, random.integers(0, 2, ROWS))
    known = pa.array([one if at % 2 == 0 else None for at, one in enumerate(labels)])
    assert leaks(eyes, column, labels) == []
    assert [leak.kind for leak in leaks(eyes, column, known)] == ["equals-label"]


THREE = {"task": "multiclass", "label": {"classes": ["a", "b", "c"]}}


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("equals-label", lambda codes, random: texts("abc"[one] for one in codes)),
        ("equals-label", lambda codes, random: codes * 5.0),
        ("near-perfect", lambda codes, random: codes + random.uniform(-0.45, 0.45, codes.size)),
        ("near-perfect", lambda codes, random: texts(f"{random.integers(20)}{'abc'[one]}" for one in codes)),
    ],
    ids=["the class's name", "numbers", "a number that was cut", "categories"],
)
def test_a_leak_of_three_classes_is_caught(eyes: Eyes, random: np.random.Generator, kind: str, column: Column) -> None:
    codes = random.choice(3, ROWS, p=[0.7, 0.2, 0.1])
    (leak,) = leaks(eyes, column(codes, random), texts("abc"[one] for one in codes), **THREE)
    assert leak.kind == kind
    assert 0.995 <= leak.strength <= 1


def test_a_class_that_nearly_all_rows_have_makes_no_leak(eyes: Eyes, random: np.random.Generator) -> None:
    codes = np.where(random.random(ROWS) < 0.996, 0, random.integers(1, 3, ROWS))
    assert (codes == 0).mean() > 0.995
    assert leaks(eyes, random.normal(size=ROWS), texts("abc"[one] for one in codes), **THREE) == []


NUMBER = {"task": "regression", "label": None}


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("equals-label", lambda y, random: y),
        ("equals-label", lambda y, random: -y),
        ("equals-label", lambda y, random: texts(repr(float(one)) for one in y)),
        ("near-perfect", lambda y, random: 3 * y + 2 + random.normal(0, 0.01, y.size)),
        ("near-perfect", lambda y, random: np.exp(y)),
        ("near-perfect", lambda y, random: np.where(random.random(y.size) < 0.5, np.nan, y)),
        ("near-perfect", lambda y, random: texts(f"about {one:.1f}" for one in y)),
    ],
    ids=["a copy", "negated", "as a text", "scaled", "another scale", "half of it", "rounded, as a text"],
)
def test_a_leak_of_a_number_is_caught(eyes: Eyes, random: np.random.Generator, kind: str, column: Column) -> None:
    y = random.normal(5, 1, ROWS)
    (leak,) = leaks(eyes, column(y, random), y, **NUMBER)
    assert leak.kind == kind
    assert 0.995 <= leak.strength <= 1


def test_two_outliers_in_one_row_make_no_leak(eyes: Eyes, random: np.random.Generator) -> None:
    y, column = random.normal(size=ROWS), random.normal(size=ROWS)
    y[7] = column[7] = 1e9
    assert np.corrcoef(y, column)[0, 1] > 0.999
    assert leaks(eyes, column, y, **NUMBER) == []
