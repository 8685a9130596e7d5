"""One comparison that other scores can be put into."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from reign_trainer.evidence.measure import Parameters, difference_values, measure_difference
from reign_trainer.evidence.measure.arrays import Floats, Ints
from reign_trainer.evidence.rows.comparison import Comparison
from reign_trainer.evidence.rows.gate_parameters import gate_parameters
from reign_trainer.shapes import Gate, Interval

from .boundary import win_boundary


@dataclass(frozen=True)
class Case:
    """The rows of a comparison by the primary metric, with the opponent whom any scores are compared with.

    Attributes
    ----------
    comparison : Comparison
    parameters : Parameters
        Of the primary metric.
    opponent : ndarray of shape (n,) or (n, k)
        The champion's scores; without a champion what the trivial predictor answers.
    trivial : ndarray of shape (n,) or (n, k)
    boundary : float
        What the deciding lower bound of a winner lies above.
    """

    comparison: Comparison
    parameters: Parameters
    opponent: Floats
    trivial: Floats
    boundary: float

    @classmethod
    def of(cls, comparison: Comparison, gate: Gate) -> Case:
        """Set the case up that the gate really decides."""
        trivial = np.asarray(comparison.trivial, dtype=np.float64)
        if comparison.task == "binary":
            trivial = trivial[1]
        constant = np.broadcast_to(trivial, comparison.challenger.shape)
        reigning = comparison.champion is not None
        return cls(
            comparison,
            gate_parameters(gate, comparison.table),
            constant if comparison.champion is None else comparison.champion,
            constant,
            win_boundary(gate, reigning),
        )

    @property
    def reigning(self) -> bool:
        """Whether the opponent is a champion."""
        return self.comparison.champion is not None

    def difference(self, scores: Floats, alpha: float, second: Floats | None = None) -> Interval:
        """Measure scores against the opponent, or against others, as the real comparison is measured."""
        of = self.comparison
        return measure_difference(
            of.primary,
            of.task,
            of.labels,
            scores,
            self.opponent if second is None else second,
            of.clusters,
            of.weights,
            of.seed,
            alpha=alpha,
            parameters=self.parameters,
        )

    def estimate(self, scores: Floats) -> float:
        """Measure the difference to the opponent alone, without its uncertainty."""
        return self._lead(scores) - self._opponents_lead

    def only(self, rows: Ints) -> Case:
        """Give the case of some of the rows."""
        of = self.comparison
        amounts = {one.name: getattr(self.parameters, one.name) for one in fields(self.parameters)}
        return Case(
            replace(
                of,
                labels=of.labels[rows],
                weights=None if of.weights is None else of.weights[rows],
                clusters=of.clusters[rows],
                challenger=of.challenger[rows],
                champion=None if of.champion is None else of.champion[rows],
                anchor=None,
            ),
            Parameters(**{name: one[rows] if np.ndim(one) else one for name, one in amounts.items()}),
            self.opponent[rows],
            self.trivial[rows],
            self.boundary,
        )

    @cached_property
    def _opponents_lead(self) -> float:
        return self._lead(self.opponent) if self.reigning else 0.0

    def _lead(self, scores: Floats) -> float:
        # A constant costs no sorting; one cluster for all costs no uncertainty.
        of = self.comparison
        together = np.zeros(of.labels.size, dtype=np.int64)
        return difference_values(
            of.primary, of.task, of.labels, scores, self.trivial, together, of.weights, self.parameters
        ).estimate
