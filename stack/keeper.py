"""Keeps one part of the embedded stack: nothing of it outlives the keeper's lifeline.

Usage: python -I -S keeper.py [--user UID:GID] [--stop-signal TERM|INT] [--grace SECONDS] --log FILE -- COMMAND...

The keeper starts the command in a session of its own and watches two things. When its standard input ends (the stack
closed it, or the stack's process is gone, be it by SIGKILL), it asks the command to stop, and after the grace kills
what is left. When the command ends by itself, whatever it left behind is killed too, so that no orphan holds a port.
On Linux the keeper adopts orphans of the part (subreaper), so that processes which left the group are found as well,
and the kernel ends the command if the keeper itself is killed.

It reports on standard output, one JSON object a line: {"started": PID}, then {"exited": CODE} or {"killed": SIGNAL}.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
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

    leader = start(command, options)
    report({"started": leader})
    status = watch(leader, wake, getattr(signal, "SIG" + options["stop-signal"]), float(options["grace"]))
    end_group(leader)
    end_descendants()
    if os.WIFSIGNALED(status):
        report({"killed": signal.Signals(os.WTERMSIG(status)).name})
    else:
        report({"exited": os.WEXITSTATUS(status)})
    return 0


def parse(argv: list[str]) -> tuple[dict[str, str], list[str]]:
    """Split the keeper's own options from the command."""
    options = {"stop-signal": "TERM", "grace": "10", "user": "", "log": os.devnull}
    split = argv.index("--")
    own = argv[:split]
    for name, value in zip(own[::2], own[1::2], strict=True):
        options[name.removeprefix("--")] = value
    return options, argv[split + 1 :]


def prctl(option: int, value: int) -> None:
    """Call prctl(2), which Python does not offer."""
    ctypes.CDLL(None, use_errno=True).prctl(option, ctypes.c_ulong(value), 0, 0, 0)


def start(command: list[str], options: dict[str, str]) -> int:
    """Start the command as the leader of its own session; answers its pid."""
    account = [int(part) for part in options["user"].split(":")] if options["user"] else None
    log = os.open(options["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    keeper = os.getpid()
    pid = os.fork()
    if pid != 0:
        os.close(log)
        return pid
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        signal.set_wakeup_fd(-1)
        for name in ("SIGINT", "SIGHUP", "SIGPIPE", "SIGTERM", "SIGCHLD"):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        if account is not None:
            uid, gid = account
            os.setgroups([gid])
            os.setgid(gid)
            os.setuid(uid)
            os.environ["HOME"] = "/"
            os.chdir("/")
        if LINUX:
            # After the change of user, which would clear it.
            prctl(PR_SET_PDEATHSIG, int(getattr(signal, "SIG" + options["stop-signal"])))
            if os.getppid() != keeper:
                os._exit(1)
        os.execvp(command[0], command)
    except OSError as error:
        os.write(2, f"cannot start {command[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def report(event: dict[str, object]) -> None:
    """Tell the stack, if it is still there."""
    try:
        os.write(1, (json.dumps(event) + "\n").encode())
    except OSError:
        pass


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
            send(os.kill, leader, signal.SIGKILL)
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
            send(os.kill, leader, stop)
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


def send(how: object, target: int, number: signal.Signals) -> bool:
    """Send a signal with os.kill or os.killpg; False when nobody is there."""
    try:
        how(target, number)  # type: ignore[operator]
    except (ProcessLookupError, PermissionError):
        return False
    return True


def end_group(leader: int) -> None:
    """Kill what is left of the command's process group."""
    send(os.killpg, leader, signal.SIGKILL)


def end_descendants() -> None:
    """Kill every process below the keeper until there is none (Linux: orphans are children of the keeper)."""
    deadline = time.monotonic() + 10
    while LINUX and time.monotonic() < deadline:
        reap(-1)
        left = descendants(os.getpid())
        if not left:
            return
        for pid in left:
            send(os.kill, pid, signal.SIGKILL)
        time.sleep(0.01)


def descendants(root: int) -> list[int]:
    """Pids of all processes below `root`, from /proc."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                stat = file.read()
        except OSError:
            continue
        parent = int(stat[stat.rindex(")") + 2 :].split()[1])
        children.setdefault(parent, []).append(int(entry))
    found: list[int] = []
    ahead = [root]
    while ahead:
        below = children.get(ahead.pop(), [])
        found.extend(below)
        ahead.extend(below)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
