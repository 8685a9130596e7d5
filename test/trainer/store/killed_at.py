"""Writes into a store and dies at one of its requests: `python killed_at.py PLACE`, a number a line, an exit code a line."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
from reign_trainer.store import FIT_RESULT, open_store, s3_objects
from reign_trainer.store.local_objects import LocalObjects, _FileSink
from reign_trainer.store.objects import Objects
from reign_trainer.store.s3_objects import S3Objects, _UploadSink

#: What changes a store, by class; a process may die before each and after each.
CHANGING: dict[type, tuple[str, ...]] = {
    LocalObjects: ("put", "publish", "delete"),
    _FileSink: ("write", "finish"),
    S3Objects: ("put", "put_first", "copy", "delete", "open_writer"),
    _UploadSink: ("write", "finish"),
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
        yield b"a model"

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
    """Fork once for every number: this process itself never opens a store."""
    assert issubclass(S3Objects, Objects)
    rows = table(ROWS)
    for line in sys.stdin:
        place, step = line.split()
        pid = os.fork()
        if pid == 0:
            die_at(int(step))
            write_everything(place, rows)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
