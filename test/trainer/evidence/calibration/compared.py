"""Comparisons of two binary models on days that are not alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from reign_trainer.evidence.rows.comparison import Comparison
from scipy.special import expit, logit


def comparison(
    labels: np.ndarray, challenger: np.ndarray, clusters: np.ndarray, champion: np.ndarray | None = None, **changes: Any
) -> Comparison:
    """A binary comparison by ROC AUC."""
    given: dict[str, Any] = {
        "task": "binary",
        "primary": "roc_auc",
        "labels": np.asarray(labels, dtype=np.float64),
        "weights": None,
        "clusters": np.asarray(clusters, dtype=np.int64),
        "challenger": challenger,
        "champion": champion,
        "anchor": None,
        "trivial": [0.7, 0.3],
        "table": pa.table({}),
        "alpha": 0.025,
        "seed": 1,
    }
    return Comparison(**(given | changes))


def days_of_risk(
    seed: int, n: int = 6000, days: int = 20, slope: float = 1.0, intercept: float = 0.0, mood: float = 0.3
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, probabilities and days. The labels follow the probabilities' logit on a line that days shift up and down."""
    rng = np.random.default_rng(seed)
    day = rng.integers(0, days, n)
    score = expit(rng.normal(-1, 1.2, n))
    truth = expit(intercept + slope * logit(score) + mood * rng.normal(size=days)[day])
    return (rng.random(n) < truth).astype(float), score, day
