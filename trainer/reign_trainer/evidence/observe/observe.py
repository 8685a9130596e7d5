"""The `observe` activity's work: two snapshots in, one document of what was seen in them out."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reign_trainer.constants import EVENT_TIME, ROW_ID
from reign_trainer.labels import encode_labels
from reign_trainer.shapes import FlippedLabels, Observations, ObserveRequest, ObserveResult
from reign_trainer.store import Store

from .alarm import rounded
from .domain import domain_auc
from .feature import Feature, feature_of
from .flipped import flipped_labels
from .leaks import Leaks
from .sample import SampledWindows, as_numbers, generator_of, sample
from .shift import column_shift
from .sizes import Sizes, largest, sizes


def observe(request: ObserveRequest, store: Store) -> ObserveResult:
    """Look at features and labels of both windows, and store what was seen.

    Parameters
    ----------
    request : ObserveRequest
    store : Store
        Has the snapshots, earlier observations and the last predictions; takes the document.

    Returns
    -------
    ObserveResult
        The hash of the document. The same request and the same stored rows give the same bytes.

    Raises
    ------
    TrainerError
        ``ClassUnknown`` where labels are none of the classes, as the fit would say, and what the store raises. Columns
        that cannot be compared are no error: their sizes are null.
    """
    return ObserveResult(observations=store.write_document("observations", observations_bytes(seen(request, store))))


def observations_bytes(observations: Observations) -> bytes:
    """Write observations as they are stored: JSON in UTF-8, keys sorted, nothing between the tokens."""
    document = observations.as_stored()
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def seen(request: ObserveRequest, store: Store) -> Observations:
    """Give the observations as a shape, without storing them."""
    definition = request.definition
    generator = generator_of(request.train_snapshot, request.holdout_snapshot)
    windows = _windows(request, store, generator)
    train_labels = encode_labels(windows.train.column(definition.source.label), definition)
    leaks = Leaks(definition, train_labels[windows.train_rows], _entities(request, windows), generator)
    past = _past(request, store)
    train_times, holdout_times = windows.sampled(EVENT_TIME)
    event_times = as_numbers(train_times), as_numbers(holdout_times)

    features, columns, found = [], [], []
    for name in definition.source.features:
        feature = feature_of(windows, name, event_times, is_event_time=name == definition.source.event_time)
        features.append(feature)
        categories = (windows.train.column(name), windows.holdout.column(name)) if feature.kind == "text" else None
        earlier = [shift for document in past for shift in document.columns if shift.column == name]
        columns.append(column_shift(name, _sizes(feature, generator), earlier, definition.gate.shift, categories))
        leak = leaks.find(name, feature)
        if leak is not None:
            found.append(leak)
    return Observations(
        format=1,
        train_snapshot=request.train_snapshot,
        holdout_snapshot=request.holdout_snapshot,
        sampled_rows=max(windows.train_rows.size, windows.holdout_rows.size),
        columns=columns,
        domain_auc=rounded(domain_auc(features, generator)),
        leaks=found,
        empty=[name for name in definition.source.features if _is_empty(windows.train.column(name))],
        flipped_labels=_flipped(request, store, windows, train_labels),
    )


def _windows(request: ObserveRequest, store: Store, generator: np.random.Generator) -> SampledWindows:
    source = request.definition.source
    wanted = [EVENT_TIME, *source.features, source.label]
    wanted += [] if source.entity is None else [source.entity]
    wanted += [] if request.last_predictions is None else [ROW_ID]
    columns = list(dict.fromkeys(wanted))
    train = store.read_rows("snapshots", request.train_snapshot, columns)
    return sample(train, store.read_rows("snapshots", request.holdout_snapshot, columns), generator)


def _is_empty(column: pa.ChunkedArray) -> bool:
    return len(column) > 0 and bool(pc.all(pc.is_null(column, nan_is_null=True)).as_py())


def _sizes(feature: Feature, generator: np.random.Generator) -> Sizes:
    found = largest([sizes(view, generator) for view in feature.shift])
    return Sizes(found.psi, None, found.auc) if feature.cyclic else found


def _entities(request: ObserveRequest, windows: SampledWindows) -> np.ndarray | None:
    """Number whom the sampled training rows are about; rows without are one."""
    if request.definition.source.entity is None:
        return None
    train, _ = windows.sampled(request.definition.source.entity)
    codes = train.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return np.asarray(codes, dtype=np.int64) + 1


def _past(request: ObserveRequest, store: Store) -> list[Observations]:
    """Read earlier observations: each holdout once, and never this one."""
    documents: dict[str, Observations] = {}
    for hash_of_document in request.past:
        document = Observations.model_validate_json(store.read_document("observations", hash_of_document))
        if document.holdout_snapshot != request.holdout_snapshot:
            documents.setdefault(document.holdout_snapshot, document)
    return list(documents.values())


def _flipped(
    request: ObserveRequest, store: Store, windows: SampledWindows, train_labels: np.ndarray
) -> FlippedLabels | None:
    if request.last_predictions is None:
        return None
    definition = request.definition
    holdout_labels = encode_labels(windows.holdout.column(definition.source.label), definition)
    last: pa.Table = store.read_rows("predictions", request.last_predictions, [ROW_ID, "label"])
    today = [(windows.train.column(ROW_ID), train_labels), (windows.holdout.column(ROW_ID), holdout_labels)]
    return flipped_labels(last, today)
