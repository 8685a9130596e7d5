"""Whether probabilities come true, with intervals that allow for days that are not alike."""

from __future__ import annotations

import numpy as np
import pytest
from reign_trainer.evidence.calibration import calibration
from reign_trainer.evidence.measure.bundles import BUNDLES
from scipy import stats
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from .compared import comparison, days_of_risk


def _line(labels: np.ndarray, score: np.ndarray, weights: np.ndarray | None = None) -> tuple[float, float]:
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(logit(score)[:, None], labels, weights)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def test_bins_hold_equal_numbers_of_rows_and_their_means() -> None:
    labels, score, day = days_of_risk(0, n=6000)
    found = calibration(comparison(labels, score, day))
    assert found is not None and found.champion is None
    bins = found.challenger.bins
    assert [one.rows for one in bins] == [300] * 20
    order = np.argsort(score)
    for at, part in enumerate(np.split(order, 20)):
        assert bins[at].predicted == pytest.approx(score[part].mean())
        assert bins[at].observed.estimate == pytest.approx(labels[part].mean())
    error = sum(abs(one.predicted - one.observed.estimate) * one.rows for one in bins) / 6000
    assert found.challenger.expected_error.estimate == pytest.approx(error)


def test_intervals_are_what_leaving_out_each_day_gives() -> None:
    labels, score, day = days_of_risk(1, n=4000, days=12)
    weights = np.random.default_rng(1).exponential(size=4000)
    found = calibration(comparison(labels, score, day, weights=weights))
    assert found is not None
    one = found.challenger
    order = np.argsort(score)
    part = np.split(order, 20)[7]
    rates = [
        np.average(labels[rest], weights=weights[rest]) for rest in (part[day[part] != left] for left in range(12))
    ]
    whole = np.average(labels[part], weights=weights[part])
    reach = stats.t(11).ppf(0.975) * np.sqrt(11 / 12 * np.sum((np.array(rates) - whole) ** 2))
    assert one.bins[7].observed.low == pytest.approx(max(0, whole - reach))
    assert one.bins[7].observed.high == pytest.approx(min(1, whole + reach))

    lines = np.array([_line(labels[day != left], score[day != left], weights[day != left]) for left in range(12)])
    slope, intercept = _line(labels, score, weights)
    assert one.slope is not None and one.intercept is not None
    assert one.slope.estimate == pytest.approx(slope, abs=1e-5)
    assert one.intercept.estimate == pytest.approx(intercept, abs=1e-5)
    for interval, whole, left in ((one.slope, slope, lines[:, 0]), (one.intercept, intercept, lines[:, 1])):
        reach = stats.t(11).ppf(0.975) * np.sqrt(11 / 12 * np.sum((left - whole) ** 2))
        assert interval.high - interval.estimate == pytest.approx(reach, rel=0.02)  # one step, not fitted anew


def test_finds_back_the_line_that_the_labels_were_made_by() -> None:
    labels, score, day = days_of_risk(2, n=60_000, days=40, slope=0.6, intercept=-0.4, mood=0.05)
    found = calibration(comparison(labels, score, day))
    assert found is not None
    slope, intercept = found.challenger.slope, found.challenger.intercept
    assert slope is not None and intercept is not None
    assert slope.low < 0.6 < slope.high < 1
    assert intercept.low < -0.4 < intercept.high < 0


def test_the_intervals_hold_as_often_as_they_say() -> None:
    held = np.zeros(3)
    rounds = 300
    moods, chances = np.polynomial.hermite_e.hermegauss(40)
    for seed in range(rounds):
        labels, score, day = days_of_risk(seed + 100, n=1500, days=14, mood=0.4)
        one = calibration(comparison(labels, score, day))
        assert one is not None
        slope, intercept, rate = one.challenger.slope, one.challenger.intercept, one.challenger.bins[15].observed
        middle = np.average(expit(logit(one.challenger.bins[15].predicted) + 0.4 * moods), weights=chances)
        # Days of random mood flatten the line a little on the whole: 1 / sqrt(1 + 0.346 * 0.4 ** 2).
        held += [slope.low < 0.973 < slope.high, intercept.low < 0 < intercept.high, rate.low < middle < rate.high]
    assert np.all(held / rounds > 0.915), held


