"""Slices that the policy declares: which are measured, what is said of the others, and who is to blame."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from reign_trainer.evidence.measure import measure_difference
from reign_trainer.evidence.slices import declared_slices
from reign_trainer.evidence.slices.declared import SLICES
from scipy import stats

from .comparisons import by, comparison, gate, noisy


def test_nothing_without_champion_or_slices() -> None:
    compared = noisy(np.random.default_rng(0), 500, 10, {"a": ["x"] * 500})
    assert declared_slices(compared, gate()) == []
    assert declared_slices(dataclasses.replace(compared, champion=None), gate(by("a"))) == []


def test_slices_keep_the_order_margin_and_protection_of_the_policy() -> None:
    rng = np.random.default_rng(1)
    parts = {"b": np.array(["x", "y"])[rng.integers(0, 2, 3000)], "a": rng.integers(0, 2, 3000)}
    found = declared_slices(
        noisy(rng, 3000, 10, parts),
        gate(by("b", 0.1, protected=True), by("a", 0.2, "brier"), by("b", 0.3, "log_loss")),
    )
    assert [(s.where[0].column, s.metric, s.margin, s.protected) for s in found] == [
        ("b", "roc_auc", 0.1, True),
        ("b", "roc_auc", 0.1, True),
        ("a", "brier", 0.2, False),
        ("a", "brier", 0.2, False),
        ("b", "log_loss", 0.3, False),
        ("b", "log_loss", 0.3, False),
    ]
    assert {s.where[0].value for s in found[2:4]} == {"0", "1"}
    assert sum(s.rows for s in found[:2]) == 3000


def test_the_bounds_are_holms_over_all_columns() -> None:
    rng = np.random.default_rng(2)
    parts = {name: rng.integers(0, 4, 8000) for name in ("a", "b")} | {"c": rng.integers(0, 400, 8000).astype(str)}
    spoiled = (parts["a"] == 2) | (parts["b"] == 1)
    found = declared_slices(
        noisy(rng, 8000, 20, parts, spoiled=spoiled), gate(by("a", 0.01), by("b", 0.03, "brier"), by("c"))
    )
    shown = [s for s in found if s.difference is not None]
    assert len(shown) >= 8
    p = [
        stats.t.cdf((s.difference.estimate + s.margin) / s.difference.standard_error, s.difference.degrees_of_freedom)
        for s in shown
    ]
    lost = set()
    for step, at in enumerate(np.argsort(p, kind="stable")):
        if p[at] >= 0.025 / (len(shown) - step):
            break
        lost.add(int(at))
    assert {at for at, s in enumerate(shown) if s.holm_high < -s.margin} == lost
    assert ("a", "2") in {(shown[at].where[0].column, shown[at].where[0].value) for at in lost}
    assert all(s.holm_high is None and s.unmeasured is not None for s in found if s.difference is None)


@pytest.mark.parametrize("primary", ["roc_auc", "log_loss", "ks"])
def test_slices_that_cannot_be_measured_say_why(primary: str) -> None:
    n = 2000
    rng = np.random.default_rng(3)
    day = rng.integers(0, 10, n)
    labels = rng.random(n) < 0.4
    part = np.full(n, "fine", dtype=object)
    part[:29] = "29 rows"
    part[100:200], labels[100:200] = "negative only", False
    part[200:300], labels[200:300], labels[200:203] = "three positives", False, True
    part[300:400], day[300:400] = "one day", 4
    part[400:500], labels[400:500], labels[400:440], day[400:440] = "positives of one day", False, True, 4
    part[500:600] = None
    scores = rng.random(n), rng.random(n)
    compared = comparison(labels, *scores, day, {"part": part.tolist()}, primary=primary)
    found = {s.where[0].value: s for s in declared_slices(compared, gate(by("part")))}

    assert found["29 rows"].unmeasured.startswith("too few rows: 29")
    assert found["29 rows"].rows == 29
    assert found["negative only"].unmeasured == "one class only"
    assert found["three positives"].unmeasured.startswith("too few rows of a class: 3")
    assert found["one day"].unmeasured == "too few clusters: 1, at least 7 are needed"
    assert found["one day"].clusters == 1
    for value in ("29 rows", "negative only", "three positives", "one day"):
        assert found[value].difference is found[value].challenger is found[value].holm_high is None
    for value in ("fine", None):
        assert found[value].unmeasured is None
        assert found[value].holm_high is not None
    if primary != "log_loss":
        assert "one cluster" in found["positives of one day"].unmeasured
        assert found["positives of one day"].difference is None


def test_columns_that_are_not_there_or_hold_no_values() -> None:
    rng = np.random.default_rng(4)
    parts = {"list": [[1]] * 500, "fine": ["x"] * 500, "empty": [None] * 500}
    gone, lists, fine, empty = declared_slices(
        noisy(rng, 500, 10, parts), gate(*(by(name) for name in ("gone", "list", "fine", "empty")))
    )
    assert "no column" in gone.unmeasured
    assert "type" in lists.unmeasured
    assert gone.rows == lists.rows == 0
    assert fine.difference.estimate == empty.difference.estimate
    assert empty.where[0].value is None


def test_metrics_of_another_task_or_without_parameters() -> None:
    compared = noisy(np.random.default_rng(5), 500, 10, {"a": ["x"] * 500})
    wrong, costs, rate = declared_slices(
        compared, gate(by("a", 0, "rmse"), by("a", 0, "expected_cost"), by("a", 0, "approval_rate"))
    )
    assert "rmse" in wrong.unmeasured
    assert "cutoff" in costs.unmeasured
    assert "bad rate" in rate.unmeasured
    unknown = gate(
        by("a", 0, "expected_cost"),
        cutoff={"score": 0.5, "accept": "below"},
        cost={"falsePositive": "gone", "falseNegative": 1, "truePositive": 0, "trueNegative": 0},
    )
    assert "false positive" in declared_slices(compared, unknown)[0].unmeasured


def test_odd_scores_do_not_raise() -> None:
    rng = np.random.default_rng(6)
    compared = noisy(rng, 1000, 10, {"a": rng.integers(0, 2, 1000)})
    constant = dataclasses.replace(compared, challenger=np.full(1000, 0.3), champion=np.full(1000, 0.7))
    for metric in ("roc_auc", "ks", "pr_auc", "log_loss", "brier"):
        for slice_ in declared_slices(constant, gate(by("a", 0, metric))):
            assert slice_.unmeasured is None
            if metric == "roc_auc":
                assert (slice_.challenger, slice_.difference.estimate, slice_.holm_high) == (0.5, 0, 0)
    broken = dataclasses.replace(compared, challenger=np.where(np.arange(1000) == 3, np.nan, compared.challenger))
    assert declared_slices(broken, gate(by("a"))) == []


def test_a_regression_slice_whose_labels_are_all_equal() -> None:
    rng = np.random.default_rng(7)
    zero = np.arange(1000) % 2 == 0
    labels = np.where(zero, 0.0, rng.normal(size=1000))
    compared = comparison(
        labels,
        labels + rng.normal(1, 1, 1000),
        labels + rng.normal(0, 1, 1000),
        rng.integers(0, 10, 1000),
        {"zero": zero},
        task="regression",
        primary="rmse",
    )
    by_rmse = {s.where[0].value: s for s in declared_slices(compared, gate(by("zero")))}
    assert by_rmse["true"].holm_high < 0  # the challenger loses, and that is told
    by_r2 = {s.where[0].value: s for s in declared_slices(compared, gate(by("zero", 0, "r2")))}
    assert "not defined" in by_r2["true"].unmeasured
    assert by_r2["false"].difference is not None


def test_r2_of_labels_far_from_zero_and_from_each_other() -> None:
    rng = np.random.default_rng(11)
    far = np.arange(1000) % 2 == 0
    labels = np.where(far, 1e9, -1e9) + rng.normal(size=1000)
    errors, clusters = rng.normal(size=(2, 1000)), rng.integers(0, 10, 1000)
    compared = comparison(
        labels, labels + errors[0], labels + errors[1], clusters, {"far": far}, task="regression", primary="r2"
    )
    for slice_ in declared_slices(compared, gate(by("far"))):
        inside = far == (slice_.where[0].value == "true")
        expected = measure_difference(
            "r2",
            "regression",
            labels[inside],
            compared.challenger[inside],
            compared.champion[inside],
            clusters[inside],
            None,
            7,
        )
        assert slice_.difference.estimate == pytest.approx(expected.estimate, rel=1e-9)
        assert slice_.difference.standard_error == pytest.approx(expected.standard_error, rel=1e-9)


def test_many_columns_stay_small_enough() -> None:
    rng = np.random.default_rng(8)
    parts = {f"c{at}": rng.integers(0, 45, 3000).astype(str) for at in range(20)}
    found = declared_slices(noisy(rng, 3000, 10, parts), gate(*(by(name) for name in parts)))
    assert 20 * 10 <= len(found) <= SLICES
    assert len({s.where[0].column for s in found}) == 20
    assert sum(s.rows for s in found) == 20 * 3000


def test_the_same_inputs_give_the_same_bytes() -> None:
    def once() -> list[str]:
        rng = np.random.default_rng(9)
        parts = {"a": rng.integers(0, 5, 4000), "t": rng.normal(size=4000)}
        found = declared_slices(noisy(rng, 4000, 10, parts), gate(by("a"), by("t", 0, "ks")))
        return [slice_.model_dump_json() for slice_ in found]

    assert once() == once()


def test_intervals_of_slices_cover() -> None:
    # Both models are equally good in every slice: the true difference is zero.
    rng = np.random.default_rng(10)
    covered = measured = 0
    for _ in range(300):
        parts = {"a": rng.integers(0, 4, 2400)}
        for slice_ in declared_slices(noisy(rng, 2400, 14, parts, shock=1.0), gate(by("a"))):
            covered += slice_.difference.low <= 0 <= slice_.difference.high
            measured += 1
    assert measured == 1200
    assert 0.93 <= covered / measured <= 0.975
