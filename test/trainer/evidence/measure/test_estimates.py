"""Every metric on all rows equals scikit-learn's, with ties and with weights."""

import numpy as np
import pytest
from reign_trainer.evidence.measure import METRICS, measure
from scipy import stats
from sklearn import metrics as sk

from .holdout_rows import PARAMETERS, make
from .scikit_learn import reference


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("digits", [None, 1])
def test_equals_scikit_learn(task: str, weighted: bool, digits: int | None) -> None:
    for seed in range(5):
        rows = make(task, seed, digits=digits)
        w = rows.weights if weighted else None
        found = measure(
            task, rows.labels, rows.challenger, rows.champion, rows.trivial, rows.clusters, w, 1, parameters=PARAMETERS
        )
        assert list(found) == [name for name, metric in METRICS.items() if task in metric.tasks]
        for name, evidence in found.items():
            for measured, scores in [(evidence.challenger, rows.challenger), (evidence.champion, rows.champion)]:
                assert measured == pytest.approx(reference(name, rows.labels, scores, w), rel=1e-11), name


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_the_trivial_predictor_answers_the_same_for_every_row(task: str) -> None:
    rows = make(task, 3)
    found = measure(
        task, rows.labels, rows.challenger, None, rows.trivial, rows.clusters, rows.weights, 1, parameters=PARAMETERS
    )
    answer = rows.trivial[1] if task == "binary" else rows.trivial
    constant = np.full_like(rows.challenger, 1) * answer
    for name, evidence in found.items():
        expected = reference(name, rows.labels, constant, rows.weights)
        assert evidence.trivial == pytest.approx(expected, rel=1e-11, abs=1e-15), name


def test_log_loss_clips_as_scikit_learn_does() -> None:
    y, p, clusters = np.array([1, 0, 1, 0]), np.array([0.0, 1.0, 1.0, 1e-17]), np.arange(4)
    found = measure("binary", y, p, None, [0.5, 0.5], clusters, None, 1)
    assert found["log_loss"].challenger == pytest.approx(sk.log_loss(y, p), rel=1e-14)
    assert found["log_loss"].challenger == pytest.approx(-np.log(np.finfo(float).eps) / 2)


def test_ks_is_scipys_for_a_model_that_ranks_the_right_way_and_none_for_the_wrong_way() -> None:
    rows = make("binary", 1)
    of_class = [rows.challenger[rows.labels == label] for label in (1, 0)]
    found = measure("binary", rows.labels, rows.challenger, 1 - rows.challenger, [0.5, 0.5], rows.clusters, None, 1)
    assert found["ks"].challenger == pytest.approx(stats.ks_2samp(*of_class).statistic)
    assert found["ks"].champion == pytest.approx(0, abs=0.05)


def test_of_equally_probable_classes_the_lowest_is_predicted() -> None:
    y = np.array([0, 1, 2, 1])
    even = np.full((4, 3), 1 / 3)
    found = measure("multiclass", y, even, None, [0.2, 0.4, 0.4], np.arange(4), None, 1)
    assert found["accuracy"].challenger == 0.25
    assert found["accuracy"].trivial == 0.5


def test_perfect_and_reversed_and_constant_models() -> None:
    y = np.array([0, 0, 1, 1] * 5)
    clusters = np.repeat(np.arange(5), 4)
    perfect = measure("binary", y, y.astype(float), 1.0 - y, [0.5, 0.5], clusters, None, 1)
    assert perfect["roc_auc"].challenger == 1
    assert perfect["roc_auc"].champion == 0
    assert perfect["ks"].challenger == 1
    assert perfect["pr_auc"].challenger == 1
    constant = measure("binary", y, np.full(20, 0.3), None, [0.5, 0.5], clusters, None, 1)
    assert constant["roc_auc"].challenger == 0.5
    assert constant["ks"].challenger == 0
    assert constant["pr_auc"].challenger == 0.5
    for name in ("roc_auc", "ks", "pr_auc"):
        lead = constant[name].lead
        assert (lead.estimate, lead.standard_error, lead.low, lead.high) == (0, 0, 0, 0)
