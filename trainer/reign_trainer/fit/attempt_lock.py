"""Two attempts at one fit, at the same time: the second waits for the first and finds its work done."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reign_trainer.children.report import Report
from reign_trainer.errors import TrainerError

_PATIENCE_SECONDS = 300.0
_STEP_SECONDS = 0.1


@contextmanager
def attempt_lock(store: Path, name: str, report: Report) -> Iterator[None]:
    """Hold the only attempt at a name among the trainers that share this store.

    The lock goes with the process that holds it, however that ends. An attempt that hangs is not waited for longer
    than five minutes: both then go on, and write the same things.
    """
    folder = store / "locks"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / name).open("wb")
    except OSError as error:
        raise TrainerError("StoreUnavailable", f"Cannot lock in the store: {error.strerror or 'I/O error'}.") from None
    with file:
        waited = 0.0
        while waited < _PATIENCE_SECONDS:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if waited == 0.0:
                    report("waiting for another attempt")
                time.sleep(_STEP_SECONDS)
                waited += _STEP_SECONDS
            except OSError:
                break  # a file system without locks: both write the same things
        yield
