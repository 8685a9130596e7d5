"""Opponents besides the champion: the anchor, and whom a promotion beat."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from judged_pair import COUNT, GOOD, IDS, LABELS, POOR, pair
from reign_trainer.shapes import EvaluateRequest
from sklearn.metrics import roc_auc_score


def test_the_anchor_is_measured_on_the_same_rows(bench: Any) -> None:
    request = pair(bench)
    anchor = bench.predictions(IDS, LABELS, np.full(COUNT, 0.5))
    request.anchor = request.champion.model_copy(update={"cycle": "c0", "predictions": anchor})
    found = bench.evidence(request)
    assert found.anchor is not None
    assert found.anchor.unscorable is None
    difference = found.metrics["roc_auc"].anchor_difference
    assert difference is not None
    assert difference.estimate == pytest.approx(roc_auc_score(LABELS, GOOD) - 0.5)


def test_an_anchor_that_lacks_rows_says_so(bench: Any) -> None:
    request = pair(bench)
    anchor = bench.predictions(IDS[5:], LABELS[5:], POOR[5:])
    request.anchor = request.champion.model_copy(update={"cycle": "c0", "predictions": anchor})
    found = bench.evidence(request)
    assert found.anchor is not None
    assert found.anchor.unscorable is not None
    assert "lacks rows" in found.anchor.unscorable
    assert found.metrics["roc_auc"].anchor_difference is None


def test_a_promotion_is_followed_on_newer_rows_only(bench: Any) -> None:
    request = pair(bench)
    # The champion was promoted on the first five days: the period after them counts, as long as they.
    chose = bench.snapshot(IDS[:50])
    beaten = request.champion.model_copy(
        update={"cycle": "c0", "predictions": bench.predictions(IDS, LABELS, np.full(COUNT, 0.3))}
    )
    follow_up = {
        "cycle": "c1",
        "epoch": 2,
        "window": {"from": "2001-02-24T00:00:00Z", "to": "2001-03-01T00:00:00Z"},
        "promised": {"estimate": 0.02, "low": 0.01, "high": 0.03},
        "beaten": beaten.model_dump(by_alias=True),
        "chose": [chose],
    }
    found = bench.evidence(EvaluateRequest.model_validate({**request.model_dump(by_alias=True), "followUp": follow_up}))
    assert found.follow_up is not None
    assert (found.follow_up.rows, found.follow_up.complete) == (50, True)
    assert found.follow_up.found is not None
    assert found.follow_up.found.estimate == pytest.approx(roc_auc_score(LABELS[50:100], POOR[50:100]) - 0.5)
    assert found.follow_up.promised.estimate == 0.02


def test_a_first_champion_is_followed_although_it_knows_a_class_of_its_own(bench: Any) -> None:
    random = np.random.default_rng(5)
    truth = random.integers(0, 2, COUNT).astype(float)
    three = np.column_stack([np.full(COUNT, 0.3), np.full(COUNT, 0.4), np.full(COUNT, 0.3)])
    old = bench.snapshot(list(range(50)))
    challenger = bench.contender("c2", bench.predictions(IDS, truth, three), old)
    champion = bench.contender("c1", bench.predictions(IDS, truth, three), old, classes=["a", "b", "gone"])
    follow_up = {
        "cycle": "c1",
        "epoch": 1,
        "window": {"from": "2001-02-24T00:00:00Z", "to": "2001-03-01T00:00:00Z"},
        "promised": {"estimate": 0.02, "low": 0.01, "high": 0.03},
        "beaten": None,
        "chose": [],
    }
    task = {
        "task": "multiclass",
        "primary": "log_loss",
        "trivial": [0.6, 0.3, 0.1],
        "label": {"classes": ["a", "b", "c"]},
    }
    found = bench.evidence(bench.request(challenger, champion, evidenceFormat=3, followUp=follow_up, **task))
    assert found.follow_up is not None and found.follow_up.found is not None
    chosen = truth[50:100].astype(int)
    expected = -np.log(np.array([0.6, 0.3])[chosen]).mean() + np.log(np.array([0.3, 0.4])[chosen]).mean()
    assert found.follow_up.found.estimate == pytest.approx(expected)
