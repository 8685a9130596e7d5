"""The activities as Temporal calls them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from reign_trainer.activities import Activities
from reign_trainer.settings import Settings
from reign_trainer.shapes import CheckPipelineRequest, ExtractRequest, FitRequest, KeepRowIdsRequest
from reign_trainer.store import Store
from small_model import code, declarative, definition, fit_request, rows, snapshot
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment


async def test_a_fit_heartbeats_its_stages_and_ends(in_child: Any, settings: Settings, store: Store) -> None:
    environment, stages = ActivityEnvironment(), []
    environment.on_heartbeat = lambda *details: stages.append(details[0]["stage"])
    request = fit_request(store, None, of=definition(pipeline=declarative("LogisticRegression")))
    result = await environment.run(Activities(settings).fit, request)
    assert result.rows == 2000
    assert list(dict.fromkeys(stages)) == ["reading", "starting", "fitting", "measuring", "saving"]


async def test_a_final_error_tells_temporal_so(in_child: Any, settings: Settings, store: Store) -> None:
    one = rows(20)
    one = one.set_column(one.column_names.index("late"), "late", [[0.0] * 20])
    with pytest.raises(ApplicationError) as raised:
        await ActivityEnvironment().run(Activities(settings).fit, fit_request(store, None, train=snapshot(store, one)))
    assert (raised.value.type, raised.value.non_retryable) == ("OneClass", True)
    assert raised.value.details[0].keys() >= {"traceback", "file", "line"}
    said = {name: value for name, value in raised.value.details[0].items() if value is not None}
    assert said == {"situation": "training", "values": {"only": "False"}}


async def test_a_passing_error_may_be_tried_again(in_child: Any) -> None:
    missing = Settings(store="/nowhere/store")
    request = CheckPipelineRequest(definition=definition(), code_hash="0" * 64, columns=[])
    with pytest.raises(ApplicationError) as raised:
        await ActivityEnvironment().run(Activities(missing).check_pipeline, request)
    assert (raised.value.type, raised.value.non_retryable) == ("StoreUnavailable", False)


async def test_a_cancelled_fit_ends(in_child: Any, settings: Settings, store: Store) -> None:
    slow = code(store, **{"self.width_ = X.shape[1]": "import time; time.sleep(600)"})
    environment, fitting = ActivityEnvironment(), asyncio.Event()
    environment.on_heartbeat = lambda *details: fitting.set() if details[0]["stage"] == "fitting" else None
    task = asyncio.ensure_future(environment.run(Activities(settings).fit, fit_request(store, None, code_hash=slow)))
    await asyncio.wait_for(fitting.wait(), 60)
    environment.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 10)


async def test_an_unknown_connection_is_named(settings: Settings) -> None:
    request = ExtractRequest(connection="loan-book", queries=[], statement_timeout_seconds=5)
    with pytest.raises(ApplicationError) as raised:
        await ActivityEnvironment().run(Activities(settings).extract, request)
    assert raised.value.type == "ConnectionUnknown"
    assert "REIGN_CONNECTION_LOAN_BOOK" in raised.value.message


async def test_requests_travel_in_camel_case(store: Store) -> None:
    request = fit_request(store, None, of=definition(pipeline=declarative("LogisticRegression")))
    (payload,) = await pydantic_data_converter.encode([request])
    assert b'"trainSnapshot"' in payload.data
    assert b'"train_snapshot"' not in payload.data
    (back,) = await pydantic_data_converter.decode([payload], [FitRequest])
    assert back == request


async def test_row_ids_are_stored_apart_and_a_snapshot_that_is_gone_is_left_out(
    settings: Settings, store: Store
) -> None:
    kept, gone = snapshot(store, rows(20)), "0" * 64
    assert not store.has_rows("rowids", kept)
    request = KeepRowIdsRequest(snapshots=[gone, kept])
    await ActivityEnvironment().run(Activities(settings).keep_row_ids, request)
    assert store.read_rows("rowids", kept).num_rows == 20
    assert not store.has_rows("rowids", gone)
