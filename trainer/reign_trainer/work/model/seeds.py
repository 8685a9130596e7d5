"""The same snapshot gives the same fit."""

from __future__ import annotations

import random

import numpy as np


def seed_of(snapshot: str) -> int:
    """Give the seed that a snapshot's content hash stands for: 0 to 2**32 - 1."""
    return int(snapshot[:8], 16)


def seed_everything(seed: int) -> None:
    """Seed the global generators, which a pipeline's code may use."""
    random.seed(seed)
    np.random.seed(seed)
