"""The process that children are forked from: it has imported everything and does nothing else."""

from __future__ import annotations

import multiprocessing
import multiprocessing.forkserver
import os
from multiprocessing.context import ForkServerContext
from pathlib import Path

from reign_trainer.settings import Settings

#: Of the trainer and, through it, of every child.
_FIXED = {
    # Part of "the same inputs give the same cycle": sets of texts iterate in one order.
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "Agg",
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
    "MLFLOW_REQUIREMENTS_INFERENCE_RAISE_ERRORS": "false",
    # A version's bytes are trusted as far as the registry is; they are loaded in a process of their own.
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "true",
}

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "NUMEXPR_NUM_THREADS", "LOKY_MAX_CPU_COUNT")


def forkserver_context() -> ForkServerContext:
    """Give the one way in which the trainer starts processes."""
    return multiprocessing.get_context("forkserver")


def start_forkserver(settings: Settings) -> None:
    """Start the forkserver, so that the first child finds everything imported.

    Returns at once; the forkserver imports on its own. The variables that it and its children need are set in this
    process's environment and stay there: a forkserver that dies is started again with the next child.
    """
    os.environ.update(_FIXED)
    os.environ.update({name: str(settings.threads) for name in _THREAD_VARIABLES})
    if settings.tracking_uri is not None:
        os.environ["MLFLOW_TRACKING_URI"] = settings.tracking_uri
    _let_it_find_reign()
    forkserver_context().set_forkserver_preload(["reign_trainer.children.preload"])
    multiprocessing.forkserver.ensure_running()


def _let_it_find_reign() -> None:
    """Put Reign's folder on the forkserver's path.

    Before Python 3.13 it does not take over this process's ``sys.path``; it would preload nothing, without a word, and
    every child would import everything anew.
    """
    ours = str(Path(__file__).resolve().parents[2])
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if ours not in paths:
        os.environ["PYTHONPATH"] = os.pathsep.join([path for path in paths if path] + [ours])
