"""What the definition names by column: weights, clusters, slices, selection and costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from judged_pair import COUNT, GOOD, IDS, LABELS, POOR, pair
from sklearn.metrics import roc_auc_score


def test_weights_count(bench: Any) -> None:
    weights = np.where(np.arange(COUNT) % 2 == 0, 3.0, 1.0)
    request = pair(bench, source={"weight": "exposure"})
    request.challenger.predictions = bench.predictions(IDS, LABELS, GOOD, weight=weights)
    request.champion = None
    found = bench.evidence(request).metrics["roc_auc"].challenger
    assert found == pytest.approx(roc_auc_score(LABELS, GOOD, sample_weight=weights))


@pytest.mark.parametrize(
    ("cluster", "count"), [("none", COUNT), (["branch"], 7), (["branch", "officer"], 7), (["branch", "bridge"], 3)]
)
def test_clusters_come_from_the_definition(bench: Any, cluster: Any, count: int) -> None:
    at = np.arange(COUNT)
    columns = {
        "branch": pa.array([None if one % 7 == 0 else f"b{one % 7}" for one in at]),
        "officer": pa.array(at % 14, pa.float64()),  # two officers a branch
        "bridge": pa.array(at % 3, pa.float64()),  # meets every branch
    }
    request = pair(bench, source={"cluster": cluster})
    request.challenger.predictions = bench.predictions(IDS, LABELS, GOOD, **columns)
    found = bench.evidence(request)
    assert found.clusters.count == count
    assert found.clusters.by == cluster
    difference = found.metrics["roc_auc"].difference
    assert difference is not None
    assert difference.clusters == count


def test_slices_come_from_carried_columns(bench: Any) -> None:
    region = pa.array(["north" if one % 2 else "south" for one in range(COUNT)])
    request = pair(bench, source={"carry": ["region"]}, gate={"slices": [slice_by("region")]})
    request.challenger.predictions = bench.predictions(IDS, LABELS, GOOD, region=region)
    found = bench.evidence(request).slices
    assert {one.where[0].value for one in found} == {"north", "south"}
    assert all(one.rows == COUNT // 2 for one in found)


def slice_by(column: str) -> dict[str, Any]:
    """Declare slices by a column."""
    return {"column": column, "margin": 0.05, "protected": False}


def test_selected_labels_are_weighed_by_the_chance_to_be_seen(bench: Any) -> None:
    accepted = np.arange(COUNT) % 4 != 0
    chance = np.where(np.arange(COUNT) % 2 == 0, 0.5, 1.0)
    labels = [label if seen else None for label, seen in zip(LABELS, accepted, strict=True)]
    columns = {"accepted": pa.array(accepted.astype(float)), "chance": pa.array(chance)}
    selection = {"decision": "accepted", "probability": "chance"}
    request = pair(bench, source={"labels": "selected", "selection": selection})
    request.challenger.predictions = bench.predictions(IDS, labels, GOOD, **columns)
    request.champion.predictions = bench.predictions(IDS, labels, POOR)
    found = bench.evidence(request)
    assert found.selection is not None
    assert found.selection.weighted
    assert found.selection.overlap == 1
    assert found.rows.judged == int(accepted.sum())
    assert found.rows.effective < found.rows.judged
    seen = accepted
    expected = roc_auc_score(LABELS[seen], GOOD[seen], sample_weight=1 / chance[seen])
    assert found.metrics["roc_auc"].challenger == pytest.approx(expected)


def test_a_probability_that_does_not_come_true_is_seen(bench: Any) -> None:
    # The champion cuts at its own score, and records a coin toss.
    accepted = POOR < np.median(POOR)
    labels = [label if seen else None for label, seen in zip(LABELS, accepted, strict=True)]
    columns = {"accepted": pa.array(accepted.astype(float)), "chance": pa.array(np.full(COUNT, 0.5))}
    selection = {"decision": "accepted", "probability": "chance"}
    request = pair(bench, source={"labels": "selected", "selection": selection})
    request.challenger.predictions = bench.predictions(IDS, labels, POOR, **columns)
    request.champion = None
    found = bench.evidence(request).selection
    assert found is not None
    assert found.disagreement is not None
    assert found.disagreement > 5
    columns["accepted"] = pa.array((np.random.default_rng(4).random(COUNT) < 0.5).astype(float))
    request.challenger.predictions = bench.predictions(IDS, labels, POOR, **columns)
    tossed = bench.evidence(request).selection
    assert tossed is not None
    assert tossed.disagreement is not None
    assert tossed.disagreement < 5
    assert tossed.contradicted == 0


def test_amounts_are_costs(bench: Any) -> None:
    amount = np.linspace(100, 1000, COUNT)
    gate = {
        "cutoff": {"score": 0.5, "accept": "below"},
        "cost": {"falsePositive": 10, "falseNegative": "amount", "truePositive": 0, "trueNegative": 0},
    }
    request = pair(bench, source={"carry": ["amount"]}, gate=gate, primary="expected_cost")
    request.challenger.predictions = bench.predictions(IDS, LABELS, GOOD, amount=pa.array(amount))
    found = bench.evidence(request)
    flagged = GOOD >= 0.5
    expected = np.where(flagged, np.where(LABELS == 1, 0, 10), np.where(LABELS == 1, amount, 0)).mean()
    assert found.metrics["expected_cost"].challenger == pytest.approx(expected)
    assert found.swap_set is not None
