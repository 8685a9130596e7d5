"""Comparisons whose columns cut the rows in every way."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
from default_gate import default_gate
from reign_trainer.evidence.rows.comparison import Comparison
from reign_trainer.shapes import Gate, SearchPolicy, SlicePolicy


def gate(*slices: SlicePolicy, search: SearchPolicy | None = None, **rest: object) -> Gate:
    """Give a policy with these slices and all defaults."""
    found = Gate.model_validate_json(json.dumps(default_gate(**rest)))
    return found.model_copy(update={"slices": list(slices), "search": search})


def by(column: str, margin: float = 0.0, metric: str | None = None, *, protected: bool = False) -> SlicePolicy:
    """Declare the slices of a column."""
    return SlicePolicy.model_validate({"column": column, "margin": margin, "metric": metric, "protected": protected})


def comparison(
    labels: np.ndarray,
    challenger: np.ndarray,
    champion: np.ndarray | None,
    clusters: np.ndarray,
    columns: dict[str, object],
    *,
    task: str = "binary",
    primary: str = "roc_auc",
    weights: np.ndarray | None = None,
    alpha: float = 0.025,
    seed: int = 7,
) -> Comparison:
    """Put arrays together."""
    return Comparison(
        task=task,
        primary=primary,
        labels=np.asarray(labels, dtype=np.float64),
        weights=weights,
        clusters=np.asarray(clusters, dtype=np.int64),
        challenger=challenger,
        champion=champion,
        anchor=None,
        trivial=[0.5, 0.5],
        table=pa.table(columns),
        alpha=alpha,
        seed=seed,
    )


def noisy(
    rng: np.random.Generator,
    n: int,
    clusters: int,
    columns: dict[str, object],
    *,
    shock: float = 0.3,
    spoiled: np.ndarray | None = None,
    **rest: object,
) -> Comparison:
    """Two equally good models of a binary label; in the spoiled rows the challenger knows nothing."""
    day = rng.integers(0, clusters, n)
    signal = rng.normal(size=n)
    labels = rng.random(n) < 1 / (1 + np.exp(-(signal - 0.5)))
    logits = [signal + rng.normal(size=n) + shock * rng.normal(size=clusters)[day] * rng.normal(size=n) for _ in "ab"]
    if spoiled is not None:
        logits[0] = np.where(spoiled, 3 * rng.normal(size=n), logits[0])
    challenger, champion = (1 / (1 + np.exp(-logit)) for logit in logits)
    return comparison(labels, challenger, champion, day, columns, **rest)
