"""Labels that are missing are counted, and a share that moves with time is told from one that does not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from reign_trainer.evidence.labels import label_evidence
from reign_trainer.evidence.labels.trend import persistence_of, trend
from scipy import stats

from .stored_rows import complete, selected, stored


def _evidence(days: np.ndarray, labels: np.ndarray, definition: Any = None, **columns: Any) -> Any:
    model = complete() if definition is None else definition
    return label_evidence(stored(days, labels, **columns), model, model.gate, days)


def _late_labels(rng: np.random.Generator, rise: float, days: int = 28, a_day: int = 300) -> tuple[np.ndarray, Any]:
    day = np.repeat(np.arange(days), a_day)
    mood = np.clip(rng.normal(0.05, 0.01, days), 0, 1)[day]
    missing = rng.random(day.size) < mood + rise * day / days
    return day, np.where(missing, np.nan, rng.integers(0, 2, day.size))


def test_counts_rows_without_label_by_day() -> None:
    days = np.array([0, 0, 0, 1, 1, 4])
    found = _evidence(days, np.array([1, 0, np.nan, 1, 1, np.nan]))
    assert (found.mature_rows, found.unlabelled) == (6, 2)
    assert found.unlabelled_share == pytest.approx(1 / 3)
    assert [(one.from_, one.rows, one.unlabelled, one.rate) for one in found.cohorts] == [
        ("2001-02-01T00:00:00Z", 3, 1, 0.5),
        ("2001-02-02T00:00:00Z", 2, 0, 1.0),
        ("2001-02-05T00:00:00Z", 1, 1, None),
    ]


def test_the_positive_class_is_the_one_that_the_definition_names() -> None:
    model = complete(label={"classes": [False, True], "positive": False})
    found = _evidence(np.array([0, 0, 0, 0]), np.array([0, 0, 0, 1.0]), model)
    assert found.cohorts[0].rate == 0.75


def test_a_regression_has_the_mean_label_and_several_classes_have_none() -> None:
    days, labels = np.array([0, 0, 1]), np.array([2, 1, np.nan])
    number = complete().model_copy(update={"task": "regression", "label": None})
    assert [one.rate for one in _evidence(days, labels, number).cohorts] == [1.5, None]
    several = complete().model_copy(update={"task": "multiclass"})
    assert [one.rate for one in _evidence(days, labels, several).cohorts] == [None, None]


@pytest.mark.parametrize(("days", "groups", "length"), [(60, 60, 1), (61, 31, 2), (365, 53, 7)])
def test_many_days_are_put_together(days: int, groups: int, length: int) -> None:
    day = np.repeat(np.arange(days), 3)
    found = _evidence(day, np.ones(day.size))
    assert len(found.cohorts) == groups
    assert found.cohorts[0].rows == 3 * length
    assert sum(one.rows for one in found.cohorts) == day.size
    first, second = (np.datetime64(one.from_[:-1]) for one in found.cohorts[:2])
    assert second - first == np.timedelta64(length, "D")


def test_the_trend_is_the_least_squares_line_with_its_days_left_out_one_by_one() -> None:
    day, labels = _late_labels(np.random.default_rng(0), 0.1)
    found = _evidence(day, labels).unlabelled_trend
    missing = np.isnan(labels).astype(float)
    slopes = [stats.linregress(day[day != left], missing[day != left]).slope for left in range(28)]
    slope = stats.linregress(day, missing).slope
    reach = stats.t(27).ppf(0.975) * np.sqrt(27 / 28 * np.sum((np.array(slopes) - slope) ** 2))
    assert found.estimate == pytest.approx(slope)
    assert (found.low, found.high) == pytest.approx((slope - reach, slope + reach))


def test_labels_that_come_later_and_later_are_noticed_and_a_steady_share_is_not() -> None:
    rng = np.random.default_rng(1)
    assert all(_evidence(*_late_labels(rng, 0.1)).trending for _ in range(20))
    assert sum(_evidence(*_late_labels(rng, 0.0)).trending for _ in range(40)) <= 5


def test_a_trend_that_is_certain_and_small_does_not_count() -> None:
    day = np.repeat(np.arange(20), 1000)
    missing = np.tile(np.arange(1000), 20) < day // 4
    found = _evidence(day, np.where(missing, np.nan, 1.0))
    assert found.unlabelled_trend.low > 0
    assert not found.trending
    model = complete()
    strict = model.gate.model_copy(update={"unlabelled": 0.001})
    assert label_evidence(stored(day, np.where(missing, np.nan, 1.0)), model, strict, day).trending


def test_a_rejected_row_is_not_expected_to_show_a_label() -> None:
    days = np.array([0, 0, 1, 1])
    labels = np.array([1, np.nan, np.nan, np.nan])
    found = _evidence(days, labels, selected(), accepted=pa.array([1.0, 0.0, 1.0, None]))
    assert (found.mature_rows, found.unlabelled, found.unlabelled_share) == (2, 1, 0.5)
    assert [(one.rows, one.unlabelled) for one in found.cohorts] == [(1, 0), (1, 1)]


@pytest.mark.parametrize(
    ("days", "labels"),
    [([], []), ([3], [np.nan]), ([0, 0, 0], [1, np.nan, 0]), ([0, 1], [np.nan, np.nan]), ([0, 9], [1, np.nan])],
)
def test_few_rows_have_no_trend_and_no_broken_number(days: list[int], labels: list[float]) -> None:
    found = _evidence(np.array(days, dtype=np.int64), np.array(labels, dtype=np.float64))
    assert not found.trending
    assert found.mature_rows == len(days)
    assert "NaN" not in found.model_dump_json() and "nfinity" not in found.model_dump_json()


def test_of_two_ways_to_cluster_the_less_certain_one_counts() -> None:
    rng = np.random.default_rng(3)
    day = np.repeat(np.arange(40), 50)
    shop = rng.integers(0, 8, day.size)
    values = rng.normal(size=day.size) + (rng.normal(size=8)[shop] * 0.1) * day
    both = trend(day.astype(float), values, np.column_stack([day, shop]))
    each = [trend(day.astype(float), values, way) for way in (day, shop)]
    assert both is not None
    assert both.high == max(one.high for one in each if one is not None)


def _moving_rate(rng: np.random.Generator, fall: float, days: int = 28, a_day: int = 300) -> tuple[np.ndarray, Any]:
    day = np.repeat(np.arange(days), a_day)
    mood = np.clip(rng.normal(0.3, 0.02, days), 0, 1)[day]
    return day, (rng.random(day.size) < mood - fall * day / days).astype(float)


def test_a_rate_that_falls_is_noticed_and_one_that_only_moves_by_the_day_is_not() -> None:
    rng = np.random.default_rng(4)
    falling = [_evidence(*_moving_rate(rng, 0.2)) for _ in range(10)]
    assert all(one.rate_trending and one.rate_trend.high < 0 for one in falling)
    assert sum(_evidence(*_moving_rate(rng, 0.0)).rate_trending for _ in range(40)) <= 1


def test_a_rate_whose_trend_is_certain_and_small_does_not_count() -> None:
    day = np.repeat(np.arange(20), 1000)
    labels = (np.tile(np.arange(1000), 20) < 300 + day // 4).astype(float)
    found = _evidence(day, labels)
    assert found.rate_trend.low > 0
    assert not found.rate_trending


def test_the_interval_of_the_rate_is_the_wider_one() -> None:
    day, labels = _moving_rate(np.random.default_rng(5), 0.05)
    found = _evidence(day, labels).rate_trend
    usual = trend(day.astype(float), labels, day)
    assert usual is not None
    assert usual.high is not None
    assert found.estimate == pytest.approx(usual.estimate)
    ratio = stats.t(27).ppf(0.9995) / stats.t(27).ppf(0.975)
    assert found.high - found.estimate == pytest.approx(ratio * (usual.high - usual.estimate))


def test_several_classes_have_no_rate_and_numbers_are_held_against_their_spread() -> None:
    day, labels = _moving_rate(np.random.default_rng(6), 0.1)
    several = complete().model_copy(update={"task": "multiclass"})
    assert _evidence(day, labels, several).rate_trend is None
    number = complete().model_copy(update={"task": "regression", "label": None})
    steep = 5 * labels + 0.5 * day
    assert _evidence(day, steep, number).rate_trending
    assert not _evidence(day, steep + np.random.default_rng(7).normal(0, 1000, day.size), number).rate_trending


def test_names_the_newest_event() -> None:
    assert _evidence(np.array([3, 4, 0]), np.array([1, np.nan, 0])).newest_event.startswith("2001-02-05T")
    assert _evidence(np.array([], dtype=np.int64), np.array([])).newest_event is None


def _moods(rng: np.random.Generator, persistence: float, days: int = 60, a_day: int = 200) -> tuple[np.ndarray, Any]:
    """A rate without a trend, of which one day takes after the other."""
    mood = np.empty(days)
    mood[0] = rng.normal()
    for at in range(1, days):
        mood[at] = persistence * mood[at - 1] + np.sqrt(1 - persistence**2) * rng.normal()
    day = np.repeat(np.arange(days), a_day)
    return day, (rng.random(day.size) < np.clip(0.2 + 0.05 * mood, 0, 1)[day]).astype(float)


def test_moods_that_last_are_no_trend() -> None:
    rng = np.random.default_rng(8)
    assert sum(_evidence(*_moods(rng, 0.8)).rate_trending for _ in range(60)) <= 4
    naive = 0
    for _ in range(60):
        day, labels = _moods(rng, 0.8)
        found = trend(day.astype(float), labels, day, 0.999)
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        naive += found.low > 0 or found.high < 0
    assert naive >= 8


def test_persistence_is_the_correlation_of_neighbouring_days_around_the_line() -> None:
    rng = np.random.default_rng(9)
    day, labels = _moods(rng, 0.7, days=400)
    assert persistence_of(day.astype(float), 3 * labels + 0.01 * day, day) == pytest.approx(0.55, abs=0.15)
    alone = rng.random(day.size)
    assert persistence_of(day.astype(float), alone, day) < 0.15
    assert persistence_of(np.arange(3.0), np.ones(3), np.arange(3)) == 0
    assert persistence_of(np.arange(9.0), np.arange(9.0), np.arange(9)) == 0


def test_selected_labels_have_no_rate_to_follow() -> None:
    day, labels = _moving_rate(np.random.default_rng(10), 0.2)
    assert _evidence(day, labels, selected(), accepted=pa.array(np.ones(day.size))).rate_trend is None


def test_one_day_is_no_cluster_beside_others() -> None:
    labels = np.array([1.0, np.nan] * 50)
    hours = np.arange(100) / 200
    shops = np.arange(100) % 10
    both = trend(hours, np.isnan(labels).astype(float), shops)
    assert both is not None
    assert both.low is not None
