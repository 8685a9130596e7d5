"""A child never outlives the trainer, however that one ends."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing.forkserver
import os
import signal
import sys
import threading
from multiprocessing.connection import Connection
from typing import Any

_PR_SET_PDEATHSIG = 1


def die_with_parent(connection: Connection) -> None:
    """End this process when the trainer is gone.

    Two ways, since each has a gap: the kernel's signal at the death of the forkserver (which ends with the trainer;
    Linux only), and a thread that waits for the other end of the pipe to close (not while a library holds the
    interpreter's lock).
    """
    _let_the_forkserver_end()
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_end_at_eof, args=(connection,), name="lifeline", daemon=True).start()


def _let_the_forkserver_end() -> None:
    """Give up this child's share of the pipe that keeps the forkserver alive.

    The standard library hands one to every child, so that it could start processes too. But then the forkserver does
    not end with the trainer, and neither does a child that waits for the forkserver's death.
    """
    forkserver: Any = multiprocessing.forkserver._forkserver
    alive = getattr(forkserver, "_forkserver_alive_fd", None)
    if isinstance(alive, int):
        with contextlib.suppress(OSError):
            os.close(alive)
        forkserver._forkserver_alive_fd = None


def _end_at_eof(connection: Connection) -> None:
    with contextlib.suppress(EOFError, OSError):
        connection.recv_bytes()
    os._exit(1)
