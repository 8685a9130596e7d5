"""Signs flipped: the lower bounds that equal models would have shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from reign_trainer.evidence.controls.case import Case
from reign_trainer.evidence.controls.flips import flips, lower_bounds, rounded_bound
from reign_trainer.evidence.measure import measure_difference
from reign_trainer.evidence.measure.bundles import BUNDLES
from scipy import stats

from .rows import compared, policy


def _limit(alpha: float, count: int) -> float:
    """The share of winners from which on the test counts as broken."""
    return float(max(0.02, 2 * alpha + 5 * np.sqrt(2 * alpha / count)))


def test_each_bound_is_that_of_a_t_test_on_the_flipped_clusters() -> None:
    rng = np.random.default_rng(0)
    clusters = rng.normal(size=12)
    clusters -= clusters.mean()
    signs = rng.choice([-1.0, 1.0], size=(50, 12))
    # Of a mean over clusters, leaving one out moves the estimate by its deviation over G - 1.
    lows = lower_bounds(clusters / 11, signs, 0.3, 0.01, 11)
    for low, sign in zip(lows, signs, strict=True):
        test = stats.ttest_1samp(sign * clusters + 0.3, 0.0, alternative="greater")
        assert low == pytest.approx(test.confidence_interval(0.99).low)


def test_without_a_flip_the_contributions_have_the_error_of_the_real_difference() -> None:
    of = compared("regression", primary="mae")
    found = measure_difference("mae", of.task, of.labels, of.challenger, of.champion, of.clusters, None, 1)
    control = flips(Case.of(of, policy()))
    assert control is not None
    sure = stats.t(13).ppf(0.975) * found.standard_error
    # The largest error is that of a pattern that adds up to nothing; it is the real one, centred.
    lows = np.array(control.lows)
    assert lows.min() < -sure < lows.max()
    assert np.median(lows) == pytest.approx(-sure, rel=0.1)


@pytest.mark.parametrize(("clusters", "count", "exhaustive"), [(2, 4, True), (9, 512, True), (10, 1000, False)])
def test_few_clusters_are_flipped_in_every_way(clusters: int, count: int, exhaustive: bool) -> None:
    found = flips(Case.of(compared(days=clusters), policy()))
    assert found is not None
    assert (found.count, found.exhaustive, len(found.lows)) == (count, exhaustive, count)
    assert found.lows == sorted(found.lows)


@pytest.mark.parametrize("alpha", [0.025, 0.05 * 0.8 / 52, 0.05 * 0.8 / 365])
@pytest.mark.parametrize("clusters", [7, 10, 14, 100])
def test_no_kind_of_noise_makes_a_right_test_look_broken(clusters: int, alpha: float) -> None:
    rng = np.random.default_rng([clusters, 1])
    patterns = np.arange(2**clusters)[:, None] >> np.arange(clusters) & 1 if clusters < 10 else None
    for at in range(300):
        noise = [rng.normal(size=clusters), rng.standard_t(3, clusters), rng.exponential(size=clusters)][at % 3]
        if at % 2:
            noise[0] *= clusters / 4  # one cluster of a fifth of the rows
        ones = rng.integers(0, 2, size=(1000, clusters)) if patterns is None else patterns
        lows = lower_bounds(noise - noise.mean(), 1.0 - 2 * ones, 0.0, alpha, noise.size - 1)
        assert np.mean(lows > 0) <= _limit(alpha, lows.size)


@pytest.mark.parametrize("metric", ["roc_auc", "ks", "pr_auc", "approval_rate", "expected_cost", "log_loss"])
def test_equal_models_win_about_as_often_as_alpha_says(metric: str) -> None:
    shares = []
    for seed in range(12):
        found = flips(Case.of(compared(seed=seed, n=600, primary=metric, alpha=0.05), policy()))
        assert found is not None
        shares.append(np.mean(np.array(found.lows) > 0))
        assert shares[-1] <= _limit(0.05, 1000)
    assert 0.015 < np.mean(shares) < 0.075


def test_a_test_that_takes_the_day_for_certain_would_be_noticed() -> None:
    # As if the bounds were of a smaller error: what a gate with too narrow intervals would be shown.
    found = flips(Case.of(compared(), policy()))
    assert found is not None
    middle = np.median(found.lows)
    narrow = np.array(found.lows) - 0.7 * middle
    assert np.mean(narrow > 0) > _limit(0.025, 1000)


@pytest.mark.parametrize(
    ("gate", "boundary"),
    [
        ({"minimumGain": 0.02}, 0.02),
        ({"win": "nonInferior", "margin": 0.03, "reason": "a cheaper model"}, -0.03),
        ({"margin": 0.03}, 0.0),
    ],
)
def test_they_stand_where_the_policy_draws_its_boundary(gate: dict[str, object], boundary: float) -> None:
    at_zero, moved = flips(Case.of(compared(), policy())), flips(Case.of(compared(), policy(**gate)))
    assert at_zero is not None and moved is not None
    assert moved.lows == pytest.approx(np.array(at_zero.lows) + boundary, abs=1e-6)
    assert np.sum(np.array(moved.lows) > boundary) == np.sum(np.array(at_zero.lows) > 0)


def test_without_a_champion_a_margin_is_not_granted() -> None:
    gate = policy(win="nonInferior", margin=0.03, reason="a cheaper model")
    assert Case.of(compared(champion=None), gate).boundary == 0


def test_rounding_never_decides() -> None:
    rng = np.random.default_rng(0)
    for boundary in (0.0, 0.0123456789, -1e-9, 3.3333333e5):
        for low in boundary + rng.normal(size=500) * 10 ** rng.uniform(-12, 0, 500):
            short = rounded_bound(low, boundary)
            assert (short > boundary) == (low > boundary)
            assert short == pytest.approx(low, rel=1e-5)


def test_models_without_any_noise_between_them_have_nothing_to_flip() -> None:
    one = compared()
    assert flips(Case.of(compared(champion=one.challenger), policy())) is None
    assert flips(Case.of(compared(days=1), policy())) is None


def test_very_many_clusters_are_bundled() -> None:
    n = BUNDLES + 500
    rows = compared("regression", n=n, primary="mae", clusters=np.arange(n))
    found = flips(Case.of(rows, policy()))
    error = measure_difference("mae", rows.task, rows.labels, rows.challenger, rows.champion, np.arange(n), None, 1)
    assert found is not None and found.count == 1000
    assert np.median(found.lows) == pytest.approx(-1.96 * error.standard_error, rel=0.06)
    assert np.std(found.lows) == pytest.approx(error.standard_error, rel=0.12)


def test_of_two_ways_to_cluster_the_smaller_is_flipped() -> None:
    of = compared()
    two = np.column_stack([np.arange(2000) // 20, of.clusters])
    both, one = (flips(Case.of(compared(clusters=codes), policy())) for codes in (two, of.clusters))
    assert both == one


def test_the_same_seed_gives_the_same_flips_and_another_others() -> None:
    first, second, other = (flips(Case.of(compared(seed=seed), policy())) for seed in (4, 4, 5))
    assert first == second != other


def test_says_how_skewed_the_contributions_of_the_clusters_are() -> None:
    of = compared("regression", primary="mae")
    control = flips(Case.of(of, policy()))
    assert control is not None
    days = np.unique(of.clusters)
    gain = np.abs(of.labels - of.champion) - np.abs(of.labels - of.challenger)
    without = np.array([gain[of.clusters != day].mean() for day in days])
    assert control.skewness == pytest.approx(stats.skew(gain.mean() - without, bias=False), rel=1e-4)


def test_rare_losses_of_the_challenger_lie_below_zero() -> None:
    of = compared("regression", primary="mae")
    bad = of.clusters == of.clusters.max()
    assert of.champion is not None
    worse = replace(of, challenger=np.where(bad, of.labels + 9, of.champion + 0.001))
    control = flips(Case.of(worse, policy()))
    assert control is not None
    assert control.skewness is not None
    assert control.skewness < -2
