"""Upper bounds that lie below the margin exactly where Holm's procedure shows a loss."""

from __future__ import annotations

import numpy as np
import pytest
from reign_trainer.evidence.measure.interval import student_interval
from reign_trainer.evidence.slices.holm import holm_upper_bounds
from scipy import stats


def interval(estimate: float, error: float, clusters: int = 15):
    return student_interval(estimate, error, clusters, 0.95, "influence", 0.025)


def by_hand(estimates, errors, clusters, margins, alpha) -> list[bool]:
    """Holm's procedure as the textbook has it."""
    p = [stats.t.cdf((e + d) / s, g - 1) for e, s, g, d in zip(estimates, errors, clusters, margins, strict=True)]
    rejected = [False] * len(p)
    for step, at in enumerate(np.argsort(p, kind="stable")):
        if p[at] >= alpha / (len(p) - step):
            break
        rejected[at] = True
    return rejected


def test_three_by_hand() -> None:
    # With 1e9 clusters t is normal: p-values .004, .02 and .04 at alpha .05 pass .05/3 and .05/2, and .05.
    estimates = stats.norm.ppf([0.02, 0.004, 0.04])
    found = holm_upper_bounds([interval(one, 1.0, 10**9) for one in estimates], [0, 0, 0], 0.05)
    expected = estimates + stats.norm.ppf([1 - 0.05 / 2, 1 - 0.05 / 3, 1 - 0.05])
    assert found == pytest.approx(expected, abs=1e-6)
    assert max(found) < 0


def test_after_the_first_that_holds_none_is_rejected() -> None:
    # .004 passes .05/3; .03 does not pass .05/2, so .04, which is below .05, does not count.
    estimates = stats.norm.ppf([0.004, 0.03, 0.04])
    found = holm_upper_bounds([interval(one, 1.0, 10**9) for one in estimates], [0, 0, 0], 0.05)
    assert found[0] < 0 <= min(found[1:])
    assert found[1:] == pytest.approx(estimates[1:] + stats.norm.ppf(1 - 0.05 / 2), abs=1e-6)


def test_agrees_with_the_procedure_for_slices_of_every_size_and_margin() -> None:
    rng = np.random.default_rng(0)
    rejections = 0
    for _ in range(500):
        m = int(rng.integers(1, 30))
        errors, clusters = rng.exponential(size=m) + 0.01, rng.integers(2, 60, m)
        margins = rng.choice([0, 0.1, 0.5], m)
        estimates = -margins + errors * rng.normal(-1.5, 2, m)
        intervals = [interval(*one) for one in zip(estimates.tolist(), errors.tolist(), clusters.tolist(), strict=True)]
        found = holm_upper_bounds(intervals, margins.tolist(), 0.025)
        expected = by_hand(estimates, errors, clusters, margins, 0.025)
        assert [high < -margin for high, margin in zip(found, margins, strict=True)] == expected
        # Simultaneous bounds are never tighter than each one's own.
        assert all(high >= one.deciding_high - 1e-12 for high, one in zip(found, intervals, strict=True))
        rejections += sum(expected)
    assert rejections > 500


def test_differences_without_noise() -> None:
    intervals = [interval(0.0, 0.0), interval(-0.1, 0.0), interval(-0.1, 0.0), interval(-1e6, 1e-9)]
    assert holm_upper_bounds(intervals, [0, 0, 0.2, 0], 0.025) == pytest.approx([0, -0.1, -0.1, -1e6])
    assert holm_upper_bounds([], [], 0.025) == []
