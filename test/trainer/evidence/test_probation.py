"""Over all looks of a probation a version that is not worse is hardly ever taken for worse."""

from __future__ import annotations

import numpy as np
from reign_trainer.evidence.measure import measure_difference
from scipy.stats import binom

LOOKS = 8
ERROR = 0.05
PROBATIONS = 400


def looks_worse(generator: np.random.Generator, loss: float) -> bool:
    """Whether any of the looks shows a loss: two weeks of 15 rows a day, days that differ, two models that err alike."""
    days = np.repeat(np.arange(14), 15)
    for _ in range(LOOKS):
        truth = generator.normal(size=days.size) + generator.normal(size=14)[days]
        shared = truth + generator.normal(size=days.size)
        tilt = generator.normal(scale=0.3, size=14)[days]
        promoted = shared + tilt + generator.normal(scale=0.2 + loss, size=days.size)
        beaten = shared - tilt + generator.normal(scale=0.2, size=days.size)
        found = measure_difference("rmse", "regression", truth, promoted, beaten, days, None, 0, 0.95, ERROR / LOOKS)
        if found.deciding_high is not None and found.deciding_high < 0:
            return True
    return False


def test_equals_are_taken_for_worse_no_more_often_than_stated() -> None:
    generator = np.random.default_rng(20260301)
    wrong = sum(looks_worse(generator, 0.0) for _ in range(PROBATIONS))
    # Eight independent looks come to 4.9 %: what so many probations show scatters around that.
    assert wrong <= binom.ppf(0.99, PROBATIONS, ERROR)


def test_a_loss_is_shown() -> None:
    generator = np.random.default_rng(20260302)
    assert np.mean([looks_worse(generator, 0.8) for _ in range(20)]) > 0.9
