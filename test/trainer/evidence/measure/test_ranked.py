"""Average precision and KS: binning costs next to nothing, and nothing at all with few scores."""

import numpy as np
import pytest
from reign_trainer.evidence.measure import measure, ranked
from sklearn.metrics import roc_curve

from .holdout_rows import make

RANKED = "reign_trainer.evidence.measure.ranked"


def test_equals_recomputation_on_each_resample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{RANKED}.RESAMPLES", 40)
    for digits in (None, 1):
        rows = make("binary", 3, clusters=6, digits=digits)
        found = measure(
            "binary", rows.labels, rows.challenger, rows.champion, rows.trivial, rows.clusters, rows.weights, 9
        )
        codes, dense = np.unique(rows.clusters, return_inverse=True)
        times = ranked._multiplicities(np.random.Generator(np.random.PCG64(9)), codes.size)
        assert times.shape == (6, 40)
        assert (times.sum(axis=0) == 6).all()
        drawn: list[float] = []
        for column in times.T:
            w = rows.weights * column[dense]
            there = w > 0
            values = []
            for scores in (rows.challenger, rows.champion):
                y, s, v = rows.labels[there], scores[there], w[there]
                false_positive, true_positive, _ = roc_curve(y, s, sample_weight=v, drop_intermediate=False)
                values.append(np.max(true_positive - false_positive))
            drawn.append(values[0] - values[1])
        expected = np.std(drawn, ddof=1) * np.sqrt(6 / 5)
        assert found["ks"].difference.standard_error == pytest.approx(expected, rel=1e-9)
        assert found["ks"].difference.method == "bootstrap"


@pytest.mark.parametrize("rate", ["common", "rare"])
@pytest.mark.parametrize("weighted", [False, True])
def test_binning_moves_the_standard_error_by_less_than_two_percent(
    monkeypatch: pytest.MonkeyPatch, rate: str, weighted: bool
) -> None:
    rows = make("binary", 21, n=15_000, clusters=14)
    labels = rows.labels
    if rate == "rare":  # about one in a hundred
        labels = labels * (np.random.default_rng(1).random(labels.size) < 0.03)
    arguments = (
        'binary', labels, rows.challenger, rows.champion, rows.trivial, rows.clusters,
        rows.weights if weighted else None, 5,
    )  # fmt: skip
    monkeypatch.setattr(f"{RANKED}.BINS", 2_048)
    monkeypatch.setattr(f"{RANKED}.FINEST", 8_192)
    binned = measure(*arguments)
    monkeypatch.setattr(f"{RANKED}.BINS", 100_000)
    monkeypatch.setattr(f"{RANKED}.FINEST", 100_000)
    exact = measure(*arguments)
    for name in ("pr_auc", "ks"):
        for part in ("difference", "lead", "champion_lead"):
            ours, theirs = getattr(binned[name], part), getattr(exact[name], part)
            assert ours.estimate == theirs.estimate
            assert ours.standard_error == pytest.approx(theirs.standard_error, rel=0.02), (name, part)


def test_binning_holds_for_models_that_rank_almost_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(8)
    day = rng.integers(0, 14, 15_000)
    signal = rng.normal(size=day.size) + 0.5 * rng.normal(size=14)[day]
    labels = (rng.random(day.size) < 1 / (1 + np.exp(1.5 - signal))).astype(int)
    logit = signal + rng.normal(size=day.size)
    models = [1 / (1 + np.exp(-logit - nudge)) for nudge in (0, 0.05 * rng.normal(size=day.size))]
    arguments = ("binary", labels, *models, [0.7, 0.3], day, None, 5)
    monkeypatch.setattr(f"{RANKED}.BINS", 2_048)
    monkeypatch.setattr(f"{RANKED}.FINEST", 8_192)
    binned = measure(*arguments)
    monkeypatch.setattr(f"{RANKED}.BINS", 100_000)
    monkeypatch.setattr(f"{RANKED}.FINEST", 100_000)
    exact = measure(*arguments)
    for name in ("pr_auc", "ks"):
        ours, theirs = binned[name].difference.standard_error, exact[name].difference.standard_error
        assert ours == pytest.approx(theirs, rel=0.1), name


def test_bundles_of_very_many_clusters_give_the_same_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = make("binary", 2, n=12_000, clusters=5)
    arguments = (
        'binary', rows.labels, rows.challenger, rows.champion, rows.trivial, np.arange(12_000), None, 5,
    )  # fmt: skip
    bundled = measure(*arguments)
    monkeypatch.setattr(f"{RANKED}.BUNDLES", 12_000)
    one_by_one = measure(*arguments)
    for name in ("pr_auc", "ks"):
        ours, theirs = bundled[name].difference, one_by_one[name].difference
        assert ours.clusters == theirs.clusters == 12_000
        # Two independent bootstraps of 500 resamples differ by 4.5 % in standard deviation themselves.
        assert ours.standard_error == pytest.approx(theirs.standard_error, rel=0.15)


def test_a_class_in_too_few_clusters_has_no_standard_error() -> None:
    rng = np.random.default_rng(0)
    clusters = np.repeat(np.arange(10), 30)
    labels = ((clusters < 2) & (rng.random(300) < 0.5)).astype(int)
    found = measure("binary", labels, rng.random(300), rng.random(300), [0.9, 0.1], clusters, None, 1)
    interval = found["ks"].difference
    assert (interval.standard_error, interval.low, interval.high) == (None, None, None)
    assert interval.clusters == 10
    for name in ("roc_auc", "pr_auc"):
        assert found[name].difference.standard_error is not None


def test_resamples_without_a_class_are_left_out() -> None:
    rng = np.random.default_rng(0)
    clusters = np.repeat(np.arange(10), 30)
    labels = ((clusters < 3) & (rng.random(300) < 0.5)).astype(int)
    found = measure("binary", labels, rng.random(300), rng.random(300), [0.9, 0.1], clusters, None, 1)
    assert found["ks"].difference.standard_error > 0
