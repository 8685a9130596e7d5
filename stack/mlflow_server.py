"""`mlflow server` in one process.

MLflow's command imports MLflow, works out the server's settings and then starts uvicorn, which imports MLflow again:
twice the memory and twice the time until it answers. Here uvicorn runs where the command already is.
"""

from __future__ import annotations

import gc
import os
import sqlite3
import sys
from typing import Any


def run_here(command: list[str], *, extra_env: dict[str, str] | None = None, **_: Any) -> Any:
    """Stand in for MLflow's own launcher: `[python, -m, uvicorn, ...]` without the new process."""
    from uvicorn.main import main as uvicorn

    os.environ.update(extra_env or {})
    uvicorn(args=command[3:])


def write_ahead(connection: Any, _: object) -> None:
    """Let SQLite write each change once, to its write-ahead log: a commit waits for the disk once, not three times."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA journal_mode = WAL")


if __name__ == "__main__":
    # Importing makes hundreds of thousands of objects that stay: by default Python looks through them for garbage after
    # every 700, which takes a fifth of the time until the server answers.
    gc.set_threshold(50_000)

    import mlflow.cli
    import mlflow.server
    import sqlalchemy

    sqlalchemy.event.listen(sqlalchemy.engine.Engine, "connect", write_ahead)

    # Where MLflow no longer starts its server this way, it starts it in its own.
    if hasattr(mlflow.server, "_exec_cmd"):
        mlflow.server._exec_cmd = run_here
    sys.argv[0] = "mlflow"
    mlflow.cli.cli(["server", *sys.argv[1:]])
