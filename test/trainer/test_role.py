"""What a trainer takes, by how it was started."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from reign_trainer.activities import Activities
from reign_trainer.role import Listening, Role, add_arguments, environment_queues, listening, role_of, take_work
from reign_trainer.settings import Settings
from reign_trainer.shapes import FitRequest, FitResult
from reign_trainer.store import open_store
from small_model import fit_request
from temporalio import activity, workflow
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker


def _places(role: Role) -> list[tuple[str, int]]:
    settings = Settings(store="/nowhere", fits_at_once=3, threads=1, others_at_once=5)
    return [(place.queue, place.slots) for place in listening(role, Activities(settings), settings)]


def test_each_role_has_its_queues() -> None:
    own = [(queue, 1) for queue in environment_queues()]
    rest = [("reign-trainer", 5), ("reign-trainer.prompt", 2)]
    assert _places(Role()) == [*own, ("reign-trainer.fit", 3), *rest]
    assert _places(Role(retired=True)) == own
    assert _places(Role(trainer_class="large")) == [("reign-trainer.fit.large", 3), ("reign-trainer.prompt.large", 1)]
    assert _places(Role(trainer_class="large", one_fit=True)) == [("reign-trainer.fit.large", 3)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--class", "Large"], "'Large': expected small letters"),
        (["--slots", "0"], "'0': expected a whole number above zero"),
        (["--retired", "--class", "large"], "--retired: such a trainer fits nothing"),
        (["--one-fit", "--slots", "2"], "--one-fit: such a trainer has one slot"),
    ],
)
def test_what_cannot_be_is_refused(given: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser(prog="reign-trainer")
    add_arguments(parser)
    with pytest.raises(SystemExit):
        role_of(parser, parser.parse_args(given))
    assert said in capsys.readouterr().err


@workflow.defn
class FitOfClass:
    """A fit on the queue of a class."""

    @workflow.run
    async def run(self, request: FitRequest) -> FitResult:
        return await workflow.execute_activity(
            "fit",
            request,
            result_type=FitResult,
            task_queue="reign-trainer.fit.large",
            start_to_close_timeout=timedelta(minutes=5),
        )


async def test_a_trainer_for_one_fit_lets_it_end_and_takes_no_other(tmp_path: Path) -> None:
    done = FitResult(
        model_uri="fit:one", rows=3, trivial=0.5, training_metrics={}, environment_hash="e" * 64, python="3.11"
    )
    begun: list[str] = []

    @activity.defn(name="fit")
    async def fit(request: FitRequest) -> FitResult:
        begun.append(request.cycle.id)
        await asyncio.sleep(1.0)
        return done

    request = fit_request(open_store(str(tmp_path / "store")), None)
    async with (
        await WorkflowEnvironment.start_local(
            data_converter=pydantic_data_converter,
            dev_server_existing_path=str(Path(sys.executable).with_name("temporal")),
        ) as temporal,
        Worker(
            temporal.client,
            task_queue="test",
            workflows=[FitOfClass],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ),
    ):
        handles = [
            await temporal.client.start_workflow(FitOfClass.run, request, id=f"fit-{number}", task_queue="test")
            for number in range(3)
        ]
        place = Listening("reign-trainer.fit.large", [fit], 1)
        await asyncio.wait_for(take_work(temporal.client, Role("large", one_fit=True), [place]), 60)
        assert len(begun) == 1
        pending = [(await handle.describe()).raw_description.pending_activities for handle in handles]
        assert sorted(len(one) for one in pending) == [0, 1, 1]
        # The others were tried by nobody: the next trainer begins them at once.
        assert [one[0].attempt for one in pending if one] == [1, 1]
