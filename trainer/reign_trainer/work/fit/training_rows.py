"""The labelled rows of a training snapshot, as a fit needs them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from reign_trainer.constants import EVENT_TIME
from reign_trainer.errors import TrainerError
from reign_trainer.frame import features_frame
from reign_trainer.labels import encode_labels
from reign_trainer.shapes import Definition, Manifest
from reign_trainer.store import Store


@dataclass(frozen=True)
class TrainingRows:
    """Rows to fit on, in the order of time.

    Attributes
    ----------
    features : pandas.DataFrame of shape (n, features)
    labels : ndarray of shape (n,), float64
        Indexes into the declared classes, or numbers. No NaN.
    weights : ndarray of shape (n,), float64, or None
        Zero or more; None where the definition has none.
    kinds : dict of str to str
        Of the features, in order: number, text, time.
    """

    features: pd.DataFrame
    labels: np.ndarray
    weights: np.ndarray | None
    kinds: dict[str, str]

    def __len__(self) -> int:
        return len(self.labels)

    def sample(self, rows: int, seed: int) -> TrainingRows:
        """Give at most so many rows, chosen by the seed, in their order."""
        if len(self) <= rows:
            return self
        chosen = np.sort(np.random.default_rng(seed).choice(len(self), size=rows, replace=False, shuffle=False))
        weights = None if self.weights is None else self.weights[chosen]
        return TrainingRows(self.features.iloc[chosen].reset_index(drop=True), self.labels[chosen], weights, self.kinds)


def read_training_rows(store: Store, snapshot: str, definition: Definition) -> TrainingRows:
    """Read the labelled rows of a snapshot, in the order of the event time, then of the row id.

    Raises
    ------
    TrainerError
        ``WindowEmpty``, ``LabelMissing``, ``OneClass``, ``ClassUnknown``, ``ColumnMissing`` or ``ValueOutOfRange``,
        or what the store raises.
    """
    source = definition.source
    kinds = feature_kinds(store, snapshot, definition)
    # A snapshot is in the order of the row id.
    times = store.read_rows("snapshots", snapshot, [EVENT_TIME]).column(EVENT_TIME).to_numpy().view(np.int64)
    wanted = [*source.features, source.label, *([] if source.weight is None else [source.weight])]
    table = store.read_rows("snapshots", snapshot, list(dict.fromkeys(wanted)))
    if table.num_rows == 0:
        raise TrainerError.of("WindowEmpty", "training")
    if np.any(times[1:] < times[:-1]):
        table = table.take(pa.array(np.argsort(times, kind="stable")))
    labels = encode_labels(table.column(source.label), definition)
    labelled = ~np.isnan(labels)
    if not labelled.any():
        raise TrainerError.of("LabelMissing", "training", label=repr(source.label))
    if not labelled.all():
        table, labels = table.filter(pa.array(labelled)), labels[labelled]
    _check_classes(labels, definition)
    weights = None if source.weight is None else _weights(table.column(source.weight), source.weight)
    return TrainingRows(features_frame(table, definition), labels, weights, kinds)


def feature_kinds(store: Store, snapshot: str, definition: Definition) -> dict[str, str]:
    """Give the kinds of the features, from the snapshot's manifest."""
    manifest = Manifest.model_validate(store.read_manifest("snapshots", snapshot))
    kinds = {column.name: str(column.kind) for column in manifest.columns}
    missing = [name for name in definition.source.features if name not in kinds]
    if missing:
        raise TrainerError.of("ColumnMissing", "notInSnapshot", columns=", ".join(missing))
    return {name: kinds[name] for name in definition.source.features}


def _check_classes(labels: np.ndarray, definition: Definition) -> None:
    if definition.label is None:
        if not np.isfinite(labels).all():
            raise TrainerError.of("ValueOutOfRange", "label", label=repr(definition.source.label))
        return
    present = np.unique(labels).astype(int)
    if len(present) == 1:
        only = definition.label.classes[present[0]]
        raise TrainerError.of("OneClass", "training", only=repr(only))


def _weights(column: pa.ChunkedArray, name: str) -> np.ndarray:
    weights = column.cast(pa.float64()).to_numpy()
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise TrainerError.of("ValueOutOfRange", "weights", column=repr(name))
    if weights.sum() == 0:
        raise TrainerError.of("ValueOutOfRange", "weightsZero", column=repr(name))
    return np.asarray(weights)
