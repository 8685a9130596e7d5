"""Two attempts at one fit, at the same time: the second waits for the first and finds its work done."""

from __future__ import annotations

import asyncio
import fcntl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from reign_trainer.errors import TrainerError
from reign_trainer.lend import writing

_PATIENCE_SECONDS = 300.0
_STEP_SECONDS = 0.1


@asynccontextmanager
async def attempt_lock(store: Path, name: str, on_wait: Callable[[], None]) -> AsyncIterator[None]:
    """Hold the only attempt at a name among the trainers that share this store.

    The lock goes with the process that holds it, however that ends. An attempt that hangs is not waited for longer
    than five minutes: both then go on, and write the same things.
    """
    folder = store / "locks"
    try:
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            file = (folder / name).open("wb")
    except TrainerError as error:
        raise TrainerError(error.code, f"Cannot lock in the store: {error.message}") from None
    with file:
        until = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                on_wait()
                await asyncio.sleep(_STEP_SECONDS)
            except OSError:
                break  # a file system without locks: both write the same things
        yield
