"""Student's t has as many degrees of freedom as there are effective clusters, less one: of the class that has fewer."""

import numpy as np
import pytest
from reign_trainer.evidence.measure import degrees_of_freedom, difference_values, measure_difference
from reign_trainer.evidence.measure.interval import student_interval
from reign_trainer.evidence.measure.standard_error import jackknife_error
from scipy import stats


def _three_large(clusters: int, rows: int) -> np.ndarray:
    """Three clusters of a fifth of the rows each, the others share the rest."""
    rest = (rows - 3 * (rows // 5)) // (clusters - 3)
    return np.repeat(np.arange(clusters), [rows // 5] * 3 + [rest] * (clusters - 3))


@pytest.mark.parametrize(
    ("sizes", "freedom"),
    [
        ([10] * 14, 13),
        ([3] * 300, 299),
        ([20, 20, 10], 2500 / 900 - 1),
        ([30, 30, 30, 10], 10_000 / 2800 - 1),
        ([900, 1, 1, 1], 1),
        ([50, 50], 1),
    ],
)
def test_follow_the_sizes_of_the_clusters(sizes: list[int], freedom: float) -> None:
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    labels, first, second = np.random.default_rng(0).normal(size=(3, clusters.size))
    found = measure_difference("mae", "regression", labels, first, second, clusters, None, 1)
    assert (found.clusters, found.degrees_of_freedom) == (len(sizes), pytest.approx(freedom))
    assert found.low == pytest.approx(found.estimate - stats.t(freedom).ppf(0.975) * found.standard_error)
    of_values = difference_values("mae", "regression", labels, first, second, clusters, None)
    assert of_values.degrees_of_freedom == pytest.approx(freedom)
    weighed = measure_difference(
        "mae", "regression", labels, first, second, clusters, np.repeat(1 / np.array(sizes), sizes), 1
    )
    assert weighed.degrees_of_freedom == max(1, len(sizes) - 1)


def test_intervals_hold_where_few_clusters_hold_most_of_the_rows() -> None:
    """Whole clusters err together. With clusters - 1 degrees of freedom one-sided errors would be twice as many."""
    rng = np.random.default_rng(3)
    clusters = _three_large(30, 1_500)
    outside, textbook, rounds = 0, 0, 600
    for _ in range(rounds):
        labels = 10 + rng.normal(size=clusters.size)
        shock = rng.normal(size=30)[clusters]
        first, second = labels + 6 + shock, labels + 6 + rng.normal(size=clusters.size)
        found = measure_difference("mae", "regression", labels, first, second, clusters, None, 1)
        outside += not found.low <= 0 <= found.high
        usual = student_interval(found.estimate, found.standard_error, 30, 0.95, "influence")
        textbook += not usual.low <= 0 <= usual.high
    assert 0.03 <= outside / rounds <= 0.09
    assert textbook / rounds > 0.085


def test_of_two_classes_the_one_in_fewer_clusters_counts() -> None:
    """Clusters of one size; the third holds half of the positives."""
    clusters = np.repeat(np.arange(10), 20)
    positives = np.where(np.arange(10) == 2, 9, 1)
    labels = (np.tile(np.arange(20), 10) < np.repeat(positives, 20)).astype(float)
    first, second = np.random.default_rng(2).random((2, clusters.size))
    freedom = 18**2 / (9**2 + 9) - 1
    for name in ("roc_auc", "log_loss", "ks"):
        found = measure_difference(name, "binary", labels, first, second, clusters, None, 1)
        assert (found.clusters, found.degrees_of_freedom) == (10, pytest.approx(freedom))
    mirrored = measure_difference("roc_auc", "binary", 1 - labels, first, second, clusters, None, 1)
    assert mirrored.degrees_of_freedom == pytest.approx(freedom)


def test_the_standard_error_is_that_of_the_values_without_each_cluster() -> None:
    clusters = _three_large(14, 500)
    labels, first, second = np.random.default_rng(1).normal(size=(3, clusters.size))
    found = measure_difference("rmse", "regression", labels, first, second, clusters, None, 1)
    values = difference_values("rmse", "regression", labels, first, second, clusters, None)
    assert found.standard_error == jackknife_error(values.estimate, values.deleted)


def test_clusters_without_weight_do_not_count() -> None:
    assert degrees_of_freedom(np.array([2.0, 0, 2, 2])) == 2
    assert degrees_of_freedom(np.array([2.0, 0, 0])) == 0
    assert degrees_of_freedom(np.ones(9), np.array([5.0, 4])) == 1.0
