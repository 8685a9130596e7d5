"""Two trainers on one queue: real processes, a real Temporal, small fits."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio
from reign_trainer.constants import FIT_QUEUE, TRAINER_QUEUE
from reign_trainer.shapes import FitRequest, FitResult, ScoreRequest, ScoreResult
from reign_trainer.store import Store, open_store
from s3_server import S3_CREDENTIALS
from small_model import code, fit_request, rows, snapshot
from temporalio import workflow
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import RetryPolicy
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

pytestmark = pytest.mark.asyncio(loop_scope="module")

_REPOSITORY = Path(__file__).resolve().parents[2]
_STARTED = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
#: After which a silent trainer is taken for dead. A cycle waits longer.
_HEARTBEAT = timedelta(seconds=5)
#: How long a fit waits for the others, counted from when all are asked for.
_TOGETHER_SECONDS = 12.0
_PREDICT_TIMEOUT_SECONDS = 12


@workflow.defn
class OneFit:
    """A fit, as a cycle asks for it."""

    @workflow.run
    async def run(self, request: FitRequest) -> FitResult:
        return await workflow.execute_activity(
            "fit",
            request,
            result_type=FitResult,
            task_queue=FIT_QUEUE,
            start_to_close_timeout=timedelta(minutes=5),
            heartbeat_timeout=_HEARTBEAT,
            retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), backoff_coefficient=1),
        )


@workflow.defn
class OneScore:
    """A version that is scored, as a cycle asks for it."""

    @workflow.run
    async def run(self, request: ScoreRequest) -> ScoreResult:
        return await workflow.execute_activity(
            "score",
            request,
            result_type=ScoreResult,
            task_queue=TRAINER_QUEUE,
            start_to_close_timeout=timedelta(minutes=5),
            heartbeat_timeout=_HEARTBEAT,
        )


class Trainers(NamedTuple):
    """Two trainers with two slots for fits each, and what they share."""

    client: Client
    store: Store
    processes: list[subprocess.Popen[bytes]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def trainers(
    store_place: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Trainers]:
    """Two trainers that are ready, at a Temporal of their own."""
    folder = tmp_path_factory.mktemp("trainers")
    store = open_store(store_place(folder / "store"))
    async with await WorkflowEnvironment.start_local(
        data_converter=pydantic_data_converter,
        dev_server_existing_path=str(Path(sys.executable).with_name("temporal")),
    ) as temporal:
        processes = [_start(folder, store, temporal.client, name) for name in ("one", "two")]
        try:
            async with Worker(
                temporal.client,
                task_queue="test",
                workflows=[OneFit, OneScore],
                workflow_runner=UnsandboxedWorkflowRunner(),
            ):
                while not all((folder / f"{name}.ready").exists() for name in ("one", "two")):
                    if any(process.poll() is not None for process in processes):
                        pytest.fail((folder / "log").read_text()[-2000:])
                    await asyncio.sleep(0.1)
                yield Trainers(temporal.client, store, processes)
        finally:
            for process in processes:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _start(folder: Path, store: Store, client: Client, name: str) -> subprocess.Popen[bytes]:
    environment = {
        **{known: os.environ[known] for known in ("PATH", "HOME", *S3_CREDENTIALS) if known in os.environ},
        "PYTHONPATH": str(_REPOSITORY / "trainer"),
        "REIGN_STORE": store.place,
        "REIGN_FITS_AT_ONCE": "2",
        "REIGN_PREDICT_TIMEOUT": str(_PREDICT_TIMEOUT_SECONDS),
        "REIGN_READY_FILE": str(folder / f"{name}.ready"),
        "TEMPORAL_ADDRESS": client.service_client.config.target_host,
    }
    with (folder / "log").open("ab") as log:
        command = [sys.executable, "-m", "reign_trainer"]
        return subprocess.Popen(command, env=environment, stderr=log, start_new_session=True)


def _fit(store: Store, name: str, code_hash: str) -> FitRequest:
    request = fit_request(store, None, code_hash=code_hash)
    return request.model_copy(update={"cycle": request.cycle.model_copy(update={"id": name})})


async def _pending(handle: WorkflowHandle) -> PendingActivityInfo | None:
    """Give the activity that a workflow waits for."""
    activities = (await handle.describe()).raw_description.pending_activities
    return activities[0] if activities else None


async def _trainers_of(handles: list[WorkflowHandle]) -> list[str]:
    """Give the processes that work on activities now, as often as they do."""
    pending = await asyncio.gather(*map(_pending, handles))
    return [one.last_worker_identity.partition("@")[0] for one in pending if one is not None and one.state == _STARTED]


async def _until_working(handles: list[WorkflowHandle], count: int) -> None:
    async with asyncio.timeout(60):
        while len(await _trainers_of(handles)) < count:
            await asyncio.sleep(0.1)


async def test_each_takes_as_many_fits_as_it_has_slots_and_one_that_is_killed_loses_none(trainers: Trainers) -> None:
    until = time.time() + _TOGETHER_SECONDS
    waits = f"def build():\n    import time\n    time.sleep(max(0, {until} - time.time()))"
    together = code(trainers.store, **{"def build():": waits})
    handles = [
        await trainers.client.start_workflow(
            OneFit.run, _fit(trainers.store, f"fit-{number}", together), id=f"fit-{number}", task_queue="test"
        )
        for number in range(5)
    ]
    await _until_working(handles, 4)
    # Long enough for a trainer that hoards.
    await asyncio.sleep(0.5)
    working = await _trainers_of(handles)
    assert time.time() < until, "the fits were not asked for in time to run together"
    assert Counter(working) == {str(process.pid): 2 for process in trainers.processes}

    killed = trainers.processes[0]
    os.kill(killed.pid, signal.SIGKILL)
    results = await asyncio.gather(*(handle.result() for handle in handles))
    assert [result.rows for result in results] == [2000] * 5
    assert [result.model_uri for result in results] == [f"fit:try-fit-{number}" for number in range(5)]


async def test_predicting_that_hangs_ends_by_its_time_limit_and_holds_no_other_cycle_up(trainers: Trainers) -> None:
    store = trainers.store
    # The rows of a fit are answered at once, those of this holdout never: there are as many as nowhere else.
    hangs = "        if len(X) == 1200:\n            __import__('time').sleep(3600)\n        return np.clip("
    holdout = snapshot(store, rows(1200, seed=3))

    async def fitted(name: str, code_hash: str) -> ScoreRequest:
        request = _fit(store, name, code_hash)
        done = await trainers.client.execute_workflow(OneFit.run, request, id=name, task_queue="test")
        return ScoreRequest(model_uri=done.model_uri, name=name, definition=request.definition, snapshot=holdout)

    hanging, sound = await asyncio.gather(
        fitted("hanging", code(store, **{"        return np.clip(": hangs})), fitted("sound", code(store))
    )
    stuck = [
        await trainers.client.start_workflow(OneScore.run, hanging, id=f"stuck-{number}", task_queue="test")
        for number in range(2)
    ]
    await _until_working(stuck, len(stuck))
    scored = await trainers.client.execute_workflow(OneScore.run, sound, id="scored", task_queue="test")
    assert store.read_rows("predictions", scored.predictions).num_rows == 1200
    assert len(await _trainers_of(stuck)) == len(stuck), "what hangs was over before the other was scored"
    for handle in stuck:
        with pytest.raises(WorkflowFailureError) as failed:
            async with asyncio.timeout(60):
                await handle.result()
        assert isinstance(failed.value.cause, ActivityError)
        error = failed.value.cause.cause
        assert isinstance(error, ApplicationError)
        assert (error.type, error.non_retryable) == ("PredictTimeout", True)
        assert error.message.startswith("The process ran out of time; the stage was ")
