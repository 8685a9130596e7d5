"""One metric's difference alone is what the whole evidence says, and its values without each cluster are the real ones."""

from typing import Any

import numpy as np
import pytest
from reign_trainer.evidence.measure import (
    METRICS,
    MeasureError,
    Parameters,
    difference_values,
    effective_rows,
    measure,
    measure_difference,
)
from reign_trainer.evidence.measure.standard_error import jackknife_error
from scipy import stats

from .holdout_rows import PARAMETERS, make
from .scikit_learn import reference


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_is_what_the_whole_evidence_says(task: str) -> None:
    rows = make(task, 4)
    found = measure(
        task, rows.labels, rows.challenger, rows.champion, rows.trivial, rows.clusters, rows.weights, 5,
        level=0.9, alpha=0.01, parameters=PARAMETERS,
    )  # fmt: skip
    for name, evidence in found.items():
        only = measure_difference(
            name, task, rows.labels, rows.challenger, rows.champion, rows.clusters, rows.weights, 5, 0.9, 0.01,
            PARAMETERS,
        )  # fmt: skip
        assert evidence.difference == only or METRICS[name].method == "bootstrap"
        assert only.standard_error == pytest.approx(evidence.difference.standard_error, rel=0.1)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("digits", [None, 1])
def test_each_value_is_the_difference_computed_anew_without_one_cluster(task: str, digits: int | None) -> None:
    rows = make(task, 6, digits=digits)
    for name in [name for name, metric in METRICS.items() if task in metric.tasks]:
        sign = 1 if METRICS[name].better == "higher" else -1
        found = difference_values(
            name, task, rows.labels, rows.challenger, rows.champion, rows.clusters, rows.weights, PARAMETERS
        )
        codes = np.unique(rows.clusters)
        assert found.deleted.shape == codes.shape
        for kept, value in [
            (np.ones(300, dtype=bool), found.estimate),
            *((rows.clusters != code, deleted) for code, deleted in zip(codes, found.deleted, strict=True)),
        ]:
            first, second = (
                reference(name, rows.labels[kept], scores[kept], rows.weights[kept])
                for scores in (rows.challenger, rows.champion)
            )
            assert value == pytest.approx(sign * (first - second), abs=1e-10), name


