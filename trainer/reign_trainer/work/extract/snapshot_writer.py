"""Writes the rows of one query into the store, in a thread of its own, beside the one that reads them."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

from reign_trainer.known_row_ids import RowIdsWriter
from reign_trainer.shapes import Manifest
from reign_trainer.work.extract.conversion import convert, snapshot_schema
from reign_trainer.work.extract.row_ids import RowIds
from reign_trainer.work.extract.statistics import ClassCounts, EventTimes, Statistics

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from reign_trainer.shapes import PlannedQuery
    from reign_trainer.store import Staging

#: Batches read ahead of the writing: enough to keep both sides busy, few enough not to show in memory.
_AHEAD = 2


class SnapshotWriter:
    """Converts, checks, counts, hashes and writes batches in the background.

    Parameters
    ----------
    query : PlannedQuery
        What the batches are.
    staging : Staging
        Where they go.
    ids_staging : Staging
        Where their row ids go: nothing is read back from the store.
    on_failure : callable
        Called in the writing thread when it cannot go on, so that whoever waits for the server stops waiting.
    """

    def __init__(
        self, query: PlannedQuery, staging: Staging, ids_staging: Staging, on_failure: Callable[[], None]
    ) -> None:
        self._query = query
        self._staging = staging
        self._on_failure = on_failure
        self._schema = snapshot_schema(query)
        self._rows = staging.open_rows(self._schema)
        self._ids = RowIdsWriter(ids_staging, self._schema)
        self._row_ids = RowIds()
        self._statistics = [Statistics(column.name) for column in query.columns]
        self._classes = ClassCounts(query.classes)
        self._events = EventTimes()
        self._label = next(at for at, column in enumerate(query.columns) if column.name == query.label)
        self._queue: queue.Queue[pa.RecordBatch | None] = queue.Queue(maxsize=_AHEAD)
        self._failure: BaseException | None = None
        self._document = ""
        self._thread = threading.Thread(target=self._work, name=f"reign-write-{query.purpose}", daemon=True)
        self._thread.start()

    @property
    def rows(self) -> int:
        """Rows written so far."""
        return self._rows.rows

    def add(self, batch: pa.RecordBatch) -> None:
        """Hand over a batch; waits while the writing is behind.

        Raises
        ------
        BaseException
            What ended the writing.
        """
        self._raise_failure()
        self._queue.put(batch)

    def finish(self) -> Manifest:
        """Wait for the rest to be written, and give the manifest.

        Raises
        ------
        TrainerError
            RowIdInvalid, or what ended the writing.
        """
        self.stop()
        self._raise_failure()
        self._row_ids.check()
        written = self._rows.close()
        manifest = Manifest(
            format=2,
            content_hash=written.content_hash,
            file_hash=written.file_hash,
            events=self._events.result(),
            rows=written.rows,
            columns=self._query.columns,
            statistics=[statistics.result() for statistics in self._statistics],
            classes=self._classes.result(),
            unknown_class_rows=self._classes.unknown,
            unlabelled_rows=self._classes.unlabelled,
        )
        self._document = written.document
        return manifest

    def commit(self, manifest: Manifest) -> None:
        """Make rows and row ids visible."""
        self._staging.commit(manifest.content_hash, manifest.as_stored())
        self._ids.commit(manifest.content_hash, self._document)

    def stop(self) -> None:
        """End the thread; what it has not written yet is written first."""
        if self._thread.is_alive():
            self._queue.put(None)
        self._thread.join()

    def raise_failure(self) -> None:
        """Raise what ended the writing, if anything did."""
        self._raise_failure()

    def _work(self) -> None:
        while (batch := self._queue.get()) is not None:
            if self._failure is not None:
                continue  # taken, so that nobody waits for a place in the queue
            try:
                self._write(batch)
            except BaseException as failure:  # noqa: BLE001 - raised again where the result is asked for
                self._failure = failure
                self._on_failure()

    def _write(self, batch: pa.RecordBatch) -> None:
        rows = convert(batch, self._query, self._schema)
        self._row_ids.add(rows.column(0))
        self._events.add(rows.column(1))
        for at, statistics in enumerate(self._statistics, start=2):
            statistics.add(rows.column(at))
        self._classes.add(rows.column(2 + self._label))
        self._rows.write(rows)
        self._ids.write(rows)

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure
