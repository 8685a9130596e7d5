"""Keeps one part of the embedded stack: nothing of it outlives the keeper's lifeline.

Usage: python -I -S keeper.py [--user UID:GID] [--stop-signal TERM|INT] [--grace SECONDS] -- COMMAND...

The keeper starts the command in a session of its own and watches two things. When its standard input ends (the stack
closed it, or the stack's process is gone, be it by SIGKILL), it asks the command to stop, and after the grace kills
what is left. When the command ends by itself, whatever it left behind is killed too, so that no orphan holds a port.
On Linux the keeper adopts orphans of the part (subreaper), so that processes which left the group are found as well,
and the kernel ends the command if the keeper itself is killed.

Why not a library: supervisord, circus, honcho and systemd-run do not end what they started when they themselves, or the
program that called them, get SIGKILL; tini does, on Linux only. tree-kill and execa look for children at the end, when
orphans can no longer be found.

The command writes to the keeper's standard error. The keeper reports on standard output, one JSON object a line: {"started": PID}, then {"exited": CODE} or {"killed": SIGNAL}.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time

LINUX = sys.platform == "linux"
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def main(argv: list[str]) -> int:
    """Run one command until it ends or the lifeline does."""
    options, command = parse(argv)
    wake, wake_writer = os.pipe()
    os.set_blocking(wake_writer, False)
    signal.set_wakeup_fd(wake_writer, warn_on_full_buffer=False)
    for name in ("SIGCHLD", "SIGTERM"):
        signal.signal(getattr(signal, name), lambda *_: None)
    # A terminal's Ctrl-C is the stack's to answer.
    for name in ("SIGINT", "SIGHUP", "SIGPIPE"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    if LINUX:
        prctl(PR_SET_CHILD_SUBREAPER, 1)

    stop = getattr(signal, "SIG" + options["stop-signal"])
    try:
        started = start(command, options["user"], stop)
    except OSError as error:
        sys.stderr.write(f"cannot start {command[0]}: {error.strerror}\n")
        report({"exited": 127})
        return 0
    # Only `reap` collects it: `started` is kept, since Popen would collect it too when it is dropped.
    leader = started.pid
    report({"started": leader})
    status = watch(leader, wake, stop, float(options["grace"]))
    send(-leader, signal.SIGKILL)
    end_children()
    if os.WIFSIGNALED(status):
        report({"killed": signal.Signals(os.WTERMSIG(status)).name})
    else:
        report({"exited": os.WEXITSTATUS(status)})
    return 0


def parse(argv: list[str]) -> tuple[dict[str, str], list[str]]:
    """Split the keeper's own options from the command."""
    options = {"stop-signal": "TERM", "grace": "10", "user": ""}
    split = argv.index("--")
    own = argv[:split]
    for name, value in zip(own[::2], own[1::2], strict=True):
        options[name.removeprefix("--")] = value
    return options, argv[split + 1 :]


def prctl(option: int, value: int) -> None:
    """Call prctl(2), which Python does not offer."""
    ctypes.CDLL(None, use_errno=True).prctl(option, ctypes.c_ulong(value), 0, 0, 0)


def start(command: list[str], user: str, stop: signal.Signals) -> subprocess.Popen[bytes]:
    """Start the command as the leader of its own session, writing to the keeper's standard error."""
    keeper = os.getpid()
    uid, gid = (int(part) for part in user.split(":")) if user else (None, None)

    def leave_keeper() -> None:
        signal.set_wakeup_fd(-1)
        for name in ("SIGINT", "SIGHUP", "SIGPIPE", "SIGTERM", "SIGCHLD"):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        if LINUX:
            # After the change of user, which would clear it.
            prctl(PR_SET_PDEATHSIG, stop)
            if os.getppid() != keeper:
                os._exit(1)

    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=2,
        cwd=None if uid is None else "/",
        env=None if uid is None else {**os.environ, "HOME": "/"},
        start_new_session=True,
        user=uid,
        group=gid,
        extra_groups=None if gid is None else [gid],
        preexec_fn=leave_keeper,  # noqa: PLW1509 - the keeper has one thread
    )


def report(event: dict[str, object]) -> None:
    """Tell the stack, if it is still there."""
    with contextlib.suppress(OSError):
        os.write(1, (json.dumps(event) + "\n").encode())


def watch(leader: int, wake: int, stop: signal.Signals, grace: float) -> int:
    """Wait for the leader's end, stopping it once the lifeline ends; answers its wait status."""
    deadline: float | None = None
    watched = [0, wake]
    while True:
        status = reap(leader)
        if status is not None:
            return status
        timeout = None if deadline is None else max(0.0, deadline - time.monotonic())
        if timeout == 0.0:
            send(leader, signal.SIGKILL)
            timeout = None
            deadline = None
        ready, _, _ = select.select(watched, [], [], timeout)
        is_stopped = False
        if 0 in ready and os.read(0, 4096) == b"":
            watched.remove(0)
            is_stopped = True
        if wake in ready:
            is_stopped |= signal.SIGTERM in os.read(wake, 4096)
        if is_stopped and deadline is None:
            send(leader, stop)
            deadline = time.monotonic() + grace


def reap(leader: int) -> int | None:
    """Collect whoever has died; the leader's status if it is among them.

    Adopted orphans are collected too: a zombie would count as a process that is left.
    """
    found = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if pid == 0:
            return found
        if pid == leader:
            found = status


def send(target: int, number: signal.Signals) -> None:
    """Send a signal to a process, or to a group by its negative number; nobody may be there."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(target, number)


def end_children() -> None:
    """Kill the keeper's children until there are none (Linux: whoever loses its parent becomes one)."""
    deadline = time.monotonic() + 10
    while LINUX and time.monotonic() < deadline:
        reap(-1)
        left = children()
        if not left:
            return
        for pid in left:
            send(pid, signal.SIGKILL)
        time.sleep(0.01)


def children() -> list[int]:
    """Pids of the keeper's children, from /proc."""
    found: list[int] = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                stat = file.read()
        except OSError:
            continue
        parent = int(stat[stat.rindex(")") + 2 :].split()[1])
        if parent == os.getpid():
            found.append(int(entry))
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