def test_days_that_are_not_alike_make_it_less_certain_than_rows_would() -> None:
    labels, score, day = days_of_risk(3, n=20_000, days=14, mood=0.8)
    by_day = calibration(comparison(labels, score, day))
    by_row = calibration(comparison(labels, score, np.arange(20_000)))
    assert by_day is not None and by_row is not None
    widths = [one.challenger.intercept.high - one.challenger.intercept.low for one in (by_day, by_row)]
    assert widths[0] > 5 * widths[1]


def test_equal_scores_stay_together() -> None:
    labels, score, day = days_of_risk(4)
    found = calibration(comparison(labels, np.round(score, 1), day))
    assert found is not None
    bins = found.challenger.bins
    counts = dict(zip(*np.unique(np.round(score, 1), return_counts=True), strict=True))
    assert len(bins) < 20
    assert sum(one.rows for one in bins) == 6000
    assert bins[0].rows == counts[0.0]


@pytest.mark.parametrize("score", [0.3, 0.0, 1.0])
def test_a_constant_score_is_one_bin_without_line(score: float) -> None:
    labels, _, day = days_of_risk(5)
    found = calibration(comparison(labels, np.full(6000, score), day))
    assert found is not None
    assert len(found.challenger.bins) == 1
    assert found.challenger.slope is None and found.challenger.intercept is None
    assert found.challenger.expected_error.estimate == pytest.approx(abs(score - labels.mean()))


def test_scores_of_exactly_0_and_1_do_not_make_the_line_infinite() -> None:
    labels, score, day = days_of_risk(6)
    score[:200], score[200:400] = 0.0, 1.0
    found = calibration(comparison(labels, score, day))
    assert found is not None and found.challenger.slope is not None
    assert 0 < found.challenger.slope.estimate < 1


@pytest.mark.parametrize(
    ("labels", "score"),
    [
        (np.tile([0, 1], 50), np.tile([0.2, 0.8], 50)),  # separated by any cut-off between
        (np.zeros(100), np.linspace(0.1, 0.9, 100)),
        (np.append(np.zeros(99), 1), np.linspace(0.1, 0.9, 100)),
    ],
)
@pytest.mark.parametrize("clusters", [1, 2, 100])
def test_what_cannot_be_told_is_null_and_never_nan(labels: np.ndarray, score: np.ndarray, clusters: int) -> None:
    found = calibration(comparison(labels, score, np.arange(100) % clusters))
    assert found is not None
    assert found.challenger.slope is None
    assert all(one.observed.low is None for one in found.challenger.bins[:10])
    assert "NaN" not in found.model_dump_json() and "nfinity" not in found.model_dump_json()


def test_rows_without_weight_do_not_count() -> None:
    labels, score, day = days_of_risk(7)
    weights = np.where(np.arange(6000) < 3000, 1.0, 0.0)
    broken = np.where(weights > 0, score, 0.999)
    whole = calibration(comparison(labels, broken, day, champion=score, weights=weights))
    half = calibration(comparison(labels[:3000], score[:3000], day[:3000]))
    assert whole is not None and half is not None
    assert whole.challenger == half.challenger == whole.champion


def test_very_many_clusters_are_bundled_and_cost_little_precision() -> None:
    labels, score, _ = days_of_risk(8, n=3 * BUNDLES, mood=0)
    found = calibration(comparison(labels, score, np.arange(labels.size)))
    assert found is not None and found.challenger.slope is not None
    p, x = score, logit(score)
    w = p * (1 - p)
    error = 1 / np.sqrt(np.sum(w * (x - np.average(x, weights=w)) ** 2))
    assert found.challenger.slope.high - found.challenger.slope.estimate == pytest.approx(1.96 * error, rel=0.08)
    assert found == calibration(comparison(labels, score, np.arange(labels.size)))


def test_other_tasks_have_no_calibration() -> None:
    labels, score, day = days_of_risk(9)
    assert calibration(comparison(labels, score, day, task="regression")) is None
