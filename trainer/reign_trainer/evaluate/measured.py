"""The metrics of a comparison, as they stand in the evidence."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa

from reign_trainer.measure import MeasureError, measure
from reign_trainer.shapes import Definition, MetricEvidence

from .judged_rows import JudgedRows


def measured(
    rows: JudgedRows, definition: Definition, trivial: list[float] | float, clusters: np.ndarray, seed: int
) -> tuple[dict[str, MetricEvidence], str | None]:
    """Measure the judged rows.

    Parameters
    ----------
    rows : JudgedRows
    definition : Definition
        Names task, classes, positive class and weight.
    trivial : list of float or float
        Class shares of training in the order of the classes, or the mean of the label.
    clusters : ndarray of shape (n,)
    seed : int
        Of resampling.

    Returns
    -------
    metrics : dict of str to MetricEvidence
        Empty where nothing can be measured.
    unmeasured : str or None
        Why not.
    """
    if rows.counts.judged == 0:
        return {}, _nothing_left(rows)
    labels = rows.challenger.column("label").cast(pa.float64()).to_numpy()
    weights = None
    if definition.source.weight is not None:
        weights = rows.challenger.column("weight").cast(pa.float64()).fill_null(np.nan).to_numpy()
    if definition.task == "binary":
        positive = _positive_index(definition)
        labels = (labels == positive).astype(np.float64)
        trivial = _priors(trivial, positive)
    try:
        champion = None if rows.champion is None else _scores(rows.champion, definition)
        found = measure(
            definition.task, labels, _scores(rows.challenger, definition), champion, trivial, clusters, weights, seed
        )
    except MeasureError as error:
        return {}, str(error)
    return {name: MetricEvidence.model_validate(_plain(asdict(one))) for name, one in found.items()}, None


def _scores(rows: pa.Table, definition: Definition) -> np.ndarray:
    if definition.task != "multiclass":
        return _column(rows, "score")
    assert definition.label is not None
    return np.column_stack([_column(rows, f"score_{at}") for at in range(len(definition.label.classes))])


def _column(rows: pa.Table, name: str) -> np.ndarray:
    if name not in rows.column_names:
        raise MeasureError(
            "the predictions of the champion are of another task or of other classes than the challenger's"
        )
    return np.asarray(rows.column(name).cast(pa.float64()).fill_null(np.nan).to_numpy())


def _positive_index(definition: Definition) -> int:
    label = definition.label
    return 1 if label is None or label.positive is None else label.classes.index(label.positive)


def _priors(trivial: list[float] | float, positive: int) -> list[float] | float:
    if isinstance(trivial, list) and len(trivial) == 2 and positive == 0:
        return trivial[::-1]
    return trivial


def _nothing_left(rows: JudgedRows) -> str:
    counts = rows.counts
    if counts.holdout == 0:
        return "the holdout has no rows"
    if counts.in_both == 0:
        return "no row is in the holdout of both queries: the two row ids have nothing in common"
    if counts.chose_champion == 0:
        return "no row of the holdout has a label"
    return "every labelled row of the holdout took part in choosing the champion: judge on newer rows"


def _plain(value: Any) -> Any:
    """Turn -0.0, which is written apart, into 0.0."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value + 0.0 if isinstance(value, float) else value
