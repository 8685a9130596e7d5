"""The jackknife is the real one: each value is the metric computed anew without one cluster."""

import numpy as np
import pytest
from reign_trainer.evidence.measure import METRICS, measure
from reign_trainer.evidence.measure.auc import roc_auc
from reign_trainer.evidence.measure.holdout import Holdout
from reign_trainer.evidence.measure.ranking import Ranking
from scipy import stats

from .holdout_rows import PARAMETERS, Rows, make
from .scikit_learn import reference


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("digits", [None, 1])
def test_equals_recomputation_without_each_cluster(task: str, weighted: bool, digits: int | None) -> None:
    for seed in range(3):
        rows = make(task, seed, digits=digits)
        w = rows.weights if weighted else np.ones(rows.labels.size)
        found = measure(
            task, rows.labels, rows.challenger, rows.champion, rows.trivial, rows.clusters, w, 1, parameters=PARAMETERS
        )
        codes = np.unique(rows.clusters)
        for name in [name for name in found if METRICS[name].method == "influence"]:
            sign = 1 if METRICS[name].better == "higher" else -1

            def difference(
                kept: np.ndarray, name: str = name, rows: Rows = rows, w: np.ndarray = w, sign: int = sign
            ) -> float:
                first, second = (
                    reference(name, rows.labels[kept], scores[kept], w[kept])
                    for scores in (rows.challenger, rows.champion)
                )
                return sign * (first - second)

            everything = difference(np.ones(rows.labels.size, dtype=bool))
            deleted = np.array([difference(rows.clusters != code) for code in codes])
            error = np.sqrt((codes.size - 1) / codes.size * np.sum((deleted - everything) ** 2))
            freedom = _freedom(task, rows, w)
            reach = stats.t(freedom).ppf(0.975) * error
            interval = found[name].difference
            assert interval.method == "influence"
            assert interval.clusters == codes.size
            assert interval.degrees_of_freedom == pytest.approx(freedom)
            assert interval.estimate == pytest.approx(everything, abs=1e-11), name
            assert interval.standard_error == pytest.approx(error, rel=1e-8), name
            assert interval.low == pytest.approx(everything - reach, abs=1e-9), name
            assert interval.high == pytest.approx(everything + reach, abs=1e-9), name


def _freedom(task: str, rows: Rows, w: np.ndarray) -> float:
    """Effective clusters less one; of a binary task those of the class that has fewer."""
    parts = [rows.labels == y for y in (0, 1)] if task == "binary" else [np.ones(rows.labels.size, dtype=bool)]
    effective = []
    for part in parts:
        sizes = np.array([w[part & (rows.clusters == code)].sum() for code in np.unique(rows.clusters)])
        effective.append(sizes.sum() ** 2 / np.sum(sizes**2))
    return float(max(1, min(effective) - 1))


def _pairs_won(y: np.ndarray, s: np.ndarray, w: np.ndarray) -> float:
    positive, negative = y == 1, y == 0
    ahead = s[positive, None] - s[None, negative]
    weight = w[positive, None] * w[None, negative]
    return float(np.sum(weight * ((ahead > 0) + 0.5 * (ahead == 0))) / np.sum(weight))


def test_auc_equals_counting_every_pair() -> None:
    rng = np.random.default_rng(5)
    for round_number in range(40):
        n, clusters = int(rng.integers(10, 60)), int(rng.integers(2, 9))
        y, s = rng.integers(0, 2, n), rng.integers(0, 1 + int(rng.integers(1, 40)), n) / 40
        codes = rng.integers(0, clusters, n)
        w = rng.integers(1, 4, n) / 3 if round_number % 2 else np.ones(n)
        if y.min() == y.max():
            continue
        holdout = Holdout.of("binary", y, codes, w)
        found = roc_auc(Ranking.of(holdout, s))
        assert found.estimate == pytest.approx(_pairs_won(y, s, w), abs=1e-13)
        for value, code in zip(found.values[0], np.unique(codes), strict=True):
            left = codes != code
            if np.unique(y[left]).size < 2:
                assert np.isnan(value)
            else:
                assert value == pytest.approx(_pairs_won(y[left], s[left], w[left]), abs=1e-12)


