"""Clusters in two ways: Cameron, Gelbach & Miller's variance, computed anew for each way."""

import numpy as np
import pytest
from reign_trainer.evidence.measure import METRICS, difference_values, measure, measure_difference
from reign_trainer.evidence.measure.standard_error import two_way_error
from scipy import stats

from .holdout_rows import PARAMETERS, make


def _both_ways(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    day, shop = rng.integers(0, 8, 400) * 3, rng.integers(-6, 7, 400)
    return day, shop, day * 100 + shop


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_the_variance_is_that_of_each_way_less_that_of_their_intersections(task: str) -> None:
    added = 0
    for seed in range(6):
        rows = make(task, seed, n=400, digits=2)
        day, shop, both = _both_ways(seed)
        one_way = [
            measure(
                task, rows.labels, rows.challenger, rows.champion, rows.trivial, codes, rows.weights, 1,
                parameters=PARAMETERS,
            )
            for codes in (day, shop, both)
        ]  # fmt: skip
        found = measure(
            task, rows.labels, rows.challenger, rows.champion, rows.trivial, np.column_stack([day, shop]), rows.weights,
            1, parameters=PARAMETERS,
        )  # fmt: skip
        for name, evidence in found.items():
            if METRICS[name].method == "bootstrap":
                continue
            for part in ("difference", "alone", "lead", "champion_lead"):
                a, b, ab = (getattr(way[name], part).standard_error ** 2 for way in one_way)
                interval = getattr(evidence, part)
                added += a + b - ab > max(a, b)
                assert interval.standard_error == pytest.approx(np.sqrt(max(a + b - ab, a, b)), rel=1e-9), name
                freedom = min(getattr(way[name], part).degrees_of_freedom for way in one_way)
                assert (interval.clusters, interval.degrees_of_freedom) == (8, freedom)
                reach = stats.t(freedom).ppf(0.975) * interval.standard_error
                assert interval.deciding_low == pytest.approx(interval.estimate - reach)
    assert added > 0


def test_bootstrapped_metrics_are_never_surer_than_by_one_way() -> None:
    rows = make("binary", 4, n=400)
    day, shop, _ = _both_ways(4)
    for name in ("ks", "approval_rate"):
        rest = (rows.weights, 1, 0.95, 0.025, PARAMETERS)
        models = (rows.labels, rows.challenger, rows.champion)
        two = measure_difference(name, "binary", *models, np.column_stack([day, shop]), *rest)
        assert two.standard_error >= measure_difference(name, "binary", *models, day, *rest).standard_error
        assert two.method == "bootstrap"


def test_never_more_certainty_than_one_way_alone() -> None:
    assert two_way_error(3, 4, 1) == pytest.approx(np.sqrt(24))
    assert two_way_error(3, 4, 4.9) == 4
    assert two_way_error(3, 4, 6) == 4
    assert two_way_error(3, None, 1) is None


def test_two_equal_ways_are_one() -> None:
    rows = make("binary", 2)
    models = ("binary", rows.labels, rows.challenger, rows.champion)
    for name in ("roc_auc", "pr_auc", "log_loss"):
        one = measure_difference(name, *models, rows.clusters, None, 1)
        two = measure_difference(name, *models, np.column_stack([rows.clusters, rows.clusters]), None, 1)
        assert two == one


def test_a_single_cluster_one_way_leaves_no_uncertainty() -> None:
    rows = make("binary", 2)
    clusters = np.column_stack([rows.clusters, np.zeros_like(rows.clusters)])
    found = measure_difference("roc_auc", "binary", rows.labels, rows.challenger, rows.champion, clusters, None, 1)
    assert (found.standard_error, found.deciding_low, found.detectable, found.clusters) == (None, None, None, 1)


def test_each_cluster_of_the_way_with_fewer_is_left_out() -> None:
    rows = make("binary", 2, n=400)
    day, shop, _ = _both_ways(2)
    models = ("roc_auc", "binary", rows.labels, rows.challenger, rows.champion)
    found = difference_values(*models, np.column_stack([shop, day]), None)
    alone = difference_values(*models, day, None)
    assert found.deleted.shape == (8,)
    assert np.array_equal(found.deleted, alone.deleted)


def test_shocks_of_both_kinds_are_covered_where_one_way_falls_short() -> None:
    rng = np.random.default_rng(1)
    day, shop = (codes.ravel() for codes in np.meshgrid(np.arange(20), np.arange(20)))
    covered = {"two ways": 0, "days": 0}
    for _ in range(150):
        shock = rng.normal(size=20)[day] + rng.normal(size=20)[shop]
        labels = rng.normal(size=400)
        first = labels + np.abs(3 + shock + rng.normal(size=400))
        second = labels + np.abs(3 + rng.normal(size=400))
        gain = np.mean(np.abs(second - labels)) - np.mean(np.abs(first - labels))
        for name, clusters in (("two ways", np.column_stack([day, shop])), ("days", day)):
            found = measure_difference("mae", "regression", labels, first, second, clusters, None, 1)
            assert found.estimate == pytest.approx(gain)
            covered[name] += found.low <= _EXPECTED_GAIN <= found.high
    assert covered["two ways"] >= 132
    assert covered["days"] < covered["two ways"] - 10


_EXPECTED_GAIN = float(stats.foldnorm(3).mean() - stats.foldnorm(3 / np.sqrt(3), scale=np.sqrt(3)).mean())
"""Of the mean absolute error of N(3, 1) over that of N(3, 3)."""
