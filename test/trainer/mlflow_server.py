"""A real MLflow server for the whole run, and what a cycle opens in it before a fit."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow.tracking import MlflowClient
from reign_trainer.shapes import TrackedRun

_START_SECONDS = 120
_SERVER = Path(__file__).resolve().parents[2] / "stack" / "mlflow_server.py"


@pytest.fixture(scope="session")
def mlflow_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an MLflow server with artifacts through its proxy; it ends with the run."""
    folder = tmp_path_factory.mktemp("mlflow")
    port = _free_port()
    uri = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, str(_SERVER), "--host", "127.0.0.1", "--port", str(port)),
                *("--backend-store-uri", f"sqlite:///{folder}/mlflow.db"),
                *("--artifacts-destination", str(folder / "artifacts"), "--workers", "1"),
            ],
            env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait_until_healthy(uri, process, folder / "log")
        yield uri
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def tracked_run(mlflow_uri: str) -> TrackedRun:
    """A run and a logged model as the orchestrator opens them: RUNNING and PENDING."""
    return open_run(mlflow_uri)


def open_run(uri: str) -> TrackedRun:
    """Open a run and a logged model in an experiment of their own."""
    client = MlflowClient(uri)
    experiment = client.create_experiment(f"test-{secrets.token_hex(6)}")
    run = client.create_run(experiment, run_name="a cycle")
    model = client.create_logged_model(experiment, name="model", source_run_id=run.info.run_id)
    return TrackedRun(experiment_id=experiment, run_id=run.info.run_id, model_id=model.model_id)


def _wait_until_healthy(uri: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{uri}/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the tests' MLflow does not start:\n{log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
