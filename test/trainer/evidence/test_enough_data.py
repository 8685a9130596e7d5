"""How much data it takes to see what is worth having."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from judged_pair import pair


def test_enough_data_is_said_in_clusters_and_as_a_date(bench: Any) -> None:
    found = bench.evidence(pair(bench, gate={"detect": 0.05})).detection
    assert found.wanted == 0.05
    assert found.detectable is not None
    assert found.clusters_needed is not None
    assert (found.clusters_needed > 14) == (found.detectable > 0.05)
    # 14 days are 14 clusters here, labels mature at once: the date is so many days after the window began.
    expected = np.datetime64("2001-02-19T00:00:00") + np.timedelta64(found.clusters_needed, "D")
    assert found.enough_on == f"{expected}Z"


def test_what_is_worth_having_has_a_default_by_metric(bench: Any) -> None:
    assert bench.evidence(pair(bench)).detection.wanted == 0.01
    found = bench.evidence(pair(bench, primary="log_loss"))
    assert found.detection.wanted == pytest.approx(0.01 * found.metrics["log_loss"].trivial)


def test_what_must_be_reached_adds_to_what_it_takes(bench: Any) -> None:
    plain = bench.evidence(pair(bench, gate={"detect": 0.05})).detection
    asking = bench.evidence(pair(bench, gate={"detect": 0.08, "minimumGain": 0.03})).detection
    assert (asking.clusters_needed, asking.wanted) == (plain.clusters_needed, 0.08)
    assert bench.evidence(pair(bench, gate={"minimumGain": 0.03})).detection.wanted == pytest.approx(0.04)
    worse = {"win": "nonInferior", "margin": 0.05, "reason": "half the features"}
    assert bench.evidence(pair(bench, gate=worse)).detection.clusters_needed == plain.clusters_needed
    first = pair(bench, gate={**worse, "detect": 0.2}).model_copy(update={"champion": None})
    alone = pair(bench, gate={"detect": 0.2}).model_copy(update={"champion": None})
    assert bench.evidence(first).detection.clusters_needed == bench.evidence(alone).detection.clusters_needed
