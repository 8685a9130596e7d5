"""The rows that calibration is measured on."""

from __future__ import annotations

from dataclasses import dataclass

from reign_trainer.evidence.measure.arrays import Floats, Ints


@dataclass(frozen=True)
class Rows:
    """One model's probabilities beside the labels, in ascending order of the probabilities.

    Attributes
    ----------
    scores, labels, weights : ndarray of shape (n,), float64
        Weights are above zero.
    codes : ndarray of shape (n,), intp
        Clusters, from 0 to ``clusters - 1``.
    clusters : int
    """

    scores: Floats
    labels: Floats
    weights: Floats
    codes: Ints
    clusters: int