def test_bundles_left_out_of_very_many_clusters_give_about_the_same_error(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = make("binary", 2, n=4_000, clusters=5)
    arguments = ("pr_auc", "binary", rows.labels, rows.challenger, rows.champion, np.arange(4_000), None)
    bundled = difference_values(*arguments)
    monkeypatch.setattr("reign_trainer.evidence.measure.ranked.LEFT_OUT", 4_000)
    each = difference_values(*arguments)
    assert (bundled.deleted.size, each.deleted.size) == (500, 4_000)
    ours, theirs = (jackknife_error(values.estimate, values.deleted) for values in (bundled, each))
    assert ours == pytest.approx(theirs, rel=0.1)


def test_the_bounds_that_decide_are_one_sided_and_the_detectable_difference_is_shown_four_times_in_five() -> None:
    rows = make("regression", 2, n=400)
    rest = ("mae", "regression", rows.labels, rows.challenger, rows.champion, np.arange(400) % 20, None, 1)
    gain = np.abs(rows.champion - rows.labels) - np.abs(rows.challenger - rows.labels)
    by_cluster = gain.reshape(20, 20).mean(axis=0)
    for alpha in (0.001, 0.025, 0.1):
        found = measure_difference(*rest, 0.95, alpha)
        for side, bound in (("greater", found.deciding_low), ("less", found.deciding_high)):
            test = stats.ttest_1samp(by_cluster, 0, alternative=side).confidence_interval(1 - alpha)
            assert bound == pytest.approx(test.low if side == "greater" else test.high)
        t = stats.t(19)
        assert found.detectable == pytest.approx((t.ppf(1 - alpha) + t.ppf(0.8)) * found.standard_error)
        assert found.alpha == alpha
    two_sided = measure_difference(*rest)
    assert (two_sided.deciding_low, two_sided.deciding_high) == pytest.approx((two_sided.low, two_sided.high))


def test_the_detectable_difference_is_shown_about_four_times_in_five() -> None:
    rng = np.random.default_rng(0)
    clusters, shown, rounds = np.repeat(np.arange(14), 20), 0, 400
    gain = (stats.t(13).ppf(0.975) + stats.t(13).ppf(0.8)) * 0.5 / np.sqrt(14 * 20)
    for _ in range(rounds):
        labels = 10 + rng.normal(size=280)
        second = labels + 3
        first = second - gain - 0.5 * rng.normal(size=280)
        found = measure_difference("mae", "regression", labels, first, second, clusters, None, 1)
        shown += found.deciding_low > 0
    assert 0.75 <= shown / rounds <= 0.87


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_alone_is_the_challengers_own_value_and_the_anchor_is_compared_with_it(task: str) -> None:
    rows, other = make(task, 3), make(task, 4)
    rest = (rows.trivial, rows.clusters, rows.weights, 1)
    anchor = other.challenger
    found = measure(task, rows.labels, rows.challenger, None, *rest, anchor=anchor, parameters=PARAMETERS)
    instead = measure(task, rows.labels, rows.challenger, anchor, *rest, parameters=PARAMETERS)
    for name, evidence in found.items():
        assert evidence.alone.estimate == evidence.challenger
        assert evidence.alone.deciding_low < evidence.challenger < evidence.alone.deciding_high
        assert evidence.anchor_difference == instead[name].difference
        assert instead[name].anchor_difference is None
        assert evidence.champion is None
    values = found["roc_auc" if task == "binary" else "log_loss" if task == "multiclass" else "mae"]
    assert values.alone != values.lead


ROWS = make("binary", 1)
ARGUMENTS: dict[str, Any] = {
    "metric": "roc_auc", "task": "binary", "labels": ROWS.labels, "first": ROWS.challenger, "second": ROWS.champion,
    "clusters": ROWS.clusters, "weights": None, "seed": 1,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"metric": "gini"}, "gini is not a metric of the task binary"),
        ({"metric": "rmse"}, "rmse is not a metric of the task binary"),
        ({"metric": "approval_rate"}, "approval_rate cannot be measured without bad_rate"),
        (
            {"metric": "expected_cost", "parameters": Parameters(cutoff=0.5)},
            "without false_positive, false_negative",
        ),
        ({"second": ROWS.champion[:9]}, "second model have shape"),
        ({"first": ROWS.champion + 2}, r"first model are outside \[0, 1\]"),
        ({"alpha": 0.0}, "alpha"),
        ({"alpha": 0.5}, "alpha"),
        ({"labels": np.ones(300)}, "one class only"),
        ({"clusters": np.ones((300, 3), dtype=int)}, "one cluster code a row, or two"),
    ],
)
def test_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(MeasureError, match=message):
        measure_difference(**(ARGUMENTS | changed))


def test_effective_rows_are_all_rows_only_where_they_weigh_the_same() -> None:
    assert effective_rows(np.full(7, 3.5)) == pytest.approx(7)
    assert effective_rows([1, 0, 0]) == 1
    assert effective_rows([3, 1]) == pytest.approx(16 / 10)
    assert effective_rows([1e-300, 3e-300]) == pytest.approx(16 / 10)
    assert effective_rows([0, 0]) == 0
    assert effective_rows([]) == 0


def test_cluster_codes_far_apart_and_small_types_are_told_apart() -> None:
    far = measure_difference(**(ARGUMENTS | {"clusters": ROWS.clusters.astype(np.int64) * 10**15}))
    near = measure_difference(**ARGUMENTS)
    small = measure_difference(**(ARGUMENTS | {"clusters": (ROWS.clusters * 3 - 60).astype(np.int8)}))
    assert far == near == small
