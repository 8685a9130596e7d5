"""What holds for the evidence of every task and metric."""

import json
import resource

import numpy as np
import pytest
from reign_trainer.constants import BETTER
from reign_trainer.evidence.measure import METRICS, Parameters, measure
from reign_trainer.shapes import Interval, MetricEvidence

from .holdout_rows import PARAMETERS, make

TASKS = ["binary", "multiclass", "regression"]


def _negated(interval: Interval) -> Interval:
    return interval.model_copy(
        update={
            "estimate": -interval.estimate,
            "low": -interval.high,
            "high": -interval.low,
            "deciding_low": -interval.deciding_high,
            "deciding_high": -interval.deciding_low,
        }
    )


def _documents(found: dict[str, MetricEvidence]) -> list[str]:
    """Store the evidence as JSON, which refuses NaN and infinity."""
    return [json.dumps(one.model_dump(mode="json", by_alias=True), allow_nan=False) for one in found.values()]


def test_the_catalogue_is_the_one_of_the_schemas() -> None:
    assert {name: metric.better for name, metric in METRICS.items()} == BETTER


@pytest.mark.parametrize("task", TASKS)
def test_swapping_the_models_negates_the_difference(task: str) -> None:
    for seed in range(5):
        rows = make(task, seed, digits=2)
        rest = (rows.trivial, rows.clusters, rows.weights, 7)
        one = measure(task, rows.labels, rows.challenger, rows.champion, *rest, parameters=PARAMETERS)
        other = measure(task, rows.labels, rows.champion, rows.challenger, *rest, parameters=PARAMETERS)
        for name in one:
            assert other[name].difference == _negated(one[name].difference)
            assert (other[name].lead, other[name].champion_lead) == (one[name].champion_lead, one[name].lead)


@pytest.mark.parametrize("task", TASKS)
def test_positive_means_that_the_first_is_better(task: str) -> None:
    rows = make(task, 1, n=2000)
    truth = rows.labels.astype(float) if task != "multiclass" else np.eye(4)[rows.labels]
    better = 0.5 * truth + 0.5 * rows.champion
    found = measure(
        task, rows.labels, better, rows.champion, rows.trivial, rows.clusters, None, 1, parameters=PARAMETERS
    )
    for name, evidence in found.items():
        assert evidence.better == METRICS[name].better
        assert evidence.difference.low > 0
        assert evidence.lead.low > 0
        assert (evidence.challenger > evidence.champion) == (evidence.better == "higher")


@pytest.mark.parametrize("task", TASKS)
def test_identical_predictions_differ_by_exactly_nothing(task: str) -> None:
    rows = make(task, 1)
    same = rows.challenger.copy()
    found = measure(
        task, rows.labels, rows.challenger, same, rows.trivial, rows.clusters, rows.weights, 1, parameters=PARAMETERS
    )
    for evidence in found.values():
        interval = evidence.difference
        assert (interval.estimate, interval.standard_error, interval.low, interval.high) == (0, 0, 0, 0)
        assert evidence.lead == evidence.champion_lead


@pytest.mark.parametrize("task", TASKS)
def test_without_a_champion_only_the_leads_differ_not(task: str) -> None:
    rows = make(task, 1)
    rest = (rows.trivial, rows.clusters, rows.weights, 3)
    alone = measure(task, rows.labels, rows.challenger, None, *rest)
    both = measure(task, rows.labels, rows.challenger, rows.champion, *rest)
    for name, evidence in alone.items():
        assert (evidence.champion, evidence.difference, evidence.champion_lead) == (None, None, None)
        assert evidence.lead == both[name].lead
    _documents(alone)


@pytest.mark.parametrize("task", TASKS)
def test_the_same_arguments_give_the_same_bits(task: str) -> None:
    rows = make(task, 1)
    rest = (rows.challenger, rows.champion, rows.trivial, rows.clusters, rows.weights)
    assert _documents(measure(task, rows.labels, *rest, 3)) == _documents(measure(task, rows.labels, *rest, 3))
    if task == "binary":
        assert measure(task, rows.labels, *rest, 3)["ks"] != measure(task, rows.labels, *rest, 4)["ks"]


@pytest.mark.parametrize("task", TASKS)
def test_order_of_rows_names_of_clusters_and_scale_of_weights_do_not_matter(task: str) -> None:
    rows = make(task, 1, n=3000, digits=2)
    found = measure(task, rows.labels, rows.challenger, rows.champion, rows.trivial, rows.clusters, rows.weights, 3)
    order = np.random.default_rng(0).permutation(3000)
    moved = measure(
        task, rows.labels[order], rows.challenger[order], rows.champion[order], rows.trivial,
        rows.clusters[order] * 3 + 11_000, rows.weights[order] * 1e9, 3,
    )  # fmt: skip
    for name in found:
        for field in ("estimate", "standard_error", "low", "high"):
            ours, theirs = getattr(found[name].difference, field), getattr(moved[name].difference, field)
            assert ours == pytest.approx(theirs, rel=1e-7, abs=1e-12)


