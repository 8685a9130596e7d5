"""Work that a child can be given in a test."""

from __future__ import annotations

import os
import signal
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import threadpoolctl
from reign_trainer.children import Report
from reign_trainer.errors import TrainerError
from reign_trainer.settings import Settings
from reign_trainer.shapes import ErrorDetail


def answer(request: Any, settings: Settings, report: Report) -> Any:
    report("thinking")
    return {
        "preloaded": "reign_trainer.work.own" in sys.modules,
        "request": request,
        "hash": hash("reign"),
        "threads": sorted({(pool["user_api"], pool["num_threads"]) for pool in threadpoolctl.threadpool_info()}),
        "folder": str(Path.cwd()),
        # Its parent is the guardian, whose parent is the forkserver.
        "forkserver": Path(f"/proc/{os.getppid()}/stat").read_text().rpartition(")")[2].split()[1],
    }


def refuse(request: Any, settings: Settings, report: Report) -> Any:
    place = ErrorDetail(traceback=None, file="pipeline.py", line=3)
    raise TrainerError.of("FitFailed", "raised", exception="ValueError", doing="fit", where="", detail=place)


def say_too_much(request: Any, settings: Settings, report: Report) -> Any:
    raise TrainerError.of("WindowEmpty", "training", more="a row's value")


def say_it_in_the_place(request: Any, settings: Settings, report: Report) -> Any:
    rows = "a row's value " * 1000
    place = ErrorDetail(traceback=rows, file=rows, line=10**1000, column=-1, field=[rows])
    raise TrainerError.of("FitFailed", "raised", exception="ValueError", doing="fit", where="", detail=place)


def fail(request: Any, settings: Settings, report: Report) -> Any:
    raise ValueError("a row's value")


def talk(request: Any, settings: Settings, report: Report) -> Any:
    print("a row's value")
    print("a row's value", file=sys.stderr)
    warnings.warn("a row's value", stacklevel=1)
    os.write(2, b"a row's value")


def sleep(request: str, settings: Settings, report: Report) -> Any:
    Path(request).write_text(str(os.getpid()))
    report("sleeping")
    time.sleep(600)


def sleep_with_the_lock(request: str, settings: Settings, report: Report) -> Any:
    """Hold the interpreter's lock, as a fit in C may do."""
    import ctypes

    Path(request).write_text(str(os.getpid()))
    ctypes.PyDLL(None).sleep(600)


def kill_itself(request: int, settings: Settings, report: Report) -> Any:
    report("dying")
    os.kill(os.getpid(), request)


def exit_at_once(request: int, settings: Settings, report: Report) -> Any:
    os._exit(request)


def use_up(request: Any, settings: Settings, report: Report) -> Any:
    raise MemoryError("a row's value")


SIGKILL = signal.SIGKILL


def take(request: int, settings: Settings, report: Report) -> int:
    """Take so many bytes."""
    import numpy as np

    return int(np.ones(request, dtype=np.uint8).sum())
