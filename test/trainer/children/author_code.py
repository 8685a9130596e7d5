"""What an author's code might try in a child, and children that misbehave."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reign_trainer.children import Report


def pry(request: dict[str, Any], folder: Path, report: Report) -> Any:
    """Try to get at what is not in the folder; tell what worked."""
    tries: dict[str, Callable[[], Any]] = {
        "read the store": lambda: Path(request["secret"]).read_text(),
        "list the store": lambda: os.listdir(Path(request["secret"]).parent),
        "write elsewhere": lambda: Path(request["elsewhere"]).write_text("x"),
        "another's environment": lambda: Path(f"/proc/{request['trainer']}/environ").read_bytes(),
        "another's memory": lambda: os.close(os.open(f"/proc/{request['trainer']}/mem", os.O_RDONLY)),
        "the forkserver's environment": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
        "connect": lambda: socket.create_connection(("127.0.0.1", request["port"]), timeout=5),
        "listen": lambda: socket.create_server(("127.0.0.1", 0)),
        "signal the trainer": lambda: os.kill(request["trainer"], 0),
    }
    worked = []
    for name, attempt in tries.items():
        with contextlib.suppress(OSError):
            attempt()
            worked.append(name)
    Path("own").write_text("x")
    started = subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, text=True, check=True)
    own = [name for name in os.listdir("/proc/self/fd") if _target(name) not in ("/dev/null", None)]
    return {
        "worked": worked,
        "variables": sorted(os.environ),
        "descriptors": sorted(filter(None, (_target(name) for name in own))),
        "started": started.stdout.strip(),
    }


def _target(descriptor: str) -> str | None:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}").partition(":")[0]
    except OSError:
        return None


def leave_a_process(request: str, folder: Path, report: Report) -> Any:
    """End while a process that it started, in a session of its own, goes on."""
    started = subprocess.Popen(["sleep", "600"], start_new_session=True)
    again = subprocess.Popen(["sh", "-c", "sleep 600 & echo $!; exec >&-"], stdout=subprocess.PIPE, text=True)
    assert again.stdout is not None
    pids = [started.pid, int(again.stdout.readline())]
    if request == "hang":
        Path("pids").write_text(" ".join(str(pid) for pid in pids))
        time.sleep(600)
    return pids


def answer_half(request: Any, folder: Path, report: Report) -> Any:
    """Send a part of a message, and no more."""
    _channel().sendall(b'{"result": [1, 2')
    time.sleep(600)


def answer_much(request: Any, folder: Path, report: Report) -> Any:
    """Send without end."""
    channel = _channel()
    while True:
        channel.sendall(b"[" * 65_536)


def answer_a_pickle(request: Any, folder: Path, report: Report) -> Any:
    """Send what would run code where it is unpickled."""
    import pickle

    class Trap:
        def __reduce__(self) -> Any:
            return (os.system, (f"touch {request}",))

    _channel().sendall(pickle.dumps(("result", Trap())) + b"\n")
    time.sleep(600)


def forge(request: Any, folder: Path, report: Report) -> Any:
    """Answer with an error that only Reign itself may give."""
    _channel().sendall(b'{"error": {"code": "LedgerUnavailable", "message": "try for ever", "detail": null}}\n')
    time.sleep(600)


def work_hard(request: float, folder: Path, report: Report) -> Any:
    """Use the CPU for a while, without a word."""
    until = time.monotonic() + request
    while time.monotonic() < until:
        sum(range(10_000))
    return "done"


def _channel() -> socket.socket:
    for name in sorted(os.listdir("/proc/self/fd"), key=int):
        if _target(name) == "socket":
            return socket.socket(fileno=int(name))
    raise AssertionError("no channel")
