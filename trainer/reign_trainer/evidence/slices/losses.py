"""What each row costs: the metrics that are means over rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reign_trainer.evidence.measure import MeasureError
from reign_trainer.evidence.measure.arrays import Floats
from reign_trainer.evidence.measure.holdout import Holdout
from reign_trainer.evidence.measure.parameters import Costs, Parameters, check_share
from reign_trainer.evidence.measure.sums import EPSILON

Loss = Callable[[Floats, Floats], Floats]
"""From labels and scores."""


def row_losses(
    metric: str, holdout: Holdout, models: tuple[Floats, Floats], parameters: Parameters
) -> tuple[Floats, Floats]:
    """Give the loss (of accuracy: the hit) of each row for two models.

    Raises
    ------
    MeasureError
        If a parameter of the metric is missing or out of its range.
    """
    loss = _loss(metric, holdout, parameters)
    return loss(holdout.labels, models[0]), loss(holdout.labels, models[1])


def _loss(metric: str, holdout: Holdout, parameters: Parameters) -> Loss:
    if metric == "expected_cost":
        costs = Costs.of(parameters, holdout)
        return lambda _, scores: np.where(scores >= costs.cutoff, costs.flagged, costs.passed)
    if metric == "pinball":
        if parameters.quantile is None:
            raise MeasureError("pinball needs the quantile that is predicted")
        quantile = check_share("quantile", parameters.quantile)
        return lambda labels, scores: np.maximum(quantile * (labels - scores), (quantile - 1) * (labels - scores))
    return PLAIN[metric]


def _log_loss(labels: Floats, scores: Floats) -> Floats:
    if scores.ndim == 1:
        truth = np.where(labels == 1, scores, 1 - scores)
    else:
        truth = scores[np.arange(labels.size), labels.astype(np.intp)]
    losses: Floats = -np.log(np.clip(truth, EPSILON, 1 - EPSILON))
    return losses


def _squared_error(labels: Floats, scores: Floats) -> Floats:
    return np.square(scores - labels)


def _absolute_error(labels: Floats, scores: Floats) -> Floats:
    return np.abs(scores - labels)


def _hit(labels: Floats, scores: Floats) -> Floats:
    hits: Floats = (np.argmax(scores, axis=1) == labels).astype(np.float64)
    return hits


PLAIN: dict[str, Loss] = {
    "log_loss": _log_loss,
    "brier": _squared_error,
    "accuracy": _hit,
    "mae": _absolute_error,
    "rmse": _squared_error,
    "r2": _squared_error,
}
"""Metrics of rows that need no parameters. Of RMSE and R2 it is what they are made from."""

LOSSES = (*PLAIN, "expected_cost", "pinball")
"""Metrics that `row_losses` knows."""
