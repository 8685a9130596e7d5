"""The process that children are forked from: it has imported everything, knows nothing, and does nothing else."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reign_trainer.environment import Fingerprint, fingerprint
from reign_trainer.settings import Settings
from reign_trainer.store import lies_below

log = logging.getLogger("reign_trainer")

#: Of every child.
_FIXED = {
    # Part of "the same inputs give the same cycle": sets of texts iterate in one order.
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "Agg",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    # The sums of BLAS depend on the number of its threads.
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    # How long OpenMP's threads spin at a barrier before they sleep. On two cores a 5.5 s fit of HistGradientBoosting took
    # 10 s where they slept at once, 6 s at this count, and above 60 s with other work beside it where they span as long
    # as libgomp lets them. Others than libgomp know only the first.
    "OMP_WAIT_POLICY": "passive",
    "GOMP_SPINCOUNT": "1000",
    # Temporal does the waiting, where it can be seen and cancelled; MLflow itself gives up soon.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "0",
    "MLFLOW_HTTP_REQUEST_BACKOFF_JITTER": "0",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "60",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    # Nobody would read it, and MLflow asks its server for the run first.
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_REQUIREMENTS_INFERENCE_RAISE_ERRORS": "false",
    # A version's bytes are checked against the ledger's digest, and loaded in a process of their own.
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "true",
}
_THREADS = ("OMP_NUM_THREADS", "NUMEXPR_NUM_THREADS", "LOKY_MAX_CPU_COUNT")
#: What the forkserver, and with it an author's code, gets of the trainer's environment: nothing that lets anybody in.
_HANDED_ON = (
    *("PATH", "HOME", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_NUMERIC", "LC_TIME", "TZ", "TMPDIR", "PYTHONPATH"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX"),
    # The last is how a stack finds what a crash has left of it.
    *("REIGN_LOCK_HASH", "REIGN_TRAINER_PACKAGES", "REIGN_KEPT"),
)


class Forkserver:
    """One forkserver, started with the first child and again where it died."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._installed: Fingerprint | None = None

    def start(self, settings: Settings) -> None:
        """Start it, so that the first child finds everything imported. Returns at once; it imports on its own."""
        with self._lock:
            self._ensure(settings)

    def fork(self, spec: dict[str, Any], settings: Settings, ends: tuple[socket.socket, socket.socket]) -> None:
        """Fork a child. Blocks while the forkserver is still importing.

        Parameters
        ----------
        spec : dict
            See `reign_trainer.children.child.main`.
        settings : Settings
        ends : pair of socket.socket
            The child's end of its channel, the guardian's end of its leash.

        Raises
        ------
        OSError
            The forkserver died twice.
        """
        with self._lock:
            for last in (False, True):
                control = self._ensure(settings)
                try:
                    socket.send_fds(control, [json.dumps(spec).encode()], [end.fileno() for end in ends])
                    if control.recv(1):
                        return
                except OSError:
                    if last:
                        raise
                self.stop()
            raise OSError("the forkserver does not stay alive")

    def stop(self) -> None:
        """End it; children that run go on."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._control = self._process = None

    def _ensure(self, settings: Settings) -> socket.socket:
        now = fingerprint()
        if self._process is not None and self._installed != now:
            log.info("what is installed has changed: the next pipelines run with it")
            self.stop()
        if self._process is not None and self._process.poll() is not None:
            self.stop()
        if self._control is not None:
            return self._control
        ours, theirs = socket.socketpair()
        user = "" if settings.sandbox_user is None else str(settings.sandbox_user)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "reign_trainer.children.nursery", str(theirs.fileno()), user],
                env=child_environment(settings, os.environ),
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self._control = ours
        # What it has imported is what was installed when it started.
        self._installed = now
        return ours


_forkserver = Forkserver()


def start_forkserver(settings: Settings) -> None:
    """Start the trainer's forkserver."""
    _forkserver.start(settings)


def fork_child(spec: dict[str, Any], settings: Settings, ends: tuple[socket.socket, socket.socket]) -> None:
    """Fork a child from it."""
    _forkserver.fork(spec, settings, ends)


def child_environment(settings: Settings, environment: Mapping[str, str]) -> dict[str, str]:
    """Give the environment of the forkserver: named variables of the trainer's, and what every child needs."""
    kept = {name: environment[name] for name in _HANDED_ON if name in environment}
    paths = [*filter(None, kept.get("PYTHONPATH", "").split(os.pathsep)), _our_folder()]
    # What is on the path can be read by pipelines: the store's own surroundings are not.
    kept["PYTHONPATH"] = os.pathsep.join(path for path in paths if not lies_below(settings.store, Path(path)))
    return {**kept, **_FIXED, **dict.fromkeys(_THREADS, str(settings.threads))}


def trusted_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Give what Reign's own work needs of the trainer's environment: the servers' logins, not the ledger's."""
    fixed = {*_FIXED, *_THREADS, *_HANDED_ON, "REIGN_LEDGER_URL", "REIGN_LEDGER_OWNER_URL"}
    return {name: value for name, value in environment.items() if name not in fixed}


def _our_folder() -> str:
    return str(Path(__file__).resolve().parents[2])
