"""Run work in a child process and wait for it, as an asyncio coroutine that can be cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import logging
import os
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from reign_trainer.children.child import CRASH_FILE, LENGTH
from reign_trainer.children.forkserver import fork_child, trusted_environment
from reign_trainer.children.memory import MemoryWatch, peak_memory
from reign_trainer.children.scratch import scratch_folder
from reign_trainer.constants import RETRYABLE
from reign_trainer.errors import TrainerError, places_of
from reign_trainer.settings import Settings
from reign_trainer.shapes import ErrorDetail

Answer = TypeVar("Answer")

log = logging.getLogger("reign_trainer")

_TICK_SECONDS = 1.0
_END_SECONDS = 10.0
#: Of one message of a child.
LONGEST_MESSAGE = 4 << 20
_LONGEST_TEXT = 2000
_LONGEST_PATH = 500
_LARGEST_POSITION = 1 << 31
_HASH = re.compile(r"[0-9a-f]{64}")
_STAGE = re.compile(r"[a-z][a-z ]{0,39}")
#: What an author's process may answer with; anything else it does not say of itself.
_AUTHORS_ERRORS = frozenset(
    {
        *("ColumnMissing", "ClassUnknown", "LabelMissing", "OneClass", "ValueOutOfRange", "WindowEmpty"),
        *("PipelineImport", "PipelineInvalid", "FitFailed", "PredictionsInvalid", "OutOfMemory", "VersionUnloadable"),
        *("VersionUnfit", "DiskFull", "Internal", "StoreCorrupt"),
    }
)


@dataclass(frozen=True)
class Limits:
    """What a child may take.

    Attributes
    ----------
    seconds : float
        In all.
    silent_seconds : float
        Without using the CPU, it and all that it started, and without a new stage.
    code : str
        Of the error where it takes longer.
    memory_bytes : int or None
        Of data, each of its processes, beyond what the forkserver has; None: what there is. Linux only.
    """

    seconds: float = 6 * 3600.0
    silent_seconds: float = 600.0
    code: str = "ChildDied"
    memory_bytes: int | None = None


async def run_child(
    work: str,
    request: Any,
    settings: Settings,
    *,
    answer: type[Answer],
    author: bool = False,
    folder: Path | None = None,
    on_stage: Callable[[str], None] = lambda stage: None,
    limits: Limits | None = None,
) -> Answer:
    """Do work in a process of its own, forked from the forkserver.

    Parameters
    ----------
    work : str
        ``module:function``: a function of (request, settings, report), or of (request, folder, report) where an
        author's code runs.
    request : Any
        What it works on, of the type that the function names; small.
    settings : Settings
        Of the trainer.
    answer : type
        What the work returns: its JSON is checked against this.
    author : bool, default False
        Code of an author runs there: it gets its folder and nothing else.
    folder : pathlib.Path, optional
        With its inputs, where it has some; the caller removes it.
    on_stage : callable
        Called with the stage, when it changes and about once a second.
    limits : Limits, optional

    Raises
    ------
    TrainerError
        Whatever the work raised; the code of the limits, ``OutOfMemory`` or ``ChildDied`` where it did not end by
        itself.

    Notes
    -----
    Nothing of a child is unpickled: it answers in JSON of limited length, read without blocking. When the coroutine is
    cancelled, or fails in any way, the child and all that it started are dead before it returns.
    """
    with contextlib.ExitStack() as stack:
        place = folder if folder is not None else Path(stack.enter_context(scratch_folder()))
        message: dict[str, Any] = {
            "work": work,
            "request": TypeAdapter(Any).dump_python(request, mode="json"),
            "environment": {},
        }
        if not author:
            message["environment"] = trusted_environment(os.environ)
            message["settings"] = dataclasses.asdict(settings)
        conversation = _Conversation(on_stage, limits or Limits(), author=author, folder=place)
        try:
            await conversation.start(json.dumps(message).encode(), settings)
            result = await conversation.outcome()
        finally:
            await conversation.end()
    try:
        return TypeAdapter(answer).validate_python(result)
    except ValidationError:
        raise TrainerError.of("ChildDied", "otherAnswer") from None


class _Conversation:
    """The trainer's side of a child's channel and of its guardian's leash."""

    def __init__(self, on_stage: Callable[[str], None], limits: Limits, *, author: bool, folder: Path) -> None:
        self._on_stage = on_stage
        self._limits = limits
        self._author = author
        self._folder = folder
        self._channel, self._their_channel = socket.socketpair()
        self._leash, self._their_leash = socket.socketpair()
        for end in (self._channel, self._leash):
            end.setblocking(False)
        self._said, self._told = b"", b""
        self._watch = MemoryWatch.start()
        self._begun = self._progressed = time.monotonic()
        self._starting: asyncio.Future[None] | None = None
        self._stage = "starting"
        self._child: int | None = None
        self._cpu = 0.0
        self._peak: int | None = None
        self._exit: int | None = None
        self._gone = False

    async def start(self, request: bytes, settings: Settings) -> None:
        self._on_stage(self._stage)
        spec = {
            "folder": str(self._folder),
            "author": self._author,
            "threads": settings.threads,
            "memory": self._limits.memory_bytes,
        }
        ends = (self._their_channel, self._their_leash)
        # In a thread: while the forkserver is still importing, this takes seconds.
        self._starting = asyncio.ensure_future(asyncio.to_thread(fork_child, spec, settings, ends))
        try:
            while not self._starting.done():
                self._on_stage(self._stage)
                await asyncio.wait([self._starting], timeout=_TICK_SECONDS)
            self._starting.result()
        except OSError as error:
            raise TrainerError.of("ChildDied", "notStarted", exception=type(error).__name__) from None
        self._their_channel.close()
        self._their_leash.close()
        self._begun = self._progressed = time.monotonic()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            await asyncio.get_running_loop().sock_sendall(self._channel, LENGTH.pack(len(request)) + request)

    async def outcome(self) -> Any:
        open_ends = {self._channel, self._leash}
        while True:
            self._on_stage(self._stage)
            self._measure()
            await _readable(open_ends, min(_TICK_SECONDS, max(0.0, self._deadline() - time.monotonic())))
            if self._channel in open_ends:
                more = _read(self._channel)
                if more == b"":
                    open_ends.discard(self._channel)
                for message in self._messages(more or b""):
                    if "result" in message:
                        return message["result"]
                    if "error" in message:
                        raise self._error(message["error"])
                    self._enter(message.get("stage"))
            if self._leash in open_ends:
                told = _read(self._leash)
                if told == b"":
                    raise self._death()
                self._hear(told or b"")
            self._check_time()

    async def end(self) -> None:
        """See to it that the child and all that it started are gone, also where it was still being started."""
        ending = asyncio.ensure_future(self._end())
        while not ending.done():
            # A second cancellation must not leave a child behind either.
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.shield(ending)
        ending.result()

    async def _end(self) -> None:
        if self._starting is not None:
            with contextlib.suppress(Exception):
                await self._starting
        for end in (self._their_channel, self._their_leash, self._channel):
            end.close()
        with contextlib.suppress(OSError):
            self._leash.shutdown(socket.SHUT_WR)
        until = time.monotonic() + _END_SECONDS
        # The guardian closes its end when nothing of the child is left.
        while not self._gone and time.monotonic() < until:
            await _readable({self._leash}, 0.2)
            while (told := _read(self._leash)) is not None:
                if told == b"":
                    self._gone = True
                    break
        self._leash.close()
        if self._author:
            self._log_crash()

    def _messages(self, more: bytes) -> list[dict[str, Any]]:
        self._said += more
        *lines, self._said = self._said.split(b"\n")
        if len(self._said) > LONGEST_MESSAGE or any(len(line) > LONGEST_MESSAGE for line in lines):
            raise TrainerError.of("ChildDied", "longAnswer", limit=LONGEST_MESSAGE)
        try:
            found = [json.loads(line) for line in lines]
        except (ValueError, RecursionError):
            found = [None]
        if not all(isinstance(message, dict) for message in found):
            raise TrainerError.of("ChildDied", "notJson")
        return found

    def _error(self, error: Any) -> TrainerError:
        """Make the error that the process says it met: of the catalogue's own words, filled with what the process names."""
        try:
            code = str(error["code"])
            if code not in (_AUTHORS_ERRORS if self._author else RETRYABLE):
                return TrainerError.of("ChildDied", "forbiddenError")
            said = ErrorDetail.model_validate(error["detail"])
            situation, values = str(said.situation), said.values or {}
            # Nothing beside what the template names goes on to Temporal.
            filled = {name: _value(values[name]) for name in places_of(code, situation)}
            return TrainerError.of(code, situation, detail=_place(said), **filled)
        except (TypeError, KeyError, ValueError, OverflowError):
            return TrainerError.of("ChildDied", "noError")

    def _enter(self, stage: Any) -> None:
        if isinstance(stage, str) and _STAGE.fullmatch(stage) and stage != self._stage:
            self._stage = stage
            self._progressed = time.monotonic()
            self._on_stage(stage)

    def _hear(self, told: bytes) -> None:
        self._told += told
        *lines, self._told = self._told.split(b"\n")
        for line in lines:
            message = json.loads(line)
            self._child = message.get("child", self._child)
            self._exit = message.get("exit", self._exit)
            if "cpu" in message and (message["cpu"] is None or message["cpu"] > self._cpu):
                self._cpu = message["cpu"] or 0.0
                self._progressed = time.monotonic()

    def _deadline(self) -> float:
        return min(self._begun + self._limits.seconds, self._progressed + self._limits.silent_seconds)

    def _check_time(self) -> None:
        now, limits = time.monotonic(), self._limits
        if now >= self._begun + limits.seconds:
            raise TrainerError.of(limits.code, "outOfTime", stage=self._stage)
        if now >= self._progressed + limits.silent_seconds:
            raise TrainerError.of(limits.code, "idle", seconds=round(limits.silent_seconds), stage=self._stage)

    def _measure(self) -> None:
        if self._child is not None:
            self._peak = peak_memory(self._child) or self._peak

    def _death(self) -> TrainerError:
        self._gone = True
        code = self._exit
        used = "" if self._peak is None else f" It was seen to use {self._peak / 2**30:.1f} GiB."
        if self._watch.blames(self._peak):
            limit = "" if self._watch.limit is None else f" of {self._watch.limit / 2**30:.1f} GiB"
            return TrainerError.of("OutOfMemory", "killed", limit=limit, stage=self._stage, used=used)
        how = f"by signal {-code}" if code is not None and code < 0 else f"with exit code {code}"
        return TrainerError.of("ChildDied", "ended", how=how, stage=self._stage, used=used)

    def _log_crash(self) -> None:
        """Repeat the stack that a crashed interpreter left: only lines that name files and functions."""
        with contextlib.suppress(OSError):
            descriptor = os.open(self._folder / CRASH_FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as file:
                lines = file.read(4096).decode(errors="replace").splitlines()
            known = [
                line for line in lines if re.fullmatch(r'  File "[^"\n]{1,300}", line \d+ in [\w<>.]{1,100}', line)
            ]
            if known:
                log.warning("a child crashed:\n%s", "\n".join(known))


def _read(end: socket.socket) -> bytes | None:
    """Give what has come, None where nothing has, ``b""`` at the end."""
    try:
        return end.recv(1 << 16)
    except BlockingIOError:
        return None
    except OSError:
        return b""


async def _readable(ends: set[socket.socket], seconds: float) -> None:
    """Wait until one of the sockets can be read, or the seconds have passed."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    for end in ends:
        loop.add_reader(end, ready.set)
    try:
        # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes together with the event.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await ready.wait()
    finally:
        for end in ends:
            loop.remove_reader(end)


def _place(said: ErrorDetail) -> ErrorDetail:
    """Keep of a child's detail where the error is from, and of each part no more than a true one needs."""
    return ErrorDetail(
        traceback=said.traceback if said.traceback is not None and _HASH.fullmatch(said.traceback) else None,
        file=said.file if said.file is not None and len(said.file) <= _LONGEST_PATH else None,
        line=_position(said.line),
        column=_position(said.column),
        field=said.field if said.field is not None and len(str(said.field)) <= _LONGEST_PATH else None,
    )


def _position(said: int | None) -> int | None:
    return said if said is not None and 0 <= said < _LARGEST_POSITION else None


def _value(said: str | float) -> str | int:
    """Give what a template's place is filled with: JSON has one kind of number, a template takes whole ones."""
    return said[:_LONGEST_TEXT] if isinstance(said, str) else int(said)
