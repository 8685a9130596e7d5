"""Comparisons of every task on days with moods of their own, and policies for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from default_gate import default_gate
from measure.holdout_rows import make
from reign_trainer.evidence.rows.comparison import Comparison
from reign_trainer.shapes import Gate

PRIMARY = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}


def policy(**changes: Any) -> Gate:
    """A policy that has all that any metric needs."""
    cost = {"falsePositive": 1, "falseNegative": "amount", "truePositive": 0, "trueNegative": 0}
    return Gate.model_validate(
        default_gate(
            **{"badRate": 0.2, "quantile": 0.6, "cutoff": {"score": 0.3, "accept": "below"}, "cost": cost} | changes
        )
    )


def compared(task: str = "binary", seed: int = 0, n: int = 2000, days: int = 14, **changes: Any) -> Comparison:
    """Two models of about equal worth."""
    rows = make(task, seed, n, days)
    given: dict[str, Any] = {
        "task": task,
        "primary": PRIMARY[task],
        "labels": rows.labels.astype(np.float64),
        "weights": None,
        "clusters": np.unique(rows.clusters, return_inverse=True)[1].astype(np.int64),
        "challenger": rows.challenger,
        "champion": rows.champion,
        "anchor": None,
        "trivial": rows.trivial.tolist(),
        "table": pa.table({"amount": np.random.default_rng(seed).exponential(size=n)}),
        "alpha": 0.025,
        "seed": seed,
    }
    return Comparison(**(given | changes))
