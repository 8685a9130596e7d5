"""Rows of holdouts whose clusters are not independent inside: days of different sizes with moods of their own."""

from typing import NamedTuple

import numpy as np
from reign_trainer.evidence.measure import Parameters

PARAMETERS = Parameters(
    cutoff=0.4, false_positive=1.0, false_negative=5.0, true_positive=0.5, bad_rate=0.2, quantile=0.7
)
"""So that every metric is measured."""


class Rows(NamedTuple):
    labels: np.ndarray
    challenger: np.ndarray
    champion: np.ndarray
    trivial: np.ndarray
    clusters: np.ndarray
    weights: np.ndarray


def _probability(logit: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logit))


def _binary(rng: np.random.Generator, n: int, clusters: int, digits: int | None) -> Rows:
    day = rng.choice(clusters, size=n, p=rng.dirichlet(np.full(clusters, 5.0)))
    signal = rng.normal(size=n) + 0.5 * rng.normal(size=clusters)[day]
    labels = (rng.random(n) < _probability(signal - 1)).astype(int)
    models = [_probability(signal - 1 + rng.normal(size=n) + 0.4 * rng.normal(size=clusters)[day]) for _ in range(2)]
    if digits is not None:
        models = [np.round(model, digits) for model in models]
    return Rows(labels, models[0], models[1], np.array([0.7, 0.3]), day * 7 - 20, rng.exponential(size=n))


def _multiclass(rng: np.random.Generator, n: int, clusters: int, digits: int | None) -> Rows:
    day = rng.integers(0, clusters, n)
    logits = rng.normal(size=(n, 4)) + rng.normal(size=(clusters, 4))[day] * 0.5
    logits[:, 3] -= 2.5
    labels = np.argmax(logits + rng.gumbel(size=(n, 4)), axis=1)
    models = []
    for _ in range(2):
        odds = np.exp(logits + 0.7 * rng.normal(size=(n, 4)))
        if digits is not None:
            odds = np.round(odds, 0) + 1  # many ties for the most probable class
        models.append(odds / odds.sum(axis=1, keepdims=True))
    return Rows(labels, models[0], models[1], np.array([0.4, 0.3, 0.2, 0.1]), day, rng.exponential(size=n))


def _regression(rng: np.random.Generator, n: int, clusters: int, digits: int | None) -> Rows:
    day = rng.integers(0, clusters, n)
    labels = 5 + rng.normal(size=n) + rng.normal(size=clusters)[day]
    models = [labels + rng.normal(size=n) * 0.8 + 0.3 * rng.normal(size=clusters)[day] for _ in range(2)]
    return Rows(labels, models[0], models[1], np.array(5.1), day, rng.exponential(size=n))


def make(task: str, seed: int, n: int = 300, clusters: int = 8, digits: int | None = None) -> Rows:
    """Make rows of a task; `digits` rounds the predictions, so that many are equal."""
    makers = {"binary": _binary, "multiclass": _multiclass, "regression": _regression}
    return makers[task](np.random.default_rng(seed), n, clusters, digits)
