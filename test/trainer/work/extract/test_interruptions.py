"""What can end an extract in the middle: nothing of it is visible, and nothing of it goes on."""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from postgres_server import execute
from reign_trainer.errors import TrainerError
from reign_trainer.shapes import ExtractRequest
from reign_trainer.store import open_store
from reign_trainer.store.rows_writer import HashedFile
from reign_trainer.work.extract import ExtractCancelled, extract

#: Rows for ever: as slow as it says, with enough text that batches arrive meanwhile.
ENDLESS = """select n as id, timestamp '2001-02-02' as taken_at, 1 as outcome, repeat('x', 1000) as feature
  from (select generate_series(1, 1000000000) as n) as numbers"""
ASLEEP = "select 1 as id, timestamp '2001-02-02' as taken_at, 1 as outcome, pg_sleep(600)::text as feature"
ACTIVE = "select pid from pg_stat_activity where application_name = 'reign extract'"


def without_order(plan: Any) -> Any:
    """Take the order away, for which the server would have to wait for the last row."""
    return plan.model_copy(update={"sql": plan.sql.replace("order by reign_row_id", "")})


def wait_for(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("what was waited for has not happened")


@pytest.fixture(params=[ENDLESS, ASLEEP], ids=["rows for ever", "no row yet"])
def running_plan(request: pytest.FixtureRequest, extracts: Any) -> Any:
    return without_order(extracts.plan(request.param))


def nothing_left(extracts: Any) -> None:
    wait_for(lambda: not execute(extracts.url, ACTIVE))
    assert extracts.visible() == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("reign-")]


def test_cancel_stops_the_query_on_the_server(extracts: Any, running_plan: Any) -> None:
    request = ExtractRequest(connection="warehouse", queries=[running_plan], statement_timeout_seconds=600)
    beats: list[dict[str, Any]] = []

    def cancelled() -> bool:
        return len(beats) >= 2 and bool(execute(extracts.url, ACTIVE + " and state = 'active'"))

    started = time.monotonic()
    with pytest.raises(ExtractCancelled):
        extract(request, extracts.store, extracts.url, beats.append, cancelled)
    assert time.monotonic() - started < 60
    assert beats[0]["purpose"] == "train"
    if "generate_series" in running_plan.sql:
        assert 0 < beats[0]["rows"] < beats[-1]["rows"]
    nothing_left(extracts)


def test_a_caller_that_is_torn_away_leaves_nothing_running(extracts: Any, running_plan: Any) -> None:
    request = ExtractRequest(connection="warehouse", queries=[running_plan], statement_timeout_seconds=600)

    def torn(progress: dict[str, Any]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract(request, extracts.store, extracts.url, torn, lambda: False)
    nothing_left(extracts)


def test_a_connection_that_is_cut_is_unavailable(extracts: Any, running_plan: Any) -> None:
    def cut() -> None:
        [[pid], *_] = wait_for(lambda: execute(extracts.url, ACTIVE + " and state = 'active' and query like 'COPY%'"))
        time.sleep(0.3)
        execute(extracts.url, f"select pg_terminate_backend({pid})")

    cutter = threading.Thread(target=cut)
    cutter.start()
    with pytest.raises(TrainerError) as failed:
        extracts.run(running_plan)
    cutter.join()
    assert failed.value.code == "SourceUnavailable"
    # Sometimes the connection is gone before Postgres' last word has come.
    assert "57P01, admin_shutdown" in failed.value.message or "in the middle of the query" in failed.value.message
    nothing_left(extracts)


def test_a_query_that_takes_too_long(extracts: Any, running_plan: Any) -> None:
    with pytest.raises(TrainerError) as failed:
        extracts.run(running_plan, timeout=1)
    assert failed.value.code == "StatementTimeout"
    nothing_left(extracts)


def test_a_server_that_is_not_there(extracts: Any) -> None:
    plan = extracts.plan("select 1 as id, timestamp '2001-02-02' as taken_at, 1 as outcome, 1 as feature")
    for url in ("postgresql://postgres@127.0.0.1:1/x", extracts.url + "_missing"):
        with pytest.raises(TrainerError) as failed:
            extracts.run(plan, url=url)
        assert failed.value.code == "SourceUnavailable"


@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        ("'secret'::text::integer", "SQLSTATE 22P02, invalid_text_representation"),
        ("1 / (n - 5000)", "SQLSTATE 22012, division_by_zero"),
        ("current_setting('secret')", "SQLSTATE 42704, undefined_object"),
        ("(select 'secret'::text from generate_series(1, 2))", "SQLSTATE 21000, cardinality_violation"),
    ],
)
def test_a_query_that_fails_says_why_without_a_value(extracts: Any, feature: str, expected: str) -> None:
    query = f"select n as id, timestamp '2001-02-02' as taken_at, 1 as outcome, {feature} as feature from generate_series(1, 9999) n"
    with pytest.raises(TrainerError) as failed:
        extracts.run(extracts.plan(query))
    assert failed.value.code == "QueryFailed"
    assert expected in failed.value.message
    assert "secret" not in failed.value.message
    assert failed.value.__context__ is None or failed.value.__suppress_context__
    nothing_left(extracts)


