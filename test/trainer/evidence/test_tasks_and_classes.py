"""Contenders of every task, and contenders that know different classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from judged_pair import COUNT, GOOD, IDS, LABELS, POOR, pair
from reign_trainer.evidence import evaluate
from sklearn.metrics import log_loss, roc_auc_score


def test_the_first_class_may_be_the_positive_one(bench: Any) -> None:
    label = {"classes": ["late", "on time"], "positive": "late"}
    request = pair(bench, label=label, trivial=[0.3, 0.7])
    request.challenger.predictions = bench.predictions(IDS, 1 - LABELS, GOOD)
    request.champion = None
    found = bench.evidence(request)
    assert found.positive == "late"
    assert found.metrics["roc_auc"].challenger == pytest.approx(roc_auc_score(LABELS, GOOD))
    assert found.metrics["log_loss"].trivial == pytest.approx(log_loss(LABELS, np.full(COUNT, 0.3)))


def test_several_classes(bench: Any) -> None:
    labels = np.arange(COUNT) % 3
    scores = np.full((COUNT, 3), 0.2) + np.eye(3)[labels] * 0.4
    label = {"classes": ["a", "b", "c"]}
    request = pair(bench, task="multiclass", label=label, trivial=[0.3, 0.3, 0.4], primary="log_loss")
    request.challenger.predictions = bench.predictions(IDS, labels, scores)
    request.champion.predictions = bench.predictions(IDS, labels, np.full((COUNT, 3), 1 / 3))
    found = bench.evidence(request)
    assert found.positive is None
    assert found.metrics["accuracy"].challenger == 1
    assert found.metrics["log_loss"].challenger == pytest.approx(-np.log(0.6))


def test_a_champion_of_another_task_is_said(bench: Any) -> None:
    label = {"classes": ["a", "b", "c"]}
    request = pair(bench, task="multiclass", label=label, trivial=[0.3, 0.3, 0.4], primary="log_loss")
    request.challenger.predictions = bench.predictions(IDS, np.arange(COUNT) % 3, np.full((COUNT, 3), 1 / 3))
    found = bench.evidence(request)
    assert found.unmeasured is not None
    assert "another task" in found.unmeasured


def test_scores_of_another_task_are_held_against_none(bench: Any) -> None:
    request = pair(bench)
    first = evaluate(request, bench.store).evidence
    request.past = [first]
    assert bench.evidence(request).score_shift is not None
    request.champion.predictions = bench.predictions(IDS, np.arange(COUNT) % 3, np.full((COUNT, 3), 1 / 3))
    found = bench.evidence(request)
    assert (found.score_shift, found.score_reference) == (None, None)
    assert "another task" in str(found.unmeasured)


def test_a_regression(bench: Any) -> None:
    truth = np.linspace(0, 5, COUNT)
    request = pair(bench, task="regression", label=None, trivial=2.5, primary="rmse")
    request.challenger.predictions = bench.predictions(IDS, truth, truth + 0.1)
    request.champion.predictions = bench.predictions(IDS, truth, truth + 0.2)
    found = bench.evidence(request)
    assert found.classes is None
    assert found.metrics["rmse"].difference is not None
    assert found.metrics["rmse"].difference.estimate == pytest.approx(0.1)


def test_classes_in_another_order_are_compared_by_name(bench: Any) -> None:
    named = {"label": {"classes": ["paid", "defaulted"], "positive": "defaulted"}}
    straight = bench.evidence(pair(bench, evidenceFormat=3, **named))
    old = bench.snapshot(list(range(50)))
    challenger = bench.contender("c2", bench.predictions(IDS, LABELS, GOOD), old)
    turned = bench.predictions(IDS, 1 - LABELS, POOR)
    champion = bench.contender("c1", turned, old, classes=["defaulted", "paid"])
    found = bench.evidence(bench.request(challenger, champion, evidenceFormat=3, **named))
    assert (found.rows.labels_differ, found.rows.other_classes) == (0, None)
    assert found.champion is not None
    assert found.champion.classes == ["defaulted", "paid"]
    assert found.metrics == straight.metrics


def test_of_several_classes_rows_are_judged_whose_class_both_know(bench: Any) -> None:
    random = np.random.default_rng(3)
    truth = random.integers(0, 4, COUNT)

    def scores(classes: int) -> np.ndarray:
        raw = random.random((COUNT, classes)) + 0.2
        return np.asarray(raw / raw.sum(axis=1, keepdims=True))

    ours, theirs = scores(4), scores(3)
    # The challenger has learned of `fraud`; the champion knows the others, in another order.
    names, known = ["paid", "late", "defaulted", "fraud"], ["defaulted", "paid", "late"]
    own = np.array([known.index(names[at]) if names[at] in known else np.nan for at in truth])
    old = bench.snapshot(list(range(50)))
    challenger = bench.contender("c2", bench.predictions(IDS, truth.astype(float), ours), old)
    champion = bench.contender("c1", bench.predictions(IDS, own, theirs), old, classes=known)
    task = {"task": "multiclass", "primary": "log_loss", "trivial": [0.25] * 4, "label": {"classes": names}}
    found = bench.evidence(bench.request(challenger, champion, evidenceFormat=3, **task))
    kept = truth < 3
    assert found.unmeasured is None
    assert (found.rows.judged, found.rows.other_classes) == (int(kept.sum()), int((~kept).sum()))
    assert found.rows.labels_differ == 0
    # Nothing is scaled up: what the challenger gives to fraud counts against it on rows that are none.
    by_name = theirs[:, [known.index(name) for name in names[:3]]]
    rows = np.flatnonzero(kept)
    loss = found.metrics["log_loss"]
    assert loss.challenger == pytest.approx(-np.log(ours[rows, truth[rows]]).mean())
    assert loss.champion == pytest.approx(-np.log(by_name[rows, truth[rows]]).mean())


def test_a_class_that_only_the_champion_knows_costs_it(bench: Any) -> None:
    random = np.random.default_rng(4)
    truth = random.integers(0, 2, COUNT).astype(float)
    ours = random.random(COUNT)
    theirs = np.column_stack([np.full(COUNT, 0.3), np.full(COUNT, 0.3), np.full(COUNT, 0.4)])
    third = {"classes": ["a", "b", "c"]}
    old = bench.snapshot(list(range(50)))
    three = np.column_stack([ours * 0.9, (1 - ours) * 0.9, np.full(COUNT, 0.1)])
    challenger = bench.contender("c2", bench.predictions(IDS, truth, three), old)
    champion = bench.contender("c1", bench.predictions(IDS, truth, theirs), old, classes=["a", "b", "gone"])
    task = {"task": "multiclass", "primary": "log_loss", "trivial": [0.5, 0.4, 0.1], "label": third}
    found = bench.evidence(bench.request(challenger, champion, evidenceFormat=3, **task))
    assert found.unmeasured is None
    assert found.metrics["log_loss"].champion == pytest.approx(-np.log(0.3))
    assert found.metrics["accuracy"].champion == 0
