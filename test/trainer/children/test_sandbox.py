"""An author's code gets a folder and nothing else, and nothing that it starts or says harms the trainer."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import reign_trainer
from reign_trainer.children import Limits, run_child, scratch_folder
from reign_trainer.children.landlock import landlock_version
from reign_trainer.errors import TrainerError
from reign_trainer.settings import Settings

CODE = "children.author_code"
SOON = Limits(seconds=60.0, silent_seconds=2.0, code="PredictTimeout")


@pytest.mark.skipif(landlock_version() < 6, reason="this kernel cannot keep a process from files, ports and others")
def test_it_reaches_no_file_no_port_and_no_other_process(
    in_child: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "store/snapshots/rows"
    secret.parent.mkdir(parents=True)
    secret.write_text("labels")
    secret.chmod(0o644)
    for name in ("REIGN_LEDGER_URL", "MLFLOW_TRACKING_TOKEN", "REIGN_CONNECTION_WAREHOUSE", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "secret")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        asked = {
            "secret": str(secret),
            "elsewhere": str(tmp_path / "written"),
            "trainer": os.getpid(),
            "port": listener.getsockname()[1],
        }
        told = in_child(f"{CODE}:pry", asked, author=True)
    assert told["worked"] == []
    assert not [
        name for name in told["variables"] if name.startswith(("REIGN_L", "REIGN_C", "REIGN_S", "AWS", "TEMPORAL"))
    ]
    assert "MLFLOW_TRACKING_TOKEN" not in told["variables"]
    assert "MLFLOW_TRACKING_URI" not in told["variables"]
    # Its channel, and where a crash of the interpreter leaves its stack.
    assert len(told["descriptors"]) <= 3, told["descriptors"]
    assert told["started"] == "42", "its own processes cannot start"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has Landlock")
def test_without_landlock_it_runs_and_the_log_names_what_it_is_not_kept_from(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "PYTHONPATH": os.pathsep.join([str(Path(reign_trainer.__file__).parents[1]), str(Path(__file__).parents[1])]),
        "REIGN_LEDGER_URL": "secret",
    }
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nothing = str(tmp_path / "nothing")
        asked = {"secret": nothing, "elsewhere": nothing, "trainer": os.getpid(), "port": listener.getsockname()[1]}
        command = [sys.executable, "-m", "children.without_landlock", json.dumps(asked), str(tmp_path / "store")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [warning] = [line for line in done.stderr.splitlines() if "WARNING" in line]
    assert "the kernel has no Landlock of version 4: pipelines are not kept from files" in warning
    told = json.loads(done.stdout)
    assert told["started"] == "42"
    assert "connect" in told["worked"], "something else keeps it from TCP"
    assert "REIGN_LEDGER_URL" not in told["variables"]


def test_nothing_that_it_started_outlives_it(in_child: Any, settings: Settings) -> None:
    pids = in_child(f"{CODE}:leave_a_process", "end", author=True)
    assert [pid for pid in pids if _runs(pid)] == []

    async def killed() -> list[int]:
        with scratch_folder() as folder:
            work = run_child(
                f"{CODE}:leave_a_process",
                "hang",
                settings,
                answer=list[int],
                author=True,
                folder=Path(folder),
                limits=SOON,
            )
            with pytest.raises(TrainerError, match="done nothing for 2 s") as raised:
                await work
            assert raised.value.code == "PredictTimeout"
            return [int(pid) for pid in (Path(folder) / "pids").read_text().split()]

    assert [pid for pid in asyncio.run(killed()) if _runs(pid)] == []


def test_using_the_cpu_is_progress(in_child: Any) -> None:
    assert in_child(f"{CODE}:work_hard", 4.0, author=True, limits=SOON) == "done"


@pytest.mark.parametrize(
    ("work", "code", "text"),
    [
        ("answer_half", "PredictTimeout", "done nothing"),
        ("answer_much", "ChildDied", "more than"),
        ("answer_a_pickle", "ChildDied", "not JSON"),
        ("forge", "ChildDied", "may not raise"),
    ],
)
def test_what_it_says_is_read_as_json_of_limited_length(
    in_child: Any, settings: Settings, tmp_path: Path, work: str, code: str, text: str
) -> None:
    trap = tmp_path / "trap"
    longest = 0.0

    async def meanwhile() -> None:
        nonlocal longest
        while True:
            begun = time.monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - begun)

    async def ask() -> None:
        watching = asyncio.ensure_future(meanwhile())
        try:
            await run_child(f"{CODE}:{work}", str(trap), settings, answer=list[int], author=True, limits=SOON)
        finally:
            watching.cancel()

    with pytest.raises(TrainerError, match=text) as raised:
        asyncio.run(ask())
    assert raised.value.code == code
    assert not trap.exists(), "the trainer unpickled what a child sent"
    assert longest < 1.5, "a child's message stopped the trainer's event loop"


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()[0] != "Z"
    except OSError:
        return False
