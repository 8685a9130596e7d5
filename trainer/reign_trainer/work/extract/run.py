"""Carries out an extract request."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from reign_trainer.errors import TrainerError
from reign_trainer.shapes import ExtractedSnapshot, ExtractRequest, ExtractResult
from reign_trainer.work.extract.snapshot_writer import SnapshotWriter
from reign_trainer.work.extract.warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from reign_trainer.shapes import PlannedQuery
    from reign_trainer.store import Store

_HEARTBEAT_SECONDS = 1.0
#: A cancel that arrives between two statements does nothing: it is sent until the work has ended.
_CANCEL_SECONDS = 0.1


class ExtractCancelled(Exception):
    """The extract was asked to stop; the server has stopped the query, and nothing of it is in the store."""


def extract(
    request: ExtractRequest,
    store: Store,
    connection_url: str,
    heartbeat: Callable[[dict[str, Any]], None],
    cancelled: Callable[[], bool],
) -> ExtractResult:
    """Bring the rows of every query into the store, all of one read-only transaction.

    Parameters
    ----------
    request : ExtractRequest
        Queries with their windows, and how long each may take.
    store : Store
        Where the snapshots go; each becomes visible when it is complete.
    connection_url : str
        The warehouse.
    heartbeat : callable
        Called about every second, in the calling thread, with ``{"purpose": ..., "rows": ...}``.
    cancelled : callable
        Asked as often; once it is true the query is stopped on the server.

    Returns
    -------
    ExtractResult
        The snapshots in the order of the queries.

    Raises
    ------
    TrainerError
        SourceUnavailable, StatementTimeout, QueryFailed, ValueOutOfRange, TextInvalid, RowIdInvalid, StoreUnavailable.
    ExtractCancelled
        It was cancelled.
    """
    work = _Work(request, store, connection_url)
    thread = threading.Thread(target=work.run, name="reign-extract", daemon=True)
    thread.start()
    try:
        while not work.ended.wait(_HEARTBEAT_SECONDS):
            heartbeat({"purpose": work.purpose, "rows": work.rows})
            if cancelled():
                work.stop.set()
                break
    finally:
        # Also where the heartbeat raises: nothing goes on in the background of a caller that has left.
        while not work.ended.wait(0 if not work.stop.is_set() else _CANCEL_SECONDS):
            work.stop.set()
            work.cancel()
        thread.join()
    return work.result()


class _Work:
    """The extract itself, in a thread of its own: the calling one keeps answering."""

    def __init__(self, request: ExtractRequest, store: Store, connection_url: str) -> None:
        self._request = request
        self._store = store
        self._url = connection_url
        self._warehouse: Warehouse | None = None
        self._writer: SnapshotWriter | None = None
        self._snapshots: list[ExtractedSnapshot] = []
        self._failure: BaseException | None = None
        self.stop = threading.Event()
        self.ended = threading.Event()
        self.purpose: str = request.queries[0].purpose

    @property
    def rows(self) -> int:
        """Rows of the current query so far."""
        writer = self._writer
        return 0 if writer is None else writer.rows

    def cancel(self) -> None:
        """Stop the running query on the server."""
        warehouse = self._warehouse
        if warehouse is not None:
            warehouse.cancel()

    def result(self) -> ExtractResult:
        """Give what was extracted, or raise what ended it."""
        if self._failure is not None:
            raise self._failure
        return ExtractResult(snapshots=self._snapshots)

    def run(self) -> None:
        """Run all queries; how it ended is asked for by :meth:`result`."""
        try:
            self._run()
        except BaseException as failure:  # noqa: BLE001 - raised again in the calling thread
            self._failure = failure
        finally:
            self.ended.set()

    def _run(self) -> None:
        warehouse = Warehouse(self._url, self._request.connection, self._request.statement_timeout_seconds)
        self._warehouse = warehouse
        try:
            for query in self._request.queries:
                self._snapshots.append(self._extract(query, warehouse))
        finally:
            self._warehouse = None
            warehouse.close()

    def _extract(self, query: PlannedQuery, warehouse: Warehouse) -> ExtractedSnapshot:
        self.purpose = query.purpose
        with self._store.stage("snapshots") as staging, self._store.stage("rowids") as ids_staging:
            writer = self._writer = SnapshotWriter(query, staging, ids_staging, on_failure=warehouse.cancel)
            try:
                self._refuse_stopped()
                with warehouse.read(query.sql, query.settings) as batches:
                    for batch in batches:
                        self._refuse_stopped()
                        writer.add(batch)
            except TrainerError:
                # A query that was stopped fails too: what stopped it is the reason.
                writer.stop()
                self._refuse_stopped()
                writer.raise_failure()
                raise
            finally:
                writer.stop()
            manifest = writer.finish()
            self._refuse_stopped()
            writer.commit(manifest)
        return ExtractedSnapshot(
            purpose=query.purpose,
            content_hash=manifest.content_hash,
            rows=manifest.rows,
            query_hash=query.query_hash,
        )

    def _refuse_stopped(self) -> None:
        if self.stop.is_set():
            raise ExtractCancelled
