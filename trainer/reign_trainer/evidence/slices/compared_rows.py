"""The judged rows, ready to be measured slice by slice."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from reign_trainer.evidence.measure import MeasureError, Task
from reign_trainer.evidence.measure.arrays import Bools, Floats, Ints
from reign_trainer.evidence.measure.clustering import Clustering
from reign_trainer.evidence.measure.holdout import Holdout
from reign_trainer.evidence.measure.parameters import Parameters
from reign_trainer.evidence.measure.scores import model_scores
from reign_trainer.evidence.rows.comparison import Comparison

from .losses import row_losses
from .score_order import ScoreOrder

Pair = tuple[Floats, Floats]
"""Of the challenger and of the champion."""


@dataclass(frozen=True)
class ComparedRows:
    """Checked rows of both models. What all slices share is made once: orders by score, losses of rows.

    Attributes
    ----------
    holdout : Holdout
        Without rows of weight zero.
    models : pair of ndarray
        Scores of the holdout's rows.
    parameters : Parameters
        Amounts among them have one number for each row that was given to `of`.
    alpha : float
    seed : int
    """

    task: Task
    holdout: Holdout
    models: Pair
    parameters: Parameters
    alpha: float
    seed: int
    _losses: dict[str, Pair] = field(default_factory=dict)

    @classmethod
    def of(cls, comparison: Comparison, champion: Floats, parameters: Parameters) -> ComparedRows:
        """Check labels, weights, clusters and scores.

        Raises
        ------
        MeasureError
            Where nothing at all can be measured on these rows, or by these scores.
        """
        task = comparison.task
        holdout = Holdout.of(task, comparison.labels, comparison.clusters, comparison.weights)
        models = (
            model_scores(task, "challenger", comparison.challenger, holdout),
            model_scores(task, "champion", champion, holdout),
        )
        if models[0].shape != models[1].shape:
            raise MeasureError("the two models answer different numbers of classes: score them on the same classes")
        return cls(task, holdout, models, parameters, comparison.alpha, comparison.seed)

    @cached_property
    def orders(self) -> tuple[ScoreOrder, ScoreOrder]:
        """Rows in the order of each model's scores."""
        return ScoreOrder.of(self.holdout, self.models[0]), ScoreOrder.of(self.holdout, self.models[1])

    def losses(self, metric: str) -> Pair:
        """Give each row's loss, of which the metric is the mean (of RMSE and R2: the squared error).

        Raises
        ------
        MeasureError
            If a parameter of the metric is missing or out of its range.
        """
        if metric not in self._losses:
            self._losses[metric] = row_losses(metric, self.holdout, self.models, self.parameters)
        return self._losses[metric]

    def take(self, rows: Ints | Bools) -> ComparedRows:
        """Keep some of the rows, in their order; losses that are known already are kept too."""
        holdout = self.holdout
        ways = tuple(Clustering.of(way.codes[rows]) for way in holdout.ways)
        fewer = Holdout(holdout.labels[rows], holdout.weights[rows], ways, None, self.task)
        losses = {metric: (first[rows], second[rows]) for metric, (first, second) in self._losses.items()}
        models = (self.models[0][rows], self.models[1][rows])
        return ComparedRows(self.task, fewer, models, self.parameters, self.alpha, self.seed, losses)
