"""What a cycle could detect, from the standard errors of those before."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reign_trainer.activities import Activities
from reign_trainer.settings import Settings
from reign_trainer.shapes import ForecastRequest, ForecastResult, PastError
from reign_trainer.work.forecast import forecast
from scipy.stats import t
from temporalio.testing import ActivityEnvironment


def past(errors: Any, clusters: int = 14, ages: Any = None) -> list[PastError]:
    ages = [7.0] * len(errors) if ages is None else ages
    return [
        PastError(standard_error=error, clusters=clusters, champion_age_days=age)
        for error, age in zip(errors, ages, strict=True)
    ]


def foreseen(before: list[PastError], clusters: int = 14, age: float = 7.0, alpha: float = 0.025) -> ForecastResult:
    return forecast(ForecastRequest(alpha=alpha, clusters=clusters, champion_age_days=age, past=before))


def reach(clusters: int, alpha: float = 0.025) -> float:
    return float(t.ppf(1 - alpha, clusters - 1) + t.ppf(0.8, clusters - 1))


def test_without_a_past_there_is_nothing_to_tell() -> None:
    assert foreseen([]) == ForecastResult(optimistic=None, pessimistic=None, past_cycles=0)


def test_one_cycle_before_gives_one_number() -> None:
    found = foreseen(past([0.004]))
    assert found.optimistic == found.pessimistic == pytest.approx(0.004 * reach(14))
    assert found.past_cycles == 1


@pytest.mark.parametrize("clusters", [7, 14, 56])
@pytest.mark.parametrize("alpha", [0.025, 0.001])
def test_errors_are_scaled_by_clusters(clusters: int, alpha: float) -> None:
    errors = [0.003, 0.004, 0.006]
    found = foreseen(past(errors, clusters=14), clusters=clusters, alpha=alpha)
    scaled = np.array(errors) * math.sqrt(14 / clusters)
    assert found.optimistic == pytest.approx(scaled.min() * reach(clusters, alpha))
    assert found.pessimistic == pytest.approx(scaled.max() * reach(clusters, alpha))


AGES = [7.0, 14, 21, 28, 35, 42, 49]


def growing(count: int, slope: float = 0.03, noise: float = 0.02) -> list[PastError]:
    noises = np.random.default_rng(3).normal(0, noise, count)
    return past(
        [0.002 * math.exp(slope * age + add) for age, add in zip(AGES, noises, strict=False)], ages=AGES[:count]
    )


def test_six_cycles_can_show_that_the_error_grows_with_age() -> None:
    seen = growing(7)
    young, old = foreseen(seen, age=7.0), foreseen(seen, age=56.0)
    assert None not in (young.optimistic, young.pessimistic, old.optimistic, old.pessimistic)
    errors = np.array([one.standard_error for one in seen])
    # An old champion makes the worst case worse, and the best case never worse than what was seen.
    assert old.pessimistic == pytest.approx(0.002 * math.exp(0.03 * 56) * reach(14), rel=0.1)
    assert old.optimistic == pytest.approx(errors.min() * reach(14))
    # A young one makes the best case better.
    assert young.optimistic == pytest.approx(0.002 * math.exp(0.03 * 7) * reach(14), rel=0.1)
    assert young.pessimistic == pytest.approx(errors.max() * reach(14))


def test_five_cycles_cannot() -> None:
    assert foreseen(growing(5), age=7.0) == foreseen(growing(5), age=56.0)


def test_neither_noise_nor_a_falling_error_is_a_trend() -> None:
    noise = growing(7, slope=0.0, noise=0.3)
    assert foreseen(noise, age=7.0) == foreseen(noise, age=56.0)
    falling = growing(7, slope=-0.03)
    assert foreseen(falling, age=7.0) == foreseen(falling, age=56.0)
    of_one_age = past([0.002, 0.003, 0.004, 0.002, 0.003, 0.004], ages=[7.0] * 6)
    assert foreseen(of_one_age, age=7.0) == foreseen(of_one_age, age=70.0)


def test_a_trend_is_not_followed_for_ever() -> None:
    seen = growing(7)
    assert foreseen(seen, age=56.0) != foreseen(seen, age=70.0)
    assert foreseen(seen, age=70.0) == foreseen(seen, age=7000.0)


def test_cycles_that_tell_nothing_are_left_out() -> None:
    odd = past([0.0, -1.0, math.inf, math.nan]) + past([0.1], clusters=1)
    assert foreseen(odd).past_cycles == 0
    assert foreseen(odd + past([0.004])) == foreseen(past([0.004]))


@pytest.mark.parametrize(("clusters", "alpha"), [(0, 0.025), (1, 0.025), (14, 0.0), (14, 1.0), (14, math.nan)])
def test_nothing_to_compute_with(clusters: int, alpha: float) -> None:
    found = foreseen(past([0.004, 0.005]), clusters=clusters, alpha=alpha)
    assert (found.optimistic, found.pessimistic, found.past_cycles) == (None, None, 2)


async def test_it_is_an_activity(tmp_path: Path) -> None:
    activities = Activities(Settings(store=tmp_path, tracking_uri="http://127.0.0.1:9"))
    request = ForecastRequest(alpha=0.025, clusters=14, champion_age_days=7.0, past=past([0.004]))
    assert await ActivityEnvironment().run(activities.forecast, request) == forecast(request)
    assert {"observe", "forecast"} <= {one.__name__ for one in activities.all}