@pytest.mark.parametrize("task", TASKS)
def test_a_row_of_weight_zero_is_as_good_as_absent(task: str) -> None:
    rows = make(task, 2)
    weights = np.where(rows.clusters == rows.clusters[0], 0, rows.weights)
    there = weights > 0
    zeroed = measure(task, rows.labels, rows.challenger, rows.champion, rows.trivial, rows.clusters, weights, 1)
    absent = measure(
        task, rows.labels[there], rows.challenger[there], rows.champion[there], rows.trivial, rows.clusters[there],
        weights[there], 1,
    )  # fmt: skip
    assert zeroed == absent


@pytest.mark.parametrize("task", TASKS)
def test_whole_weights_count_rows_several_times(task: str) -> None:
    rows = make(task, 2)
    times = np.random.default_rng(3).integers(1, 4, rows.labels.size)
    weighted = measure(task, rows.labels, rows.challenger, rows.champion, rows.trivial, rows.clusters, times, 1)
    repeated = measure(
        task, np.repeat(rows.labels, times), np.repeat(rows.challenger, times, axis=0),
        np.repeat(rows.champion, times, axis=0), rows.trivial, np.repeat(rows.clusters, times), None, 1,
    )  # fmt: skip
    for name in weighted:
        ours, theirs = weighted[name].difference, repeated[name].difference
        assert ours.estimate == pytest.approx(theirs.estimate, abs=1e-12)
        assert ours.standard_error == pytest.approx(theirs.standard_error, rel=1e-8)


@pytest.mark.parametrize("task", TASKS)
def test_one_cluster_gives_an_estimate_without_uncertainty(task: str) -> None:
    rows = make(task, 1, n=50)
    found = measure(task, rows.labels, rows.challenger, rows.champion, rows.trivial, np.full(50, 9), None, 1)
    for evidence in found.values():
        interval = evidence.difference
        assert np.isfinite(interval.estimate)
        assert (interval.standard_error, interval.low, interval.high) == (None, None, None)
        assert (interval.clusters, interval.degrees_of_freedom) == (1, 0)
    _documents(found)


def test_a_class_that_lives_in_one_cluster_leaves_nothing_to_tell_by() -> None:
    clusters = np.repeat(np.arange(5), 10)
    labels = ((clusters == 0) & (np.arange(50) % 2 == 0)).astype(int)
    scores = np.random.default_rng(0).random((2, 50))
    found = measure("binary", labels, *scores, [0.9, 0.1], clusters, None, 1)
    for name in ("roc_auc", "pr_auc", "ks", "log_loss", "brier"):
        assert found[name].difference.standard_error is None
        assert found[name].difference.degrees_of_freedom == 0
    _documents(found)


def test_labels_that_are_constant_without_one_cluster_leave_r2_without_uncertainty() -> None:
    clusters = np.repeat(np.arange(5), 10)
    labels = np.where(clusters == 0, np.arange(50) / 7, 3.3)
    scores = np.random.default_rng(0).random((2, 50))
    found = measure("regression", labels, *scores, 2.0, clusters, None, 1)
    assert found["r2"].difference.standard_error is None
    assert found["rmse"].difference.standard_error > 0
    _documents(found)


def test_a_wider_level_gives_a_wider_interval() -> None:
    rows = make("binary", 1)
    arguments = ("binary", rows.labels, rows.challenger, rows.champion, rows.trivial, rows.clusters, None, 1)
    narrow, wide = measure(*arguments, level=0.8), measure(*arguments, level=0.99)
    for name in narrow:
        assert wide[name].difference.low < narrow[name].difference.low
        assert wide[name].difference.level == 0.99
        assert wide[name].difference.standard_error == narrow[name].difference.standard_error


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(42)
    days, per_day, rounds = 12, 40, 200
    day = np.repeat(np.arange(days), per_day)
    covered = dict.fromkeys([name for name, metric in METRICS.items() if "binary" in metric.tasks], 0)
    for seed in range(rounds):
        signal = rng.normal(size=day.size) + 0.5 * rng.normal(size=days)[day]
        labels = (rng.random(day.size) < 1 / (1 + np.exp(-signal))).astype(int)
        # Two draws of one way to err: neither is better in truth, and whole days err together.
        models = [
            1 / (1 + np.exp(-(signal + rng.normal(size=day.size) + 0.5 * rng.normal(size=days)[day]))) for _ in "12"
        ]
        for name, evidence in measure(
            "binary", labels, *models, [0.5, 0.5], day, None, seed, parameters=PARAMETERS
        ).items():
            covered[name] += evidence.difference.low <= 0 <= evidence.difference.high
    for name, count in covered.items():
        assert 0.91 <= count / rounds <= 0.99, name


def test_half_a_million_rows_take_little_memory() -> None:
    rng = np.random.default_rng(0)
    n = 500_000
    signal = rng.normal(size=n)
    labels = (rng.random(n) < 1 / (1 + np.exp(2 - signal))).astype(int)
    models = [1 / (1 + np.exp(1.5 - signal + rng.normal(size=n))) for _ in "123"]
    days = np.sort(rng.integers(0, 14, n))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    amounts = Parameters(cutoff=0.3, false_positive=1, false_negative=rng.random(n), bad_rate=0.1)
    measure("binary", labels, *models[:2], [0.8, 0.2], days, None, 1, anchor=models[2], parameters=amounts)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000  # kilobytes
