"""What a model answers, checked at the door."""

from __future__ import annotations

from typing import Any

import numpy as np

from reign_trainer.errors import TrainerError
from reign_trainer.labels import positive_index
from reign_trainer.shapes import Definition


def checked_predictions(answer: Any, rows: int, definition: Definition) -> np.ndarray:
    """Give predictions as numbers, or say what is wrong with them.

    Parameters
    ----------
    answer : array-like of shape (rows, classes) or (rows,)
        Probabilities in the order of the declared classes; numbers for a regression, also of shape (rows, 1).
    rows : int
        How many rows were asked about.
    definition : Definition
        Names task and classes.

    Returns
    -------
    ndarray of shape (rows, classes) or (rows,), float64

    Raises
    ------
    TrainerError
        ``PredictionsInvalid``; the message counts, it does not quote.
    """
    try:
        predictions = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError):
        raise TrainerError.of("PredictionsInvalid", "notNumbers") from None
    if definition.label is None:
        if predictions.shape == (rows, 1):
            predictions = predictions[:, 0]
        expected: tuple[int, ...] = (rows,)
    else:
        expected = (rows, len(definition.label.classes))
    if predictions.shape != expected:
        raise TrainerError.of("PredictionsInvalid", "shape", shape=str(predictions.shape), expected=str(expected))
    infinite = int(np.count_nonzero(~np.isfinite(predictions)))
    if infinite > 0:
        raise TrainerError.of("PredictionsInvalid", "infinite", infinite=infinite, all=predictions.size)
    if definition.label is not None:
        _check_probabilities(predictions)
    return predictions


def _check_probabilities(predictions: np.ndarray) -> None:
    outside = int(np.count_nonzero((predictions < 0) | (predictions > 1)))
    if outside > 0:
        raise TrainerError.of("PredictionsInvalid", "outside", outside=outside, all=predictions.size)
    unequal = int(np.count_nonzero(np.abs(predictions.sum(axis=1) - 1) > 1e-6))
    if unequal > 0:
        raise TrainerError.of("PredictionsInvalid", "unequal", unequal=unequal, rows=len(predictions))


def scores_of(predictions: np.ndarray, definition: Definition) -> np.ndarray:
    """Reduce predictions to the scores that are stored.

    Returns
    -------
    ndarray of shape (rows,) or (rows, classes)
        Binary: the probability of the positive class. Multiclass: one column a class. Regression: the number.
    """
    if definition.task != "binary":
        return predictions
    return predictions[:, positive_index(definition)]
