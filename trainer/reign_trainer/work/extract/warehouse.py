"""The warehouse: one read-only transaction, and what its errors mean."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import unquote

import adbc_driver_manager
import adbc_driver_postgresql.dbapi
from adbc_driver_manager._reader import AdbcRecordBatchReader
from adbc_driver_postgresql import StatementOptions

from reign_trainer.errors import TrainerError
from reign_trainer.work.extract.conditions import condition_name, is_unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

_CONNECT_TIMEOUT_SECONDS = 10
#: Small enough that a few batches in flight do not show, large enough that their number does not matter.
_BATCH_BYTES = 4 << 20
#: UTF8, whatever role, database or pooler say. Text of a database without an encoding comes as it is: conversion.py
#: checks it and names the column, where Postgres would only say that some value is not UTF-8.
_SET_ENCODING = "select set_config('client_encoding', case getdatabaseencoding() when 'SQL_ASCII' then 'SQL_ASCII' else 'UTF8' end, true)"


class Warehouse:
    """An open transaction: read-only, repeatable read, one snapshot for every query.

    Parameters
    ----------
    url : str
        Connection URL of Postgres.
    name : str
        The connection's name, for messages.
    statement_timeout_seconds : int
        Each query is stopped by the server after this long; 0 is never.
    """

    def __init__(self, url: str, name: str, statement_timeout_seconds: int) -> None:
        self._name = name
        self._timeout = statement_timeout_seconds
        self._started = time.monotonic()
        #: Whether no query is in the middle of its rows: then the transaction ends in order.
        self._idle = True
        try:
            self._connection = adbc_driver_postgresql.dbapi.connect(_with_parameters(url))
        except adbc_driver_manager.Error as error:
            why = str(error).split("failed: ")[-1].splitlines()[0].split(". SQLSTATE")[0]
            raise TrainerError.of("SourceUnavailable", "connection", connection=name, reason=why) from None
        self._cursor = self._connection.cursor()
        try:
            with self._errors():
                self._cursor.execute("set transaction isolation level repeatable read, read only")
                self._cursor.execute(_SET_ENCODING)
                self._cursor.fetchall()
                self._set(
                    {
                        "statement_timeout": f"{statement_timeout_seconds}s",
                        # A query that depends on these gives the same rows on every server.
                        "TimeZone": "UTC",
                        "DateStyle": "ISO, YMD",
                        "IntervalStyle": "postgres",
                    }
                )
        except BaseException:
            self.close()
            raise

    @contextmanager
    def read(self, sql: str, settings: Mapping[str, str]) -> Iterator[Iterator[pa.RecordBatch]]:
        """Run a query and give its batches as they come from the server."""
        self._idle = False
        with self._errors():
            self._set(settings)
            self._started = time.monotonic()
            self._cursor.adbc_statement.set_options(**{StatementOptions.BATCH_SIZE_HINT_BYTES.value: str(_BATCH_BYTES)})
            self._cursor.execute(sql)
            # The cursor's own reader forgets the SQLSTATE of an error in the middle of the rows; this one keeps it.
            handle = self._cursor.fetch_arrow()
            reader = AdbcRecordBatchReader._import_from_c(handle.address)
        try:
            yield self._batches(reader)
        finally:
            reader.close()

    def cancel(self) -> None:
        """Ask the server to stop the running query; may be called from another thread, also when none runs."""
        try:
            self._cursor.adbc_cancel()
        except adbc_driver_manager.Error:
            pass  # the connection is gone, and the query with it

    def close(self) -> None:
        """End the transaction and the connection."""
        try:
            self._cursor.close()
            if self._idle:
                # Behind a pooler a client that leaves within a transaction costs the server's connection.
                self._connection.rollback()
            self._connection.close()
        except adbc_driver_manager.Error:
            pass  # the server has closed it already

    def _batches(self, reader: AdbcRecordBatchReader) -> Iterator[pa.RecordBatch]:
        with self._errors():
            yield from reader
        self._idle = True

    def _set(self, settings: Mapping[str, str]) -> None:
        calls = ", ".join(f"set_config({_literal(name)}, {_literal(value)}, true)" for name, value in settings.items())
        self._cursor.execute(f"select {calls}")
        self._cursor.fetchall()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except adbc_driver_manager.Error as error:
            raise self._meaning(error, time.monotonic() - self._started) from None

    def _meaning(self, error: adbc_driver_manager.Error, elapsed: float) -> TrainerError:
        sqlstate = error.sqlstate
        if sqlstate is None or not re.fullmatch(r"[0-9A-Z]{5}", sqlstate):
            return TrainerError.of("SourceUnavailable", "brokeOff", connection=self._name)
        condition = f"SQLSTATE {sqlstate}, {condition_name(sqlstate)}"
        if sqlstate == "57014" and 0 < self._timeout <= elapsed + 0.1:
            return TrainerError.of("StatementTimeout", "stopped", connection=self._name, seconds=str(self._timeout))
        if is_unavailable(sqlstate):
            return TrainerError.of("SourceUnavailable", "gaveUp", connection=self._name, condition=condition)
        return TrainerError.of("QueryFailed", "cannotRun", connection=self._name, condition=condition)


def _with_parameters(url: str) -> str:
    """Add what Reign sets to a URL. All else stays as it is written: libpq reads it."""
    address, _, query = url.partition("?")
    given = [part for part in query.split("&") if part]
    names = {unquote(part.partition("=")[0]) for part in given}
    kept = [part for part in given if unquote(part.partition("=")[0]) not in ("application_name", "client_encoding")]
    # The only startup parameters that every pooler takes; what else a session needs is set in its transaction.
    own = ["application_name=reign%20extract", "client_encoding=UTF8"]
    if "connect_timeout" not in names:
        own.append(f"connect_timeout={_CONNECT_TIMEOUT_SECONDS}")
    return address + "?" + "&".join(kept + own)


def _literal(text: str) -> str:
    if "\\" in text or "\0" in text:
        raise ValueError("a setting with a backslash or a zero byte")
    return "'" + text.replace("'", "''") + "'"
