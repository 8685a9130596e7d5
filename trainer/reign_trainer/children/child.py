"""What runs in a child process, around the work itself."""

from __future__ import annotations

import contextlib
import faulthandler
import functools
import importlib
import json
import os
import signal
import socket
import struct
import sys
import tempfile
import traceback
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import threadpoolctl
from pydantic import TypeAdapter

from reign_trainer.children.sandbox import die_with_parent, enter_sandbox, limit_memory
from reign_trainer.disk import disk_full
from reign_trainer.errors import TrainerError
from reign_trainer.settings import Settings

#: Before the request: its length in bytes.
LENGTH = struct.Struct("!Q")
#: Where a crash of the interpreter leaves its stack: names and lines, no values.
CRASH_FILE = "crash.txt"


def main(channel: socket.socket, spec: dict[str, Any]) -> NoReturn:
    """Do the work and send its result, or its error, to the trainer.

    Parameters
    ----------
    channel : socket.socket
        Brings the request as JSON, its length before it. Takes one JSON document a line: ``{"stage": name}``, then
        ``{"result": ...}`` or ``{"error": ...}``.
    spec : dict
        ``folder``: the child's own, working directory and place for temporary files, which the trainer removes.
        ``author``: whether code of an author runs here: then it is locked in. ``user``: as whom; None: the trainer's.
        ``threads``: how many OpenMP may use. ``memory``: how many bytes it may take; None: what there is.

    Notes
    -----
    The request names the work, ``module:function``, since the trainer itself does not import what children do. For
    trusted work, a function of (request, settings, report), it brings settings and environment; an author's, a
    function of (request, folder, report), gets neither.
    """
    try:
        os.setsid()
        folder = spec["folder"]
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the trainer decides, also after Ctrl-C in a terminal
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _volunteer_for_the_memory_killer()
        log = _silence(channel.fileno(), None if spec["author"] else os.dup(2))
        request = _read_request(channel)
        os.environ.update(request["environment"])
        os.environ["TMPDIR"] = os.environ["JOBLIB_TEMP_FOLDER"] = tempfile.tempdir = folder
        os.chdir(folder)
        if spec["author"]:
            os.environ["HOME"] = folder
            enter_sandbox(folder, spec["user"])
        if spec["memory"] is not None:
            limit_memory(spec["memory"])
        die_with_parent()
        _keep_crashes(Path(folder), log)
        channel.sendall(_outcome(request, spec, _reporter(channel), log) + b"\n")
    except BaseException:  # noqa: BLE001 - nothing of a child may run on in the forkserver's frames
        os._exit(70)
    # Without the interpreter's tear-down: nothing of a child is worth waiting for.
    os._exit(0)


def _read_request(channel: socket.socket) -> dict[str, Any]:
    with channel.makefile("rb", buffering=0) as incoming:

        def exactly(size: int) -> bytes:
            content = b""
            while len(content) < size:
                part = incoming.read(size - len(content))
                if not part:
                    raise EOFError
                content += part
            return content

        (size,) = LENGTH.unpack(exactly(LENGTH.size))
        request: dict[str, Any] = json.loads(exactly(size))
        return request


def _reporter(channel: socket.socket) -> Callable[[str], None]:
    def report(stage: str) -> None:
        channel.sendall(json.dumps({"stage": stage}).encode() + b"\n")

    return report


def _outcome(request: dict[str, Any], spec: dict[str, Any], report: Callable[[str], None], log: int | None) -> bytes:
    try:
        # BLAS keeps to one thread: its sums depend on how many there are, and with them the last bits of a version.
        with thread_pools().limit(limits={"openmp": spec["threads"], "blas": 1}):
            result = _work(request, spec, report)
        return b'{"result":' + result + b"}"
    except TrainerError as error:
        return _error(error)
    except MemoryError:
        return _error(TrainerError.of("OutOfMemory", "refused"))
    except Exception as error:  # noqa: BLE001 - the edge of the process
        if (full := disk_full(error, Path(spec["folder"]))) is not None:
            return _error(full)
        # Never the exception's text: it may quote rows.
        frames = traceback.extract_tb(error.__traceback__)
        place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown line"
        lines = "".join(f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}\n" for frame in frames)
        if log is not None:
            os.write(log, f"{type(error).__name__} in a child process:\n{lines}".encode())
        return _error(TrainerError.of("Internal", "trainerAt", exception=type(error).__name__, place=place))


def _work(request: dict[str, Any], spec: dict[str, Any], report: Callable[[str], None]) -> bytes:
    module, _, name = request["work"].partition(":")
    function = getattr(importlib.import_module(module), name)
    types = typing.get_type_hints(function)
    asked = TypeAdapter(types["request"]).validate_python(request["request"])
    if spec["author"]:
        result = function(asked, Path(spec["folder"]), report)
    else:
        result = function(asked, Settings(**request["settings"]), report)
    return TypeAdapter(types["return"]).dump_json(result)


def _error(error: TrainerError) -> bytes:
    return json.dumps({"error": {"code": error.code, "detail": error.detail.model_dump(by_alias=True)}}).encode()


@functools.cache
def thread_pools() -> threadpoolctl.ThreadpoolController:
    """Give the thread pools of the libraries that are loaded."""
    return threadpoolctl.ThreadpoolController()


def _volunteer_for_the_memory_killer() -> None:
    """When memory runs out the kernel should take this process, not the trainer."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")


def _silence(channel: int, log: int | None) -> int | None:
    """Send what pipelines and libraries print, and warn about, nowhere: it may quote rows. Close everything else."""
    sys.stdout.flush()
    sys.stderr.flush()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    kept = sorted({channel, *([] if log is None else [log])})
    start = 3
    for descriptor in kept:
        os.closerange(start, descriptor)
        start = descriptor + 1
    os.closerange(start, os.sysconf("SC_OPEN_MAX") if os.sysconf("SC_OPEN_MAX") > 0 else 65_536)
    return log


def _keep_crashes(folder: Path, log: int | None) -> None:
    """A crash of the interpreter still shows its stack: in the log, or in a file that the trainer reads."""
    if log is not None:
        faulthandler.enable(file=log)
        return
    descriptor = os.open(folder / CRASH_FILE, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    faulthandler.enable(file=descriptor)
