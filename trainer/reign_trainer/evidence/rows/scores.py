"""Scores in stored predictions."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa

from reign_trainer.evidence.measure import MeasureError
from reign_trainer.labels import positive_index
from reign_trainer.shapes import Definition
from reign_trainer.stored_predictions import score_names

from .columns import numbers


def scores_in(rows: pa.Table, definition: Definition) -> np.ndarray:
    """Give stored scores, (n,) or for several classes (n, k)."""
    names = score_names(definition)
    if definition.task == "multiclass":
        # Classes that only another version knows come after the definition's own.
        names = [f"score_{at}" for at in range(max(len(names), score_columns(rows)))]
    scores = [_scores(rows, name) for name in names]
    return np.column_stack(scores) if definition.task == "multiclass" else scores[0]


def labels_in(rows: pa.Table, definition: Definition) -> np.ndarray:
    """Give stored labels, (n,): 1 for the positive class of a binary task and 0 for the other."""
    labels = numbers(rows, "label")
    return (labels == positive_index(definition)).astype(np.float64) if definition.task == "binary" else labels


def trivial_answer(trivial: list[float] | float, definition: Definition, classes: int) -> list[float] | float:
    """Give what the trivial predictor answers as `measure` takes it.

    Parameters
    ----------
    trivial : list of float or float
        Shares of the definition's classes in training, or the mean label.
    definition : Definition
    classes : int
        How many classes are compared. Training rows had none of those that only another version knows.

    Returns
    -------
    list of float or float
        For a binary task the shares of classes 0 and 1, where 1 is the positive class.
    """
    if not isinstance(trivial, list):
        return trivial
    if definition.task == "binary":
        return trivial[::-1] if len(trivial) == 2 and positive_index(definition) == 0 else trivial
    return [*trivial, *[0.0] * (classes - len(trivial))]


def score_columns(rows: pa.Table) -> int:
    """Count the columns with probabilities of classes."""
    return sum(re.fullmatch(r"score_\d+", name) is not None for name in rows.column_names)


def broken_scores(rows: pa.Table, definition: Definition) -> int:
    """Count the rows with a score that is not finite or, of a classifier, outside of 0 to 1."""
    broken = np.zeros(rows.num_rows, dtype=np.bool_)
    for name in score_names(definition):
        if name in rows.column_names:
            scores = numbers(rows, name)
            broken |= ~np.isfinite(scores)
            if definition.task != "regression":
                broken |= (scores < 0) | (scores > 1)
    return int(np.count_nonzero(broken))


def _scores(rows: pa.Table, name: str) -> np.ndarray:
    if name not in rows.column_names:
        raise MeasureError(
            "the predictions of the champion are of another task or of other classes than the challenger's"
        )
    return numbers(rows, name)
