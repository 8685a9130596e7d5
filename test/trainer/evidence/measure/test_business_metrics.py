"""Expected cost, approval rate and pinball against counting by hand; what they need, and what is refused."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from reign_trainer.evidence.measure import MeasureError, Parameters, measure, measure_difference, ranked

from .holdout_rows import PARAMETERS, make
from .scikit_learn import approval_rate

DAYS = np.repeat(np.arange(4), 3)
LABELS = np.array([0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1])
SCORES = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.4, 0.2, 0.9, 0.1, 0.4])


def _measured(parameters: Parameters, weights: np.ndarray | None = None, scores: np.ndarray = SCORES) -> Any:
    return measure("binary", LABELS, scores, None, [0.6, 0.4], DAYS, weights, 1, parameters=parameters)


def test_a_metric_without_its_parameters_is_not_measured() -> None:
    assert list(_measured(Parameters())) == ["roc_auc", "pr_auc", "log_loss", "brier", "ks"]
    assert "expected_cost" not in _measured(Parameters(cutoff=0.5, false_positive=1))
    assert "expected_cost" not in _measured(Parameters(false_negative=2, false_positive=1))
    assert list(_measured(PARAMETERS)) == [
        "roc_auc", "pr_auc", "log_loss", "brier", "ks", "expected_cost", "approval_rate"
    ]  # fmt: skip
    rows = make("regression", 1)
    found = measure("regression", rows.labels, rows.challenger, None, 5.0, rows.clusters, None, 1)
    assert list(found) == ["rmse", "mae", "r2"]


def test_each_row_costs_its_own_amount_and_a_score_at_the_cut_off_is_flagged() -> None:
    rng = np.random.default_rng(0)
    amounts = {name: rng.random(12) for name in ("false_positive", "false_negative", "true_positive", "true_negative")}
    weights = rng.random(12)
    expected = 0.0
    for row in range(12):
        flagged = SCORES[row] >= 0.4
        kind = ("true_" if flagged == LABELS[row] else "false_") + ("positive" if flagged else "negative")
        expected += weights[row] * amounts[kind][row]
    found = _measured(Parameters(cutoff=0.4, **amounts), weights)["expected_cost"]
    assert found.challenger == pytest.approx(expected / weights.sum())
    assert found.better == "lower"
    assert found.alone.estimate == found.challenger


def test_amounts_that_cannot_come_due_may_be_missing() -> None:
    lost = np.where(LABELS == 1, 3.0, np.nan)
    found = _measured(Parameters(cutoff=0.4, false_positive=1, false_negative=lost))["expected_cost"]
    same = _measured(Parameters(cutoff=0.4, false_positive=1, false_negative=3))["expected_cost"]
    assert found == same
    lost[1] = np.nan
    with pytest.raises(MeasureError, match="false negative are missing, NaN or infinite in 1 of 5 rows"):
        _measured(Parameters(cutoff=0.4, false_positive=1, false_negative=lost))


def test_amounts_follow_their_rows_where_some_weigh_nothing() -> None:
    amounts, weights = np.arange(12.0), np.array([1, 0, 2, 1, 0, 1, 1, 1, 3, 1, 1, 1.0])
    there = weights > 0
    found = _measured(Parameters(cutoff=0.4, false_positive=amounts, false_negative=amounts), weights)
    kept = measure(
        "binary", LABELS[there], SCORES[there], None, [0.6, 0.4], DAYS[there], weights[there], 1,
        parameters=Parameters(cutoff=0.4, false_positive=amounts[there], false_negative=amounts[there]),
    )  # fmt: skip
    assert found["expected_cost"] == kept["expected_cost"]


@pytest.mark.parametrize("bad_rate", [0.05, 0.1, 0.2, 0.25, 1 / 3, 0.4, 0.6])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_approval_rate_is_the_best_of_all_thresholds(bad_rate: float, weighted: bool) -> None:
    rng = np.random.default_rng(1)
    for _ in range(60):
        n = int(rng.integers(5, 60))
        labels, scores = rng.integers(0, 2, n), rng.integers(0, 12, n) / 12
        weights = rng.integers(1, 5, n).astype(float) if weighted else np.ones(n)
        if labels.min() == labels.max():
            continue
        found = measure(
            "binary", labels, scores, None, [0.5, 0.5], rng.integers(0, 3, n), weights, 1,
            parameters=Parameters(bad_rate=bad_rate),
        )["approval_rate"]  # fmt: skip
        assert found.challenger == pytest.approx(approval_rate(labels, scores, weights, bad_rate), abs=1e-12)


def test_all_or_none_can_be_accepted_of_equal_scores() -> None:
    even = np.full(12, 0.4)
    share = LABELS.mean()
    for bad_rate, accepted in ((share, 1), (share - 0.01, 0)):
        found = _measured(Parameters(bad_rate=bad_rate), scores=even)["approval_rate"]
        assert (found.challenger, found.trivial, found.lead.estimate) == (accepted, accepted, 0)
        assert found.lead.standard_error == 0


def test_equal_bad_rates_are_kept_in_spite_of_rounding() -> None:
    labels = np.array([1] + [0] * 9 + [1, 1])
    scores = np.arange(12) / 12
    found = measure(
        "binary", labels, scores, None, [0.5, 0.5], DAYS, None, 1, parameters=Parameters(bad_rate=0.1)
    )  # fmt: skip
    assert found["approval_rate"].challenger == pytest.approx(10 / 12)


def test_the_bootstrap_of_the_approval_rate_equals_recomputation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reign_trainer.evidence.measure.ranked.RESAMPLES", 60)
    for digits in (None, 1):
        rows = make("binary", 3, clusters=6, digits=digits)
        found = measure_difference(
            "approval_rate", "binary", rows.labels, rows.challenger, rows.champion, rows.clusters, rows.weights, 9,
            parameters=PARAMETERS,
        )  # fmt: skip
        codes, dense = np.unique(rows.clusters, return_inverse=True)
        times = ranked._multiplicities(np.random.Generator(np.random.PCG64(9)), codes.size)
        drawn = []
        for column in times.T:
            w = rows.weights * column[dense]
            there = w > 0
            one, other = (
                approval_rate(rows.labels[there], scores[there], w[there], 0.2)
                for scores in (rows.challenger, rows.champion)
            )
            drawn.append(one - other)
        assert found.standard_error == pytest.approx(np.std(drawn, ddof=1) * np.sqrt(6 / 5), rel=1e-9)


def test_binning_moves_the_error_of_the_approval_rate_by_less_than_two_percent(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = make("binary", 21, n=15_000, clusters=14)
    arguments = ("approval_rate", "binary", rows.labels, rows.challenger, rows.champion, rows.clusters, None, 5)
    monkeypatch.setattr("reign_trainer.evidence.measure.ranked.BINS", 2_048)
    binned = measure_difference(*arguments, parameters=PARAMETERS)
    monkeypatch.setattr("reign_trainer.evidence.measure.ranked.BINS", 100_000)
    exact = measure_difference(*arguments, parameters=PARAMETERS)
    assert binned.estimate == exact.estimate
    assert binned.standard_error == pytest.approx(exact.standard_error, rel=0.02)


def test_the_quantile_itself_has_the_smallest_pinball_loss() -> None:
    rows = make("regression", 2)
    constants = [np.full(300, value) for value in np.quantile(rows.labels, [0.5, 0.7, 0.9])]
    losses = [
        measure("regression", rows.labels, s, None, 5.0, rows.clusters, None, 1, parameters=PARAMETERS)["pinball"]
        for s in constants
    ]
    assert losses[1].challenger < min(losses[0].challenger, losses[2].challenger)


REFUSED = [
    ({"cutoff": np.nan}, "cut-off is not a finite number"),
    ({"bad_rate": 0.0}, "bad rate must lie between 0 and 1"),
    ({"bad_rate": np.nan}, "bad rate must lie between 0 and 1"),
    ({"false_positive": np.ones(5)}, r"false positive have shape \(5,\)"),
    ({"false_negative": np.full(12, "1")}, "false negative have type"),
    ({"true_positive": np.inf}, "true positive are missing, NaN or infinite in 5 of 5 rows"),
]


@pytest.mark.parametrize(("changed", "message"), REFUSED)
def test_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(MeasureError, match=message):
        _measured(dataclasses.replace(PARAMETERS, **changed))
    _measured(PARAMETERS)


def test_a_quantile_out_of_range_is_refused() -> None:
    rows = make("regression", 2)
    with pytest.raises(MeasureError, match="quantile must lie between 0 and 1"):
        measure(
            "regression", rows.labels, rows.challenger, None, 5.0, rows.clusters, None, 1,
            parameters=Parameters(quantile=1.0),
        )  # fmt: skip
