"""Sizes of a shift, against closed forms and brute force."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from reign_trainer.evidence.observe.out_of_fold import auc, encoded_auc, majority_accuracy, squared_correlation
from reign_trainer.evidence.observe.sizes import sizes, stability_index
from reign_trainer.evidence.observe.view import View, equal_parts, number_view, text_view
from scipy.stats import ks_2samp
from sklearn.metrics import roc_auc_score


def measured(view: View) -> tuple[float, float | None, float]:
    found = sizes(view, np.random.default_rng(0))
    assert found.psi is not None and found.auc is not None
    return found.psi, found.ks, found.auc


def texts(values: list[str | None]) -> pa.Array:
    return pa.array(values, type=pa.string())


def test_the_index_of_two_categories_is_its_closed_form() -> None:
    train, holdout = texts(["a"] * 600 + ["b"] * 400), texts(["a"] * 300 + ["b"] * 700)
    p, q = np.array([600.5, 400.5]) / 1001, np.array([300.5, 700.5]) / 1001
    assert stability_index(text_view(train, holdout)) == pytest.approx(
        float(np.sum((p - q) * np.log(p / q))), abs=1e-12
    )


def test_the_index_of_numbers_takes_deciles_of_training(random: np.random.Generator) -> None:
    train, holdout = random.normal(size=2000), random.normal(0.5, 1.5, size=1500)
    inner = np.quantile(train, np.arange(1, 10) / 10, method="inverted_cdf")
    counts = [np.bincount(np.searchsorted(inner, values, side="left"), minlength=10) for values in (train, holdout)]
    p, q = ((rows + 0.5) / (rows + 0.5).sum() for rows in counts)
    found = stability_index(number_view(train, holdout))
    assert found == pytest.approx(float(np.sum((p - q) * np.log(p / q))), abs=1e-12)


@pytest.mark.parametrize(
    ("train", "holdout"),
    [
        (np.full(500, 5.0), np.full(500, 3.0)),
        (np.r_[np.zeros(50), np.ones(950)], np.ones(1000)),
        (np.r_[np.zeros(900), np.linspace(-9, -1, 100)], np.zeros(1000)),
        (np.ones(500), np.full(500, np.nan)),
        (np.linspace(0, 1, 500), np.full(500, np.inf)),
        (np.full(500, np.nan), np.linspace(0, 1, 500)),
    ],
    ids=["another constant", "zeros vanish", "what lay below a tie vanishes", "all missing", "infinite", "all there"],
)
def test_mass_that_moves_is_seen_and_stays_finite(train: np.ndarray, holdout: np.ndarray) -> None:
    psi, ks, area = measured(number_view(train, holdout))
    moved = 0.05 if np.mean(train == holdout[0]) > 0.5 else 1.0
    assert 0.05 < psi < 20
    assert ks is not None and ks >= moved - 1e-9
    assert area > (0.51 if moved < 1 else 0.99)


@pytest.mark.parametrize("decimals", [0, 1, 12], ids=["many ties", "ties", "no ties"])
def test_the_distance_is_that_of_scipy(random: np.random.Generator, decimals: int) -> None:
    train, holdout = random.normal(size=700).round(decimals), random.normal(0.3, 2, size=400).round(decimals)
    found = sizes(number_view(train, holdout), random).ks
    assert found == pytest.approx(ks_2samp(train, holdout, method="asymp").statistic, abs=1e-12)


def test_missing_values_are_a_value_of_their_own() -> None:
    train = np.r_[np.full(100, np.nan), np.linspace(0, 1, 900)]
    holdout = np.r_[np.full(500, np.nan), np.linspace(0, 1, 500)]
    psi, ks, area = measured(number_view(train, holdout))
    assert psi > 0.5
    assert ks == pytest.approx(0.4, abs=0.01)
    assert area > 0.65
    as_text = [texts([None if np.isnan(value) else "there" for value in values]) for values in (train, holdout)]
    assert measured(text_view(*as_text))[0] == pytest.approx(0.4 * np.log(0.5 / 0.1 * 0.9 / 0.5), abs=0.01)


def test_a_spread_without_a_shift_of_the_middle_is_told_apart(random: np.random.Generator) -> None:
    _, _, area = measured(number_view(random.normal(size=4000), random.normal(0, 3, size=4000)))
    assert area > 0.7


def test_a_text_of_ids_is_not_told_apart() -> None:
    view = text_view(texts([f"a{at}" for at in range(3000)]), texts([f"b{at}" for at in range(3000)]))
    psi, ks, area = measured(view)
    assert (psi, ks, area) == (pytest.approx(0, abs=1e-9), None, 0.5)


def test_without_a_shift_sizes_are_small(random: np.random.Generator) -> None:
    psi, ks, area = measured(number_view(random.normal(size=20_000), random.normal(size=20_000)))
    assert psi < 0.01
    assert ks is not None and ks < 0.02
    assert area == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("empty", ["train", "holdout", "both"])
def test_a_window_without_rows_has_no_sizes(empty: str) -> None:
    train = np.zeros(0 if empty in ("train", "both") else 10)
    holdout = np.zeros(0 if empty in ("holdout", "both") else 10)
    found = sizes(number_view(train, holdout), np.random.default_rng(0))
    assert (found.psi, found.ks, found.auc) == (None, None, None)


def test_the_area_is_that_of_scikit_learn(random: np.random.Generator) -> None:
    scores = random.integers(0, 20, size=300).astype(float)
    target = random.random(300) < 0.3
    assert auc(scores, target, ~target) == pytest.approx(roc_auc_score(target, scores), abs=1e-12)
    assert auc(scores[target], target[target], ~target[target]) is None


def test_out_of_fold_areas_by_brute_force(random: np.random.Generator) -> None:
    levels, halves = random.integers(0, 40, size=400), random.integers(0, 2, size=400)
    target = random.random(400) < levels / 60
    areas = []
    for half in (0, 1):
        there = halves != half
        overall = target[there].mean()
        mean = [
            (target[there & (levels == level)].sum() + 10 * overall) / (np.sum(there & (levels == level)) + 10)
            for level in levels[halves == half]
        ]
        areas.append(roc_auc_score(target[halves == half], np.round(mean, 12)))
    assert encoded_auc(levels, target, halves, 10) == pytest.approx(np.mean(areas), abs=1e-9)


def test_majority_by_brute_force(random: np.random.Generator) -> None:
    levels, halves, target = (random.integers(0, most, size=600) for most in (15, 2, 3))
    target = np.where(random.random(600) < 0.8, levels % 3, target)
    right = np.zeros(600, dtype=bool)
    for at in range(600):
        there = (halves != halves[at]) & (levels == levels[at])
        right[at] = np.bincount(target[there], minlength=3).argmax() == target[at]
    worst = min(right.mean(), np.mean([right[target == one].mean() for one in range(3)]))
    assert majority_accuracy(levels, target, halves, 10) == pytest.approx(worst)


def test_squared_correlations() -> None:
    first, second = np.array([1.0, 2, 4, 7]), np.array([3.0, 1, 5, 2])
    assert squared_correlation(first, second) == pytest.approx(np.corrcoef(first, second)[0, 1] ** 2)
    assert squared_correlation(first, -2 * first) == 1
    assert squared_correlation(first, np.ones(4)) is None
    assert squared_correlation(np.array([1e300, -1e300, 1]), np.array([1.0, 2, 3])) is None


def test_equal_parts_keep_order_and_ties() -> None:
    counts = np.array([7, 10, 10, 60, 10, 10])
    parts = equal_parts(counts, 10)
    assert parts[0] == 0
    assert (np.diff(parts) >= 0).all()
    assert parts.max() <= 10
    assert (equal_parts(np.array([5]), 4) == 0).all()
