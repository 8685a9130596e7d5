"""The AUC and its variance are those that R's pROC publishes, and Hanley & McNeil's and DeLong's closed forms."""

import numpy as np
import pytest
from reign_trainer.evidence.measure import difference_values, measure, measure_difference
from scipy import stats

from .asah import AUC, HIGH, LOW, grades


def _delong_error(outcome: np.ndarray, estimate: float, deleted: np.ndarray) -> float:
    """DeLong's standard error from the AUC without each row.

    Without positive row i of m the AUC is ``(m * A - V_i) / (m - 1)``, V_i being its placement value: what is left out
    differs from A by ``(V_i - A) / (m - 1)``, and likewise for the negative rows.
    """
    variance = 0.0
    for label in (0, 1):
        left_out = estimate - deleted[outcome == label]
        placements = left_out * (left_out.size - 1)
        variance += placements.var(ddof=1) / placements.size
    return float(np.sqrt(variance))


def test_the_auc_and_delongs_interval_are_those_of_r_proc() -> None:
    outcome, grade = grades()
    constant = np.full(113, 0.5)
    found = difference_values("roc_auc", "binary", outcome, grade, constant, np.arange(113), None)
    assert found.estimate + 0.5 == pytest.approx(AUC, abs=1e-14)
    reach = stats.norm.ppf(0.975) * _delong_error(outcome, found.estimate, found.deleted)
    assert (AUC - reach, AUC + reach) == pytest.approx((LOW, HIGH), abs=5e-5)


def test_with_a_cluster_for_each_row_the_standard_error_is_delongs_but_for_small_counts() -> None:
    """(N - 1) / N * (S10 / (m - 1) + S01 / (n - 1)) in place of S10 / m + S01 / n, S being DeLong's."""
    outcome, grade = grades()
    found = measure("binary", outcome, grade, None, [0.6, 0.4], np.arange(113), None, 1)["roc_auc"]
    placements = [
        np.array([np.mean((g > other) + 0.5 * (g == other)) for g in own])
        for own, other in [(grade[outcome == 1], grade[outcome == 0]), (grade[outcome == 0], grade[outcome == 1])]
    ]
    variance = 112 / 113 * sum(v.var(ddof=1) / (v.size - 1) for v in placements)
    for interval in (found.alone, found.lead):
        assert interval.standard_error == pytest.approx(np.sqrt(variance), rel=1e-10)
    assert found.alone.standard_error == pytest.approx((HIGH - LOW) / 2 / stats.norm.ppf(0.975), rel=0.02)


def test_hanley_and_mcneils_standard_error_for_exponential_scores() -> None:
    """For scores of two exponentials Q1 = A / (2 - A) and Q2 = 2 A^2 / (1 + A) are exact."""
    rng = np.random.default_rng(3)
    m, n, ratio = 2_000, 3_000, 3.0
    auc = ratio / (1 + ratio)
    scores = np.concatenate([ratio * rng.exponential(size=m), rng.exponential(size=n)])
    labels = np.repeat([1, 0], [m, n])
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = (auc * (1 - auc) + (m - 1) * (q1 - auc**2) + (n - 1) * (q2 - auc**2)) / (m * n)
    found = measure_difference(
        "roc_auc", "binary", labels, scores / (1 + scores), np.full(m + n, 0.5), np.arange(m + n), None, 1
    )
    assert found.standard_error == pytest.approx(np.sqrt(variance), rel=0.03)
    assert abs(found.estimate + 0.5 - auc) < 4 * np.sqrt(variance)
