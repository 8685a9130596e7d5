"""Extracts through a PgBouncer in transaction mode, which refuses what it does not track."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from postgres_server import execute, free_port, postgres_account
from reign_trainer.errors import TrainerError
from reign_trainer.shapes import ExtractRequest
from reign_trainer.work.extract import ExtractCancelled, extract

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/sbin")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="PgBouncer is not installed")


@pytest.fixture
def pooled(extracts: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The extracts' database behind a pooler with two connections."""
    server, port, account = urlsplit(extracts.url), free_port(), postgres_account()
    configuration = Path(tmp_path_factory.mktemp("pgbouncer")) / "pgbouncer.ini"
    lines = [
        "[databases]",
        f"* = host=127.0.0.1 port={server.port} user=postgres",
        "[pgbouncer]",
        "listen_addr = 127.0.0.1",
        f"listen_port = {port}",
        "unix_socket_dir =",
        "auth_type = any",
        "pool_mode = transaction",
        "default_pool_size = 2",
    ]
    configuration.write_text("\n".join(lines) + "\n")
    options: dict[str, Any] = {} if account is None else {"user": account[0], "group": account[1], "extra_groups": []}
    # From standard input: the other user cannot enter pytest's folders.
    with configuration.open() as text:
        process = subprocess.Popen([str(PROGRAM), "-q", "/dev/stdin"], stdin=text, cwd="/", **options)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"postgresql://postgres@127.0.0.1:{port}{server.path}"
    finally:
        process.kill()
        process.wait()


def test_extracts_give_the_same_rows_and_leave_nothing_in_a_session(extracts: Any, pooled: str) -> None:
    plan = extracts.plan(
        "select n as id, timestamp '2001-02-02' as taken_at, 1 as outcome, current_setting('reign.as_of') as feature "
        "from generate_series(1, 5000) n"
    )
    direct = extracts.run(plan).snapshots
    for _ in range(4):
        assert extracts.run(plan, url=pooled).snapshots == direct
    for _ in range(4):
        [[as_of, timeout]] = execute(
            pooled, "select coalesce(current_setting('reign.as_of', true), ''), current_setting('statement_timeout')"
        )
        assert (as_of, timeout) == ("", "0")
    # The sessions live on for the next client.
    assert execute(extracts.url, "select count(*) from pg_stat_activity where state = 'idle in transaction'") == [(0,)]


def test_limits_and_cancels_reach_the_server(extracts: Any, pooled: str) -> None:
    plan = extracts.plan(
        "select 1 as id, timestamp '2001-02-02' as taken_at, 1 as outcome, pg_sleep(600)::text as feature"
    )
    with pytest.raises(TrainerError) as failed:
        extracts.run(plan, timeout=1, url=pooled)
    assert failed.value.code == "StatementTimeout"
    asked = threading.Event()
    request = ExtractRequest(connection="warehouse", queries=[plan], statement_timeout_seconds=600)
    with pytest.raises(ExtractCancelled):
        extract(request, extracts.store, pooled, lambda progress: asked.set(), asked.is_set)
    assert (
        execute(
            extracts.url,
            "select * from pg_stat_activity where query like '%pg_sleep(600)%' and state = 'active' and pid <> pg_backend_pid()",
        )
        == []
    )
