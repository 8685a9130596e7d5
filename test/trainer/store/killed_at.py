"""Writes into a store and is killed: a line with a place and a number in, two lines with a pid and an exit code out.

In a folder the process kills itself at one of its changes, which the number counts. In S3 the server that it asks kills it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
from reign_trainer.store import FIT_RESULT, open_store, s3_objects
from reign_trainer.store.local_objects import LocalObjects, _FileSink

#: What changes a local store, by class; a process may die before each and after each.
CHANGING: dict[type, tuple[str, ...]] = {
    LocalObjects: ("put", "publish", "delete"),
    _FileSink: ("write", "finish"),
}


PAGE = 1 << 19
#: The least that S3 takes for a part that is not the last.
s3_objects.PART_BYTES = 5 << 20
ROWS = 30_000


def table(rows: int) -> pa.Table:
    """Give rows that do not compress: more than one part of an upload."""
    return pa.table(
        {
            "reign_row_id": pa.array(range(rows), pa.int64()),
            "text": pa.array([os.urandom(96).hex() for _ in range(rows)]),
        }
    )


def write_everything(place: str, rows: pa.Table) -> None:
    """Write each kind of thing."""
    store = open_store(place)
    store.write_document("evidence", b"evidence")
    store.write_rows("snapshots", rows)

    def model() -> Iterator[bytes]:
        for _ in range(6):
            yield b"a model " * (1 << 17)

    store.keep_fit("m-1", {FIT_RESULT: b"{}", "found.json": b"{}", "model/model.pkl": model})


def die_at(step: int) -> None:
    """Let this process die at one of its changes: odd steps before it, even ones after it."""
    seen = 0

    def dying(change: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **options: Any) -> Any:
            nonlocal seen
            # Of the many small writes of a Parquet file only whole pages count.
            if isinstance(args[-1], bytes | memoryview) and len(args) == 2 and len(args[1]) < PAGE:
                return change(*args, **options)
            seen += 1
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)
            answer = change(*args, **options)
            seen += 1
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        return wrapped

    for kind, names in CHANGING.items():
        for name in names:
            setattr(kind, name, dying(getattr(kind, name)))


def main() -> None:
    """Fork once for every line: this process itself never opens a store."""
    rows = table(ROWS)
    for line in sys.stdin:
        place, step = line.split()
        pid = os.fork()
        if pid == 0:
            die_at(int(step))
            write_everything(place, rows)
            os._exit(0)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