def test_a_query_cannot_write(extracts: Any) -> None:
    execute(
        extracts.url,
        "create table witness (n integer)",
        "create function touched() returns integer language sql volatile as 'insert into witness values (1) returning n'",
    )
    plan = extracts.plan("select touched() as id, timestamp '2001-02-02' as taken_at, 1 as outcome, 1 as feature")
    with pytest.raises(TrainerError, match="25006, read_only_sql_transaction"):
        extracts.run(plan)
    assert execute(extracts.url, "select * from witness") == []


def test_a_disk_that_fills_up_with_a_store_in_a_folder(
    extracts: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    extracts.store = open_store(tmp_path / "store")
    written = HashedFile.write

    def full(self: Any, data: bytes) -> int:
        if self.tell() > 100_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return written(self, data)

    monkeypatch.setattr(HashedFile, "write", full)
    query = """select n as id, timestamp '2001-02-02' as taken_at, 1 as outcome, md5(n::text) as feature
      from generate_series(1, 400000) as n"""
    with pytest.raises(TrainerError) as failed:
        extracts.run(extracts.plan(query))
    assert failed.value.code == "DiskFull"
    nothing_left(extracts)
    monkeypatch.undo()
    assert extracts.run(extracts.plan(query)).snapshots[0].rows == 400_000


def test_a_value_that_is_refused_stops_the_server_at_once(extracts: Any) -> None:
    plan = extracts.plan(
        """select n as id, timestamp '2001-02-02' as taken_at, 1 as outcome, 9007199254740990 + n as feature
           from (select generate_series(1, 1000000000) as n) as numbers"""
    )
    started = time.monotonic()
    with pytest.raises(TrainerError) as failed:
        extracts.run(without_order(plan))
    assert failed.value.code == "ValueOutOfRange"
    assert time.monotonic() - started < 60
    nothing_left(extracts)


def test_a_limit_of_the_server_is_named_and_the_heavy_query_is_not_run_again(extracts: Any) -> None:
    query = """select n as id, timestamp '2001-02-02' as taken_at, 1 as outcome, md5(n::text) as feature
      from generate_series(1, 100000) as n"""
    plan = extracts.plan(query)
    name = extracts.url.rpartition("/")[2]
    execute(extracts.url, f"alter database {name} set temp_file_limit = '1MB'")
    with pytest.raises(TrainerError) as failed:
        extracts.run(plan)
    assert (failed.value.code, failed.value.retryable) == ("QueryFailed", False)
    assert "SQLSTATE 53400, configuration_limit_exceeded" in failed.value.message
    nothing_left(extracts)
    execute(extracts.url, f"alter database {name} reset temp_file_limit")
    assert extracts.run(plan).snapshots[0].rows == 100_000
