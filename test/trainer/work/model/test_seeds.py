"""The same snapshot seeds the same draws."""

from __future__ import annotations

import random

import numpy as np
from reign_trainer.work.model.seeds import seed_everything, seed_of


def draws(snapshot: str) -> tuple[float, float]:
    """Draw from both global generators, as the code of an author may."""
    seed_everything(seed_of(snapshot))
    return random.random(), np.random.random()


def test_a_snapshot_seeds_both_generators() -> None:
    one, other = "0a" * 32, "0b" * 32
    assert draws(one) == draws(one)
    assert all(first != second for first, second in zip(draws(one), draws(other), strict=True))
