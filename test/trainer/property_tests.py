"""How the property tests draw: the same examples in every run, or fresh ones in ``npm run fuzz``."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers


def choose_examples() -> None:
    """Register the examples of this run, before any test module is imported."""
    # Hypothesis mixes constants from every local module that happens to be imported into its draws: which examples a
    # test sees would depend on the tests that ran before it. There is no setting for that.
    providers.HypothesisProvider._local_constants = providers._local_constants  # type: ignore[method-assign]
    slow = [HealthCheck.too_slow]
    settings.register_profile("same", derandomize=True, database=None, deadline=None, suppress_health_check=slow)
    settings.register_profile("fresh", derandomize=False, database=None, deadline=None, suppress_health_check=slow)
    settings.load_profile("fresh" if os.environ.get("REIGN_FUZZ") else "same")
