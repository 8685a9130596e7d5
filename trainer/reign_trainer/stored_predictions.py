"""Stored predictions: what judging a version needs of every row, apart from the features."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from reign_trainer.constants import EVENT_TIME, ROW_ID
from reign_trainer.errors import TrainerError
from reign_trainer.labels import encode_labels
from reign_trainer.shapes import Definition

_ROW = (ROW_ID, EVENT_TIME)


def kept_columns(definition: Definition) -> list[str]:
    """Give the columns of a snapshot that predictions are made from, besides the features."""
    source = definition.source
    weight = [] if source.weight is None else [source.weight]
    return list(dict.fromkeys([*_ROW, source.label, *weight, *slice_columns(definition)]))


def predictions_table(rows: pa.Table, scores: np.ndarray, definition: Definition) -> pa.Table:
    """Put rows and scores side by side.

    Parameters
    ----------
    rows : pyarrow.Table
        The kept columns of the snapshot.
    scores : ndarray of shape (n,) or (n, classes)
    definition : Definition

    Returns
    -------
    pyarrow.Table
        ``reign_row_id``, ``reign_event_time``, ``label`` (index of the class, or the number; null when unlabelled, or of a class that the definition lacks),
        ``weight`` where there is one, cluster and carried columns as they are, ``score`` or ``score_0`` and so on.
    """
    source = definition.source
    labels = encode_labels(rows.column(source.label), definition, foreign=True)
    columns: dict[str, pa.Array | pa.ChunkedArray] = {name: rows.column(name) for name in _ROW}
    columns["label"] = pa.array(labels, type=pa.float64(), from_pandas=True)
    if source.weight is not None:
        columns["weight"] = rows.column(source.weight).cast(pa.float64())
    named = {"score": scores} if scores.ndim == 1 else {f"score_{at}": scores[:, at] for at in range(scores.shape[1])}
    for name in slice_columns(definition):
        if name in columns or name in named:
            raise TrainerError.of("DefinitionInvalid", "reservedColumn", column=repr(name))
        columns[name] = rows.column(name)
    columns |= {name: pa.array(values, type=pa.float64()) for name, values in named.items()}
    return pa.table(columns)


def score_names(definition: Definition) -> list[str]:
    """Give the names of the columns with scores."""
    if definition.task != "multiclass" or definition.label is None:
        return ["score"]
    return [f"score_{at}" for at in range(len(definition.label.classes))]


def slice_columns(definition: Definition) -> list[str]:
    """Name what judging needs of a row besides label and score: clusters, slice keys, amounts, how it was selected."""
    source, gate = definition.source, definition.gate
    by = list(source.cluster) if isinstance(source.cluster, list) else []
    keys = [one.column for one in gate.slices]
    searched = [] if gate.search is None else gate.search.columns
    cost = gate.cost
    amounts = (
        []
        if cost is None
        else [
            one
            for one in (cost.false_positive, cost.false_negative, cost.true_positive, cost.true_negative)
            if isinstance(one, str)
        ]
    )
    selection = source.selection
    selected = [] if selection is None else [selection.decision, selection.decided_by, selection.probability]
    return list(
        dict.fromkeys(
            [*by, *source.carry, *keys, *searched, *amounts, *(name for name in selected if name is not None)]
        )
    )
