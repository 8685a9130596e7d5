"""Which rows a snapshot held, kept apart from its features: ``rowids/<snapshot hash>`` in the store.

Rows that a version was fitted or chosen on are told by these ids, so a snapshot itself can be deleted. The manifest beside
the ids holds the document that the snapshot's hash is taken over: it proves that they are the ids of that snapshot.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from reign_trainer.constants import EVENT_TIME, ROW_ID
from reign_trainer.content_hash import ContentHasher
from reign_trainer.errors import TrainerError
from reign_trainer.store import Staging, Store


@dataclass(frozen=True)
class KnownRowIds:
    """The row ids of one snapshot.

    Attributes
    ----------
    ids : pyarrow.Array
        In the order of the snapshot, as `ids_of` gives them.
    events : tuple of int, or None
        The first and the last event time, in microseconds since 1970; None where the snapshot has no rows.
    window : dict or None
        The window in a manifest of the first release.
    """

    ids: pa.Array
    events: tuple[int, int] | None
    window: dict[str, str] | None


def ids_of(rows: pa.Table) -> pa.Array:
    """Give the row ids as one array."""
    ids = rows.column(ROW_ID).combine_chunks()
    return ids if pa.types.is_integer(ids.type) else ids.cast(pa.large_string())


def known_row_ids(store: Store, snapshot: str) -> KnownRowIds:
    """Read the row ids of a snapshot: where they are kept apart or, where they are not, from the snapshot.

    Raises
    ------
    TrainerError
        ``StoreCorrupt`` where neither can be read, or where the ids that are kept apart are not those of the snapshot.
    """
    if store.has_rows("rowids", snapshot):
        manifest = store.read_manifest("rowids", snapshot)
        ids = store.read_rows("rowids", snapshot)
        _check(ids, manifest.get("document"), snapshot)
        events = manifest.get("events")
        return KnownRowIds(ids_of(ids), None if events is None else (events[0], events[1]), manifest.get("window"))
    rows = store.read_rows("snapshots", snapshot, [ROW_ID, EVENT_TIME])
    window = store.read_manifest("snapshots", snapshot).get("window")
    return KnownRowIds(ids_of(rows), _events([rows.column(EVENT_TIME)]), window)


def kept_row_ids(store: Store, snapshot: str) -> KnownRowIds | None:
    """Read the row ids of a snapshot, and keep them apart unless they are already. None where nobody knows them any more."""
    try:
        kept = _whole(store, snapshot)
        if kept is not None:
            return kept
        write_row_ids(store, snapshot, _document(store, snapshot))
        return known_row_ids(store, snapshot)
    except TrainerError as error:
        if error.code != "StoreCorrupt":
            raise
        return None


def write_row_ids(store: Store, snapshot: str, document: str) -> None:
    """Write the row ids of a stored snapshot.

    Parameters
    ----------
    store : Store
    snapshot : str
        Its content hash.
    document : str
        What that hash is taken over.
    """
    window = store.read_manifest("snapshots", snapshot).get("window")
    with (
        store.stage("rowids") as staging,
        store.open_rows("snapshots", snapshot) as rows,
        pq.ParquetFile(rows) as file,
    ):
        writer = RowIdsWriter(staging, file.schema_arrow)
        for batch in file.iter_batches(columns=[ROW_ID, EVENT_TIME]):
            writer.write(batch)
        writer.commit(snapshot, document, window)


class RowIdsWriter:
    """Writes the row ids of a snapshot while its rows pass.

    Parameters
    ----------
    staging : Staging
        Of ``rowids``.
    schema : pyarrow.Schema
        Of the snapshot.
    """

    def __init__(self, staging: Staging, schema: pa.Schema) -> None:
        self._staging = staging
        self._writer = staging.open_rows(pa.schema([schema.field(ROW_ID)]))
        self._times: list[pa.Array] = []

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows of the snapshot: row id and event time are taken."""
        self._writer.write(batch.select([ROW_ID]))
        self._times.append(_bounds(batch.column(EVENT_TIME)))

    def commit(self, snapshot: str, document: str, window: dict[str, str] | None = None) -> None:
        """Make the row ids visible.

        Parameters
        ----------
        snapshot : str
            Its content hash.
        document : str
            What that hash is taken over.
        window : dict, optional
            That of a snapshot of the first release.
        """
        written = self._writer.close()
        manifest: dict[str, Any] = {
            "format": 1,
            "contentHash": snapshot,
            "fileHash": written.file_hash,
            "rows": written.rows,
            "events": _events(self._times),
            "document": document,
        }
        self._staging.commit(snapshot, manifest if window is None else {**manifest, "window": window})


def _check(ids: pa.Table, document: object, snapshot: str) -> None:
    """Refuse row ids that are not those of their snapshot: the document says so, and the snapshot's hash is taken over it."""
    hasher = ContentHasher(pa.schema([ids.schema.field(ROW_ID)]))
    for batch in ids.select([ROW_ID]).replace_schema_metadata().to_batches():
        hasher.update(batch)
    if (
        not isinstance(document, str)
        or hashlib.sha256(document.encode("utf-8")).hexdigest() != snapshot
        or hasher.column(ROW_ID) not in json.loads(document)["columns"]
    ):
        raise TrainerError.of("StoreCorrupt", "otherRowIds", object=f"rowids/{snapshot}")


def _whole(store: Store, snapshot: str) -> KnownRowIds | None:
    """Read the row ids that are kept apart. None where there are none, or damaged ones: those are written again."""
    if not store.has_rows("rowids", snapshot):
        return None
    try:
        return known_row_ids(store, snapshot)
    except TrainerError as error:
        if error.code != "StoreCorrupt":
            raise
        return None


def _document(store: Store, snapshot: str) -> str:
    """Give the document of a stored snapshot, by hashing its rows once more."""
    with store.open_rows("snapshots", snapshot) as rows, pq.ParquetFile(rows) as file:
        hasher = ContentHasher(file.schema_arrow)
        for batch in file.iter_batches():
            hasher.update(batch)
    document = hasher.document()
    if hashlib.sha256(document.encode("utf-8")).hexdigest() != snapshot:
        raise TrainerError.of("StoreCorrupt", "valuesHash", object=f"snapshots/{snapshot}")
    return document


def _bounds(times: pa.Array) -> pa.Array:
    bounds = pc.min_max(times)
    return pa.array([bounds["min"].as_py(), bounds["max"].as_py()], pa.timestamp("us"))


def _events(times: list[Any]) -> tuple[int, int] | None:
    """Give the first and the last of all times."""
    chunks = [one for each in times for one in (each.chunks if isinstance(each, pa.ChunkedArray) else [each])]
    bounds = pc.min_max(pa.chunked_array(chunks, pa.timestamp("us")).cast(pa.int64()))
    first, last = bounds["min"].as_py(), bounds["max"].as_py()
    return None if first is None else (first, last)
