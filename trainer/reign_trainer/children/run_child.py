"""Run work in a child process and wait for it, as an asyncio coroutine that can be cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any

from reign_trainer.children import child
from reign_trainer.children.forkserver import forkserver_context
from reign_trainer.children.memory import MemoryWatch, peak_memory
from reign_trainer.children.scratch import scratch_folder
from reign_trainer.errors import TrainerError
from reign_trainer.settings import Settings

_TICK_SECONDS = 1.0
_JOIN_SECONDS = 5.0


async def run_child(
    work: str,
    request: Any,
    settings: Settings,
    *,
    on_stage: Callable[[str], None] = lambda stage: None,
    timeout_seconds: float | None = None,
) -> Any:
    """Do work in a process of its own, forked from the forkserver.

    Parameters
    ----------
    work : str
        ``module:function``: a function of (request, settings, report).
    request : Any
        What it works on; small, since it is pickled.
    settings : Settings
        Of the trainer.
    on_stage : callable
        Called with the stage, when it changes and about once a second.
    timeout_seconds : float, optional
        After which the child is killed.

    Returns
    -------
    Any
        What the work returned.

    Raises
    ------
    TrainerError
        Whatever the work raised; ``FitTimeout``, ``OutOfMemory`` or ``ChildDied`` where it did not end by itself.

    Notes
    -----
    When the coroutine is cancelled, or fails in any way, the child is killed before it returns.
    """
    deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
    with scratch_folder() as folder:
        watch = MemoryWatch.start()
        ours, theirs = forkserver_context().Pipe()
        with ours:
            process = forkserver_context().Process(
                target=child.main, args=(theirs, work, request, settings, folder), daemon=True
            )
            # In a thread: while the forkserver is still importing, this takes seconds.
            starting = asyncio.ensure_future(asyncio.to_thread(process.start))
            try:
                await asyncio.shield(starting)
                theirs.close()
                return await _Conversation(process, ours, on_stage, deadline, watch).outcome()
            finally:
                await _end(process, starting)
                theirs.close()


class _Conversation:
    """The trainer's side of the pipe."""

    def __init__(
        self,
        process: ForkServerProcess,
        connection: Connection,
        on_stage: Callable[[str], None],
        deadline: float | None,
        watch: MemoryWatch,
    ) -> None:
        self._process = process
        self._connection = connection
        self._on_stage = on_stage
        self._deadline = deadline
        self._watch = watch
        self._stage = "starting"
        self._peak: int | None = None

    async def outcome(self) -> Any:
        while True:
            self._on_stage(self._stage)
            self._measure()
            await _readable([self._connection.fileno(), self._process.sentinel], self._patience())
            try:
                while self._connection.poll():
                    kind, content = self._connection.recv()
                    if kind == "result":
                        return content
                    if kind == "error":
                        raise content
                    self._stage = content
            except (EOFError, ConnectionError):
                raise await self._death() from None
            if not self._process.is_alive():
                raise await self._death()
            if self._deadline is not None and time.monotonic() >= self._deadline:
                raise TrainerError("FitTimeout", f"The time allowed has passed; the stage was {self._stage}.")

    def _patience(self) -> float:
        if self._deadline is None:
            return _TICK_SECONDS
        return min(_TICK_SECONDS, max(0.0, self._deadline - time.monotonic()))

    def _measure(self) -> None:
        if self._process.pid is not None:
            self._peak = peak_memory(self._process.pid) or self._peak

    async def _death(self) -> TrainerError:
        await asyncio.to_thread(self._process.join, _JOIN_SECONDS)
        code = self._process.exitcode
        used = "" if self._peak is None else f" It was seen to use {self._peak / 2**30:.1f} GiB."
        if self._watch.blames(self._peak):
            limit = "" if self._watch.limit is None else f" of {self._watch.limit / 2**30:.1f} GiB"
            return TrainerError(
                "OutOfMemory", f"The system killed the process for memory{limit}, at the stage {self._stage}.{used}"
            )
        how = f"by signal {-code}" if code is not None and code < 0 else f"with exit code {code}"
        return TrainerError("ChildDied", f"The process ended {how}, at the stage {self._stage}.{used}")


async def _readable(descriptors: Iterable[int], seconds: float) -> None:
    """Wait until one of the descriptors can be read, or the seconds have passed."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    watched = list(descriptors)
    for descriptor in watched:
        loop.add_reader(descriptor, ready.set)
    try:
        # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes together with the event.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await ready.wait()
    finally:
        for descriptor in watched:
            loop.remove_reader(descriptor)


async def _end(process: ForkServerProcess, starting: asyncio.Future[None]) -> None:
    """See to it that the child is gone, also one that was still being started."""
    ending = asyncio.ensure_future(_kill(process, starting))
    while not ending.done():
        # A second cancellation must not leave a child behind either.
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(ending)
    ending.result()


async def _kill(process: ForkServerProcess, starting: asyncio.Future[None]) -> None:
    with contextlib.suppress(Exception):
        await starting
    if process.pid is None:
        return
    if process.is_alive():
        process.kill()
    await asyncio.to_thread(process.join, _JOIN_SECONDS)
    with contextlib.suppress(ValueError):
        process.close()
