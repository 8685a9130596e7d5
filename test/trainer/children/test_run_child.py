"""A child gives its result or its error, and is gone afterwards whatever happened."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from reign_trainer.children import Limits, forkserver, run_child
from reign_trainer.errors import TrainerError
from reign_trainer.settings import Settings

from children.child_work import SIGKILL

WORK = "children.child_work"


def test_gives_result_and_stages(in_child: Any, settings: Settings) -> None:
    stages: list[str] = []
    first = in_child(f"{WORK}:answer", {"rows": 3}, on_stage=stages.append)
    assert first["request"] == {"rows": 3}
    assert stages[0] == "starting"
    assert first["preloaded"], "the forkserver has not imported what children need"
    # BLAS keeps to one: its sums depend on how many there are.
    assert first["threads"] == [["blas", 1], ["openmp", settings.threads]]
    second = in_child(f"{WORK}:answer", None)
    assert second["hash"] == first["hash"], "PYTHONHASHSEED is not fixed"
    assert second["folder"] != first["folder"]
    assert not Path(first["folder"]).exists()


def test_what_is_installed_while_the_trainer_runs_is_there_for_the_next_child(
    in_child: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, again = (in_child(f"{WORK}:answer", None)["forkserver"] for _ in range(2))
    assert before == again
    installed = forkserver.fingerprint()
    monkeypatch.setattr(forkserver, "fingerprint", lambda: (*installed, ("elsewhere", ("lightgbm-4.6.0.dist-info",))))
    changed, still = (in_child(f"{WORK}:answer", None)["forkserver"] for _ in range(2))
    assert changed != before, "the child was forked from what had imported the old libraries"
    assert still == changed
    # It has imported what later tests need: they need not start another one.
    forkserver._forkserver._installed = installed


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts what arrays take")
def test_what_it_may_take_of_memory_is_limited(in_child: Any) -> None:
    limits = Limits(memory_bytes=200 * 2**20)
    assert in_child(f"{WORK}:take", 100 * 2**20, limits=limits, answer=int) == 100 * 2**20
    with pytest.raises(TrainerError) as raised:
        in_child(f"{WORK}:take", 300 * 2**20, limits=limits, answer=int)
    assert (raised.value.code, raised.value.detail.situation) == ("OutOfMemory", "refused")


def test_an_error_of_the_catalogue_arrives_whole(in_child: Any) -> None:
    with pytest.raises(TrainerError) as raised:
        in_child(f"{WORK}:refuse", None)
    assert (raised.value.code, raised.value.message) == ("FitFailed", "ValueError in fit.")
    assert (raised.value.detail.file, raised.value.detail.line) == ("pipeline.py", 3)
    assert raised.value.detail.situation == "raised"
    assert raised.value.detail.values == {"exception": "ValueError", "doing": "fit", "where": ""}


def test_an_error_brings_only_what_its_template_names(in_child: Any) -> None:
    with pytest.raises(TrainerError) as raised:
        in_child(f"{WORK}:say_too_much", None)
    assert (raised.value.code, raised.value.detail.situation) == ("WindowEmpty", "training")
    assert raised.value.detail.values == {}


def test_a_place_that_is_none_is_left_out(in_child: Any) -> None:
    with pytest.raises(TrainerError) as raised:
        in_child(f"{WORK}:say_it_in_the_place", None)
    detail = raised.value.detail
    assert (raised.value.code, detail.situation) == ("FitFailed", "raised")
    assert [detail.traceback, detail.file, detail.line, detail.column, detail.field] == [None] * 5


def test_another_error_is_named_without_its_text(in_child: Any) -> None:
    with pytest.raises(TrainerError) as raised:
        in_child(f"{WORK}:fail", None)
    assert raised.value.code == "Internal"
    assert "ValueError" in raised.value.message
    assert "row's" not in raised.value.message


@pytest.mark.parametrize(
    ("work", "argument", "code", "text"),
    [
        ("kill_itself", int(SIGKILL), "ChildDied", "signal 9"),
        ("exit_at_once", 3, "ChildDied", "exit code 3"),
        ("use_up", None, "OutOfMemory", "memory"),
    ],
)
def test_a_death_is_named(in_child: Any, work: str, argument: Any, code: str, text: str) -> None:
    with pytest.raises(TrainerError) as raised:
        in_child(f"{WORK}:{work}", argument)
    assert raised.value.code == code
    assert text in raised.value.message
    assert "row's" not in raised.value.message


def test_is_killed_on_timeout(in_child: Any, tmp_path: Path) -> None:
    with pytest.raises(TrainerError) as raised:
        in_child(f"{WORK}:sleep", str(tmp_path / "pid"), limits=Limits(seconds=1.5, code="FitTimeout"))
    assert raised.value.code == "FitTimeout"
    assert "sleeping" in raised.value.message
    assert _is_gone(int((tmp_path / "pid").read_text()), 0)


def test_is_killed_on_cancel(in_child: Any, settings: Settings, tmp_path: Path) -> None:
    async def cancel_while_it_sleeps(pid: Path) -> None:
        task = asyncio.ensure_future(run_child(f"{WORK}:sleep", str(pid), settings, answer=Any))
        await asyncio.to_thread(_appears, pid)
        task.cancel()
        # Often together with the message of a stage: neither may swallow the other.
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait_for(asyncio.shield(task), 20)
        assert task.cancelled()
        assert _is_gone(int(pid.read_text()), 0)

    for at in range(15):
        asyncio.run(cancel_while_it_sleeps(tmp_path / str(at)))


def test_a_cancel_before_it_has_started_leaves_nothing(in_child: Any, settings: Settings, tmp_path: Path) -> None:
    async def cancel_at_once() -> None:
        task = asyncio.ensure_future(run_child(f"{WORK}:sleep", str(tmp_path / "pid"), settings, answer=Any))
        await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        if (tmp_path / "pid").exists() and (text := (tmp_path / "pid").read_text()):
            assert _is_gone(int(text), 0)

    asyncio.run(cancel_at_once())


TRAINER = """
import asyncio, sys
from pathlib import Path
from reign_trainer.children import run_child, start_forkserver
from reign_trainer.settings import Settings

async def main():
    settings = Settings(store=sys.argv[1])
    start_forkserver(settings)
    await run_child("children.child_work:talk", None, settings, answer=type(None))
    await asyncio.gather(
        run_child("children.child_work:sleep", sys.argv[1] + "/first", settings, answer=str),
        run_child("children.child_work:sleep_with_the_lock", sys.argv[1] + "/second", settings, answer=str),
    )

asyncio.run(main())
"""


def test_ends_with_a_trainer_that_was_killed_and_prints_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    trainer = subprocess.Popen(
        [sys.executable, "-c", TRAINER, str(tmp_path)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        for name in ("first", "second"):
            _appears(tmp_path / name)
        pids = [int((tmp_path / name).read_text()) for name in ("first", "second")]
        forkserver = _parent_of(pids[0])
    finally:
        trainer.send_signal(signal.SIGKILL)
        printed, _ = trainer.communicate(timeout=60)
    assert all(_is_gone(pid, 60) for pid in [*pids, *([] if forkserver is None else [forkserver])])
    assert b"row's" not in printed


def _appears(path: Path) -> None:
    deadline = time.monotonic() + 240
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < deadline, f"{path.name} does not appear"
        time.sleep(0.05)


def _is_gone(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if _state(pid) == "Z" or time.monotonic() >= deadline:
            return _state(pid) == "Z"
        time.sleep(0.05)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()[0]
    except OSError:
        return ""


def _parent_of(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()[1])
    except OSError:
        return None
