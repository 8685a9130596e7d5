"""Every slice says what measuring its rows alone says."""

from __future__ import annotations

import numpy as np
import pytest
from measure.holdout_rows import make
from reign_trainer.evidence.measure import METRICS, Parameters, measure_difference
from reign_trainer.evidence.slices import declared_slices

from .comparisons import by, comparison, gate

CASES = [(task, metric) for metric, entry in METRICS.items() for task in entry.tasks]
PARAMETERS = {
    "cutoff": {"score": 0.4, "accept": "below"},
    "cost": {"falsePositive": 1, "falseNegative": "amount", "truePositive": 0, "trueNegative": -0.5},
    "badRate": 0.2,
    "quantile": 0.7,
}


def columns(n: int, rng: np.random.Generator) -> dict[str, object]:
    region = np.array(["north", "south", "east", None], dtype=object)[rng.choice(4, n, p=[0.4, 0.3, 0.2, 0.1])]
    return {"region": region.tolist(), "amount": rng.exponential(size=n)}


@pytest.mark.parametrize("digits", [None, 1], ids=["distinct", "tied"])
@pytest.mark.parametrize("weighted", [False, True], ids=["equal", "weighted"])
@pytest.mark.parametrize("ways", [1, 2])
@pytest.mark.parametrize(("task", "metric"), CASES)
def test_a_slice_is_measured_as_its_rows_alone(task, metric, ways, weighted, digits) -> None:
    rows = make(task, seed=3, n=2400, clusters=8, digits=digits)
    rng = np.random.default_rng(5)
    kept = np.ones(rows.labels.size, dtype=bool)
    if task == "multiclass":  # a rare class would leave no slice to measure
        kept = rows.labels != 3
        rows = rows._replace(challenger=_without_last(rows.challenger), champion=_without_last(rows.champion))
    labels, challenger, champion, clusters, weights = (
        np.asarray(of_rows)[kept]
        for of_rows in (rows.labels, rows.challenger, rows.champion, rows.clusters, rows.weights)
    )
    n = labels.size
    weights = np.where(rng.random(n) < 0.05, 0, weights) if weighted else None
    clusters = np.unique(clusters, return_inverse=True)[1]
    if ways == 2:
        clusters = np.column_stack([clusters, rng.integers(0, 12, n)])
    parts = columns(n, rng)
    found = declared_slices(
        comparison(labels, challenger, champion, clusters, parts, task=task, primary=metric, weights=weights),
        gate(by("region"), **PARAMETERS),
    )

    assert [slice_.where[0].value for slice_ in found] == ["north", "south", "east", None]
    for slice_ in found:
        inside = np.array([value == slice_.where[0].value for value in parts["region"]])
        own = None if weights is None else weights[inside]
        expected = measure_difference(
            metric,
            task,
            labels[inside],
            challenger[inside],
            champion[inside],
            clusters[inside],
            own,
            7,
            alpha=0.025,
            parameters=Parameters(
                cutoff=0.4,
                false_positive=1.0,
                false_negative=parts["amount"][inside],
                true_positive=0.0,
                true_negative=-0.5,
                bad_rate=0.2,
                quantile=0.7,
            ),
        )
        assert slice_.rows == (inside.sum() if own is None else np.count_nonzero(own))
        assert slice_.unmeasured is None
        assert slice_.difference.clusters == expected.clusters == slice_.clusters
        assert slice_.difference.degrees_of_freedom == pytest.approx(expected.degrees_of_freedom)
        assert slice_.difference.method == expected.method
        for name in ("estimate", "standard_error", "low", "high", "deciding_low", "deciding_high", "detectable"):
            assert getattr(slice_.difference, name) == pytest.approx(getattr(expected, name), rel=1e-9, abs=1e-12), name
        turned = 1 if METRICS[metric].better == "higher" else -1
        assert turned * (slice_.challenger - slice_.champion) == pytest.approx(expected.estimate, abs=1e-12)


def _without_last(scores: np.ndarray) -> np.ndarray:
    return scores[:, :3] / scores[:, :3].sum(axis=1, keepdims=True)


def test_rows_that_are_each_a_cluster() -> None:
    rows = make("binary", seed=1, n=900)
    part = np.array(["a", "b"])[np.arange(900) % 2]
    compared = comparison(rows.labels, rows.challenger, rows.champion, np.arange(900), {"part": part})
    for slice_ in declared_slices(compared, gate(by("part"))):
        inside = part == slice_.where[0].value
        expected = measure_difference(
            "roc_auc",
            "binary",
            rows.labels[inside],
            rows.challenger[inside],
            rows.champion[inside],
            np.flatnonzero(inside),
            None,
            7,
        )
        assert slice_.clusters == 450
        assert slice_.difference.standard_error == pytest.approx(expected.standard_error, rel=1e-9)
