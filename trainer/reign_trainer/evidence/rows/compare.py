"""From rows of stored predictions to the arrays that everything is measured on."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa

from reign_trainer.evidence.measure import MeasureError
from reign_trainer.evidence.rows.columns import numbers, positive_index
from reign_trainer.score.predictions_table import score_names
from reign_trainer.shapes import Definition, EvaluateRequest

from .clusters import cluster_codes
from .comparison import Comparison
from .holdout_rows import HoldoutRows


def compare(rows: HoldoutRows, request: EvaluateRequest, weights: np.ndarray | None, seed: int) -> Comparison:
    """Put labels, scores, weights and clusters of the judged rows side by side.

    Parameters
    ----------
    rows : HoldoutRows
        The judged ones.
    request : EvaluateRequest
    weights : ndarray of shape (n,) or None
        Of the rows, where their labels stand in for those of others.
    seed : int

    Raises
    ------
    MeasureError
        Where the champion's predictions are of another task.
    """
    definition = request.definition
    labels = numbers(rows.challenger, "label")
    trivial = request.trivial
    if definition.task == "binary":
        positive = positive_index(definition)
        labels = (labels == positive).astype(np.float64)
        trivial = _priors(trivial, positive)
    elif isinstance(trivial, list):
        # Of classes that only another version knows the training rows had none.
        trivial = [*trivial, *[0.0] * (len(rows.classes.names) - len(trivial))]
    if definition.source.weight is not None:
        own = numbers(rows.challenger, "weight")
        weights = own if weights is None else own * weights
    return Comparison(
        task=definition.task,
        primary=request.primary,
        labels=labels,
        weights=weights,
        clusters=cluster_codes(rows.challenger, definition.source.cluster),
        challenger=scores_in(rows.challenger, definition),
        champion=None if rows.champion is None else scores_in(rows.champion, definition),
        anchor=None if rows.anchor is None else scores_in(rows.anchor, definition),
        trivial=trivial,
        table=rows.challenger,
        alpha=request.charge.alpha,
        seed=seed,
    )


def scores_in(rows: pa.Table, definition: Definition) -> np.ndarray:
    """Give stored scores, (n,) or for several classes (n, k)."""
    names = score_names(definition)
    if definition.task == "multiclass":
        # Classes that only another version knows come after the definition's own.
        names = [f"score_{at}" for at in range(max(len(names), score_columns(rows)))]
    scores = [_scores(rows, name) for name in names]
    return np.column_stack(scores) if definition.task == "multiclass" else scores[0]


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


def _priors(trivial: list[float] | float, positive: int) -> list[float] | float:
    if isinstance(trivial, list) and len(trivial) == 2 and positive == 0:
        return trivial[::-1]
    return trivial
