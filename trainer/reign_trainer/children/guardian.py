"""Between the forkserver and one child: sees to it that nothing of the child, and nothing it started, outlives it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from reign_trainer.children import child
from reign_trainer.children.sandbox import adopt_orphans

#: Of the specs of children, in bytes.
LONGEST_MESSAGE = 65_536
_TICK_SECONDS = 1.0
#: How long a process that was killed may take to give its memory back before its descendants are looked for.
_DYING_SECONDS = 0.05
_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def guard(orders: socket.socket, user: int | None) -> None:
    """Fork a child that waits, and with the order to begin start it, report on it, and end it with all its descendants.

    Does not return.

    Parameters
    ----------
    orders : socket.socket
        Brings one message: the child's spec as JSON, see `child.main`, with the ends of two sockets. The channel is for
        the child alone. The leash leads to the trainer, one JSON line each: ``{"child": pid}``, about once a second
        ``{"cpu": seconds}``, ``{"exit": code}``. When the trainer closes its end, or is gone, the child is killed. Where
        `orders` closes before, nothing was wanted.
    user : int or None
        As whom an author's code runs.
    """
    try:
        adopt_orphans()
        awake, wake = socket.socketpair()
        for end in (awake, wake):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, signal.SIG_IGN)
        passing, taking = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for end in (awake, wake, orders, passing):
                end.close()
            _begin(taking)
        taking.close()
        message, descriptors, _, _ = socket.recv_fds(orders, LONGEST_MESSAGE, 2)
        orders.close()
        if len(descriptors) != 2:
            return
        channel, leash = (socket.socket(fileno=descriptor) for descriptor in descriptors)
        leash.setblocking(False)
        spec = {**json.loads(message), "user": user}
        if spec["author"] and user is not None:
            _give_away(Path(spec["folder"]), user)
        socket.send_fds(passing, [json.dumps(spec).encode()], [channel.fileno()])
        for end in (passing, channel):
            end.close()
        _tell(leash, {"child": pid})
        code = _watch(pid, awake, leash)
        _end_all(pid)
        _tell(leash, {"exit": code})
        # The trainer waits for this: to give back a process's memory takes longer.
        leash.close()
    finally:
        os._exit(0)


def _begin(taking: socket.socket) -> None:
    """Wait to be wanted, in the child."""
    message, descriptors, _, _ = socket.recv_fds(taking, LONGEST_MESSAGE, 1)
    taking.close()
    if len(descriptors) != 1:
        os._exit(0)
    child.main(socket.socket(fileno=descriptors[0]), json.loads(message))


def _watch(pid: int, awake: socket.socket, leash: socket.socket) -> int | None:
    """Wait for the child's end; None where the trainer wants it to end now."""
    told = time.monotonic()
    while True:
        readable, _, _ = select.select([awake, leash], [], [], _TICK_SECONDS)
        if leash in readable:
            return None
        if awake in readable:
            with contextlib.suppress(BlockingIOError):
                awake.recv(4096)
            code = _reap(pid)
            if code is not None:
                return code
        if time.monotonic() - told >= _TICK_SECONDS:
            told = time.monotonic()
            _tell(leash, {"cpu": cpu_seconds([pid])})


def _reap(pid: int) -> int | None:
    """Take what has ended: the child itself, or orphans of it."""
    found = None
    with contextlib.suppress(ChildProcessError):
        while True:
            ended, status = os.waitpid(-1, os.WNOHANG)
            if ended == 0:
                break
            if ended == pid:
                found = os.waitstatus_to_exitcode(status)
    return found


def _end_all(pid: int) -> None:
    """Kill the child and every descendant, until there is none."""
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)
    # Most children have started nothing: then this is all, and nobody has to look at every process of the machine.
    until = time.monotonic() + _DYING_SECONDS
    while time.monotonic() < until:
        if _none_is_left():
            return
        time.sleep(0.001)
    while True:
        for one in {pid, *_descendants([os.getpid()])} if sys.platform == "linux" else {pid}:
            with contextlib.suppress(OSError):
                os.kill(one, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
        if _none_is_left():
            return
        time.sleep(0.002)


def _none_is_left() -> bool:
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        return True
    return False


def cpu_seconds(roots: list[int]) -> float | None:
    """Give the CPU time of processes and all their descendants, also of those that ended; None where it is not known."""
    if sys.platform != "linux":
        return None
    times = {pid: ticks for pid, (_, ticks) in _processes().items()}
    return sum(times.get(pid, 0) for pid in {*roots, *_descendants(roots)}) / _CLOCK_TICKS


def _descendants(roots: list[int]) -> set[int]:
    parents = {pid: parent for pid, (parent, _) in _processes().items()}
    found: set[int] = set()
    wanted = set(roots)
    while wanted:
        wanted = {pid for pid, parent in parents.items() if parent in wanted} - found
        found |= wanted
    return found


def _processes() -> dict[int, tuple[int, int]]:
    """Give parent and CPU ticks of every process."""
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdecimal():
            continue
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
            found[int(name)] = (int(fields[1]), sum(int(ticks) for ticks in fields[11:15]))
    return found


def _give_away(folder: Path, user: int) -> None:
    os.chown(folder, user, user)
    for path in folder.rglob("*"):
        os.chown(path, user, user, follow_symlinks=False)


def _tell(leash: socket.socket, message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        leash.sendall(json.dumps(message).encode() + b"\n")
