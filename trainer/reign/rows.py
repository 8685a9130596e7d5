"""The rows of a definition, as a fit sees them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NamedTuple

import mlflow
import numpy as np
import pandas as pd
from mlflow.entities import Dataset
from mlflow.tracking import MlflowClient
from reign_trainer.constants import EVENT_TIME
from reign_trainer.labels import encode_labels
from reign_trainer.pipeline.label_series import label_series
from reign_trainer.shapes import Definition
from reign_trainer.store import Store, open_store
from reign_trainer.work.fit.training_rows import TrainingRows, read_training_rows
from reign_trainer.work.tracking.dataset import dataset_input, dataset_of

from reign.command import ask


@dataclass(frozen=True)
class Rows:
    """The labelled rows of one window, in the order of time.

    Attributes
    ----------
    X : pandas.DataFrame of shape (n, features)
        The features in the order of the definition: float64, ``str`` and datetime64[us] columns, the index counts from 0.
    y : pandas.Series of shape (n,)
        The label as the query gives it: ``str``, ``bool``, ``int64`` or ``float64``.
    event_time : pandas.Series of shape (n,), datetime64[us]
        In UTC.
    weight : pandas.Series of shape (n,), float64, or None
        None where the definition has no weights.
    window : tuple of str
        From when to when, half-open, in UTC.
    snapshot : str
        The content hash of all rows of the window, with and without label.
    """

    X: pd.DataFrame
    y: pd.Series[Any]
    event_time: pd.Series[Any]
    weight: pd.Series[Any] | None
    window: tuple[str, str]
    snapshot: str


class Loaded(NamedTuple):
    """What a cycle would be fitted on, and judged on."""

    train: Rows
    holdout: Rows


def load(model: str, as_of: str) -> Loaded:
    """Give the training and holdout rows that a cycle of a model has for a time.

    They are extracted where needed, by a running worker and trainer. In an active MLflow run they are logged as its
    datasets: `reign challenge` finds there which rows the run's model was fitted on.

    Parameters
    ----------
    model : str
        Such as ``flight-delay``: its newest definition counts.
    as_of : str
        A date (midnight UTC) or a time with a zone. Nothing known at or after it is used.

    Returns
    -------
    Loaded
        ``train, holdout = reign.load(...)``

    Raises
    ------
    ReignError
        What the command ``reign snapshot`` refuses.

    Examples
    --------
    >>> with mlflow.start_run():
    ...     train, holdout = reign.load("flight-delay", as_of="2001-06-04")
    ...     pipeline.fit(train.X, train.y)
    """
    answer = ask("snapshot", model, "--as-of", as_of)
    definition = Definition.model_validate(answer["definition"])
    store = open_store(answer["store"])
    loaded = []
    for purpose in ("train", "holdout"):
        snapshot, window = answer["snapshots"][purpose]["contentHash"], answer["windows"][purpose]
        rows = read_training_rows(store, snapshot, definition)
        times = _times(store, snapshot, definition)
        loaded.append(_rows(rows, times, definition, (window["from"], window["to"]), snapshot))
        run = mlflow.active_run()
        if run is not None:
            _log(run.info.run_id, _described(answer, purpose, rows), purpose)
    return Loaded(*loaded)


def _rows(
    rows: TrainingRows, times: pd.Series[Any], definition: Definition, window: tuple[str, str], snapshot: str
) -> Rows:
    weight = None if rows.weights is None else pd.Series(rows.weights, name=definition.source.weight)
    return Rows(rows.features, label_series(rows.labels, definition), times, weight, window, snapshot)


def _times(store: Store, snapshot: str, definition: Definition) -> pd.Series[Any]:
    """Give the event times of the rows that have a label, in their order."""
    table = store.read_rows("snapshots", snapshot, [EVENT_TIME, definition.source.label])
    labelled = ~np.isnan(encode_labels(table.column(definition.source.label), definition))
    return pd.Series(np.sort(table.column(EVENT_TIME).to_numpy()[labelled], kind="stable"), name="event_time")


def _described(answer: dict[str, Any], purpose: str, rows: TrainingRows) -> Dataset:
    model, snapshot = answer["model"], answer["snapshots"][purpose]
    uri = f"{answer['store']}/snapshots/{snapshot['contentHash']}"
    described = dataset_of(model, purpose, snapshot["contentHash"], snapshot["rows"], rows.kinds, uri)
    known = {"model": model, "snapshot": snapshot["contentHash"], "window": answer["windows"][purpose]}
    return Dataset(
        name=described.name,
        digest=described.digest,
        source_type=described.source_type,
        source=json.dumps({**json.loads(described.source), "reign": known}),
        schema=described.schema,
        profile=described.profile,
    )


def _log(run_id: str, dataset: Dataset, purpose: str) -> None:
    MlflowClient().log_inputs(run_id, datasets=[dataset_input(dataset, purpose)])
