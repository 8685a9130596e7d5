"""A challenger and a champion on the same holdout: the challenger is better."""

from __future__ import annotations

from typing import Any

import numpy as np

COUNT = 140
IDS = list(range(100, 100 + COUNT))
_RANDOM = np.random.default_rng(9)
LABELS = (_RANDOM.random(COUNT) < 0.4).astype(float)
GOOD = np.clip(LABELS * 0.4 + 0.3 + _RANDOM.normal(0, 0.15, COUNT), 0.01, 0.99)
POOR = np.clip(LABELS * 0.1 + 0.3 + _RANDOM.normal(0, 0.15, COUNT), 0.01, 0.99)


def pair(bench: Any, **changes: Any) -> Any:
    """Ask for their evidence, with some fields changed."""
    old = bench.snapshot(list(range(50)))
    challenger = bench.contender("c2", bench.predictions(IDS, LABELS, GOOD), old)
    champion = bench.contender("c1", bench.predictions(IDS, LABELS, POOR), old)
    return bench.request(challenger, champion, **changes)
