"""What runs in a child process, around the work itself."""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import os
import signal
import sys
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import threadpoolctl

from reign_trainer.children.lifeline import die_with_parent
from reign_trainer.children.report import Report
from reign_trainer.errors import TrainerError
from reign_trainer.settings import Settings


def main(connection: Connection, work: str, request: Any, settings: Settings, folder: str) -> None:
    """Do the work and send its result, or its error, to the trainer.

    Parameters
    ----------
    connection : multiprocessing.connection.Connection
        To the trainer: ('stage', name), then ('result', result) or ('error', TrainerError).
    work : str
        ``module:function``, a function of the request, the settings and where to report stages. A name, since the
        trainer itself does not import what children do.
    request : Any
    settings : Settings
    folder : str
        An empty folder for temporary files, which the trainer removes: it is the working directory too.
    """
    die_with_parent(connection)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the trainer decides, also after Ctrl-C in a terminal
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _volunteer_for_the_memory_killer()
    log = _silence_the_author()
    os.environ["TMPDIR"] = folder
    os.chdir(folder)
    connection.send(_outcome(work, request, settings, lambda stage: connection.send(("stage", stage)), log))
    # Without the interpreter's tear-down: nothing of a child is worth waiting for.
    os._exit(0)


def _outcome(work: str, request: Any, settings: Settings, report: Report, log: int) -> tuple[str, Any]:
    try:
        # BLAS keeps to one thread: its sums depend on how many there are, and with them the last bits of a version.
        with threadpoolctl.threadpool_limits({"openmp": settings.threads, "blas": 1}):
            module, _, function = work.partition(":")
            return "result", getattr(importlib.import_module(module), function)(request, settings, report)
    except TrainerError as error:
        return "error", error
    except MemoryError:
        return "error", TrainerError("OutOfMemory", "Python could not get the memory that it asked for.")
    except Exception as error:  # noqa: BLE001 - the edge of the process
        # Never the exception's text: it may quote rows.
        frames = traceback.extract_tb(error.__traceback__)
        place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown line"
        lines = "".join(f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}\n" for frame in frames)
        os.write(log, f"{type(error).__name__} in a child process:\n{lines}".encode())
        return "error", TrainerError("Internal", f"{type(error).__name__} in the trainer's {place}.")


def _volunteer_for_the_memory_killer() -> None:
    """When memory runs out the kernel should take this process, not the trainer."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")


def _silence_the_author() -> int:
    """Send what pipelines and libraries print, and warn about, nowhere: it may quote rows. Give the real stderr.

    A crash of the interpreter still shows its stack: names and lines, no values.
    """
    log = os.dup(2)
    faulthandler.enable(file=log)
    sys.stdout.flush()
    sys.stderr.flush()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return log