def _delong(y: np.ndarray, first: np.ndarray, second: np.ndarray) -> float:
    """Standard error of the difference, by the paper's formula, pair by pair."""
    placements = []
    for s in (first, second):
        ahead = s[y == 1][:, None] - s[y == 0][None, :]
        kernel = (ahead > 0) + 0.5 * (ahead == 0)
        placements.append((kernel.mean(axis=1), kernel.mean(axis=0)))
    of_positives, of_negatives = (placements[0][i] - placements[1][i] for i in (0, 1))
    return float(np.sqrt(of_positives.var(ddof=1) / of_positives.size + of_negatives.var(ddof=1) / of_negatives.size))


@pytest.mark.parametrize("digits", [None, 1])
def test_with_a_cluster_for_each_row_it_is_delongs(digits: int | None) -> None:
    rows = make("binary", 11, n=1500, digits=digits)
    found = measure("binary", rows.labels, rows.challenger, rows.champion, rows.trivial, np.arange(1500), None, 1)
    expected = _delong(rows.labels, rows.challenger, rows.champion)
    assert found["roc_auc"].difference.standard_error == pytest.approx(expected, rel=0.01)


def test_with_a_cluster_for_each_row_a_mean_has_its_textbook_error() -> None:
    rows = make("regression", 2, n=400)
    found = measure("regression", rows.labels, rows.challenger, rows.champion, 5, np.arange(400), None, 1)
    gain = np.abs(rows.champion - rows.labels) - np.abs(rows.challenger - rows.labels)
    interval = found["mae"].difference
    assert interval.estimate == pytest.approx(gain.mean())
    assert interval.standard_error == pytest.approx(gain.std(ddof=1) / np.sqrt(400), rel=1e-9)
    expected = stats.ttest_1samp(gain, 0).confidence_interval(0.95)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))


def test_where_whole_days_favour_one_model_the_rows_are_not_counted_as_so_many_witnesses() -> None:
    rng = np.random.default_rng(4)
    day = np.repeat(np.arange(14), 300)
    signal = rng.normal(size=day.size)
    labels = (rng.random(day.size) < 1 / (1 + np.exp(-2 * signal))).astype(int)
    challenger_errs = np.where(rng.permutation(14) % 2, 0.2, 2.0)[day]
    models = [1 / (1 + np.exp(-signal - err * rng.normal(size=day.size))) for err in (challenger_errs, 1.0)]
    by_day, by_row = (
        measure("binary", labels, *models, [0.5, 0.5], codes, None, 1) for codes in (day, np.arange(day.size))
    )
    for name in by_day:
        assert by_day[name].difference.standard_error > 1.5 * by_row[name].difference.standard_error, name


def test_r2_survives_labels_far_from_zero() -> None:
    rows = make("regression", 6)
    near = measure("regression", rows.labels, rows.challenger, rows.champion, 5.1, rows.clusters, rows.weights, 1)
    # A power of two leaves the labels' last bits alone as far as it can.
    far = 2.0**30
    moved = measure(
        'regression', rows.labels + far, rows.challenger + far, rows.champion + far, 5.1 + far, rows.clusters,
        rows.weights, 1,
    )  # fmt: skip
    assert moved["r2"].difference.estimate == pytest.approx(near["r2"].difference.estimate, rel=1e-5)
    assert moved["r2"].difference.standard_error == pytest.approx(near["r2"].difference.standard_error, rel=1e-5)


def test_macro_f1_counts_clusters_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = make("multiclass", 8, clusters=50)
    arguments = ("multiclass", rows.labels, rows.challenger, rows.champion, rows.trivial, rows.clusters, None, 1)
    whole = measure(*arguments)
    monkeypatch.setattr("reign_trainer.evidence.measure.confusion.CELLS", 7 * 4)
    assert measure(*arguments) == whole
