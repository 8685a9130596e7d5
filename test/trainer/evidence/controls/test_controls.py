"""What is planted must be there, what knows nothing must not, and what cannot be tried says why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from reign_trainer.evidence.controls import controls
from reign_trainer.evidence.measure import METRICS, Parameters, measure, measure_difference
from reign_trainer.evidence.rows.comparison import Comparison
from reign_trainer.shapes import Controls

from .rows import PRIMARY, compared, policy

SMOOTH = ("roc_auc", "log_loss", "brier", "pr_auc", "rmse", "mae", "pinball", "r2")


def _run(of: Comparison, shuffled_fit: np.ndarray | None = None, **gate: object) -> Controls:
    found = controls(replace(of, shuffled_fit=shuffled_fit), policy(**gate))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("task", "metric", "alpha"),
    [
        *((task, name, 0.025) for name, metric in METRICS.items() for task in metric.tasks),
        *((task, name, 0.05 * 0.8 / 52) for task, name in PRIMARY.items()),
    ],
)
def test_a_planted_gain_is_there_as_measured_and_wins(task: str, metric: str, alpha: float) -> None:
    found = _run(compared(task, primary=metric, alpha=alpha, n=2000, days=30), badRate=0.1).planted
    assert found.not_run is None and found.gain is not None and found.difference is not None
    assert found.difference.deciding_low > 0
    assert found.difference.alpha == alpha
    if metric in SMOOTH:
        assert found.difference.estimate == pytest.approx(found.gain, rel=1.1e-3)
    else:
        assert found.gain <= found.difference.estimate < 1.2 * found.gain


@pytest.mark.parametrize("gate", [{}, {"minimumGain": 0.01}])
def test_the_gain_is_four_errors_more_than_the_least_that_wins(gate: dict[str, float]) -> None:
    of = compared(n=3000)
    real = measure_difference(
        "roc_auc", "binary", of.labels, of.challenger, of.champion, of.clusters, None, of.seed, alpha=of.alpha
    )
    least = real.estimate - real.deciding_low
    found = _run(of, **gate).planted
    assert found.gain == pytest.approx(least + 4 * real.standard_error + gate.get("minimumGain", 0))
    assert found.difference is not None and found.difference.deciding_low > gate.get("minimumGain", 0)


def test_a_challenger_that_is_far_better_already_is_made_worse_to_just_that_gain() -> None:
    of = compared(n=3000)
    near = np.clip(0.7 * of.challenger + 0.3 * of.labels, 0, 1)
    found = _run(compared(n=3000, challenger=near)).planted
    assert found.difference is not None and found.gain is not None
    assert found.difference.estimate == pytest.approx(found.gain, rel=1.1e-3)
    assert found.difference.deciding_low > 0


@pytest.mark.parametrize("metric", ["roc_auc", "ks", "log_loss", "expected_cost"])
@pytest.mark.parametrize("who", ["constant", "three values", "zeros and ones"])
def test_scores_that_jump_are_moved_row_by_row(metric: str, who: str) -> None:
    of = compared(n=3000)
    scores = {
        "constant": np.full(3000, 0.25),
        "three values": np.round(of.challenger * 2) / 2 * 0.9 + 0.05,
        "zeros and ones": np.round(of.challenger),
    }[who]
    found = _run(compared(n=3000, challenger=scores, primary=metric)).planted
    if found.not_run is None:
        assert found.difference is not None and found.gain is not None
        assert found.gain <= found.difference.estimate < 1.1 * found.gain
    else:
        assert "evenly" in found.not_run or "labels themselves" in found.not_run


def test_what_cannot_be_reached_is_said() -> None:
    of = compared(n=300)
    perfect = np.where(of.labels == 1, 0.9, 0.1)
    almost = np.where(np.arange(300) < 295, perfect, 0.5)
    assert "labels themselves" in str(_run(compared(n=300, champion=almost)).planted.not_run)
    same = _run(compared(champion=compared().challenger))
    assert "no noise" in str(same.planted.not_run)
    assert same.flips is None
    assert "standard error" in str(_run(compared(days=1)).planted.not_run)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_scores_dealt_out_at_random_lose_against_a_champion_that_knows_something(task: str) -> None:
    found = _run(compared(task, n=4000, days=60)).shuffled
    assert found is not None and found.must_lose
    assert found.difference.deciding_high < 0
    assert found.difference.alpha == 1e-4


def test_they_need_not_lose_against_a_champion_that_knows_nothing() -> None:
    for seed in range(10):
        useless = np.random.default_rng(seed + 50).random(2000)
        for champion in (useless, None):
            found = _run(compared(seed=seed, champion=champion)).shuffled
            assert found is not None and not found.must_lose
            assert found.difference.deciding_low < 0


def test_against_a_champion_that_misleads_no_knowledge_is_held_against_nobodys_answer() -> None:
    of = compared(n=4000, days=30)
    found = _run(compared(n=4000, days=30, champion=1 - of.challenger)).shuffled
    assert found is not None and not found.must_lose
    assert found.difference.deciding_low < 0
    # The champion itself is rightly beaten by far.
    assert found.difference.estimate < 0.1


@pytest.mark.parametrize("metric", ["expected_cost", "approval_rate"])
def test_by_metrics_where_chance_may_rightly_win_nothing_is_asked(metric: str) -> None:
    assert _run(compared(n=3000, primary=metric)).shuffled is None


def test_within_a_margin_that_forgives_everything_nothing_is_asked_of_them() -> None:
    forgiving = {"win": "nonInferior", "reason": "cheaper to run", "margin": 0.4}
    strict = forgiving | {"margin": 0.02}
    fitted = np.random.default_rng(0).random(2000)
    found = _run(compared(), fitted, **forgiving)
    assert found.shuffled is None
    assert found.shuffled_fit is not None and "margin" in str(found.shuffled_fit.not_run)
    assert _run(compared(), fitted, **strict).shuffled is not None
    assert found.planted.difference is None or found.planted.difference.deciding_low > -0.4


def test_a_fit_on_shuffled_labels_is_measured_at_its_own_alpha() -> None:
    found = _run(compared(), np.random.default_rng(0).random(2000)).shuffled_fit
    assert found is not None and found.difference is not None
    assert found.difference.alpha == 1e-4
    assert found.difference.deciding_low < 0
    assert _run(compared()).shuffled_fit is None
    broken = _run(compared(), np.full(2000, 1.5)).shuffled_fit
    assert broken is not None and "outside" in str(broken.not_run)
    # A leak is what it is there for.
    leaking = _run(compared(), compared().labels * 0.8 + 0.1).shuffled_fit
    assert leaking is not None and leaking.difference is not None and leaking.difference.deciding_low > 0


def test_what_was_measured_before_is_not_measured_again() -> None:
    of = compared(n=3000)
    known = measure(
        of.task, of.labels, of.challenger, of.champion, of.trivial, of.clusters, None, of.seed, alpha=of.alpha,
        parameters=Parameters(),
    )["roc_auc"]  # fmt: skip
    assert controls(of, policy(), known) == controls(of, policy())


def test_more_rows_than_the_sample_that_leads_the_search() -> None:
    for metric in ("roc_auc", "expected_cost"):
        of = compared(n=60_000, primary=metric)
        found = _run(of).planted
        assert found.difference is not None and found.gain is not None
        assert found.difference.estimate == pytest.approx(found.gain, rel=1.1e-3 if metric == "roc_auc" else 0.02)
        assert found.difference.estimate >= found.gain


def test_a_comparison_that_cannot_be_measured_has_no_controls() -> None:
    assert controls(compared(labels=np.ones(2000)), policy()) is None


def test_the_same_inputs_give_the_same_bytes_and_few_of_them() -> None:
    first, second = (_run(compared(), np.full(2000, 0.5)).model_dump_json(by_alias=True) for _ in range(2))
    assert first == second
    assert len(first) < 16_000
    assert "NaN" not in first and "nfinity" not in first
