"""What one trainer takes: on which queues it listens, with how many slots."""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from reign_trainer.activities import Activities
from reign_trainer.constants import ENVIRONMENT_DIGITS, FIT_QUEUE, PROMPT_QUEUE, TRAINER_QUEUE
from reign_trainer.environment import environment_hashes
from reign_trainer.settings import Settings
from reign_trainer.shapes import FitRequest, FitResult

_PROMPT_AT_ONCE = 2
#: How long a trainer for one fit waits for it.
_PATIENCE_SECONDS = 300.0
#: A trainer for one fit stops taking work as soon as it has it, and lets it end.
_LONGEST_FIT = timedelta(days=60)
_CLASS = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class Role:
    """What a trainer was started for.

    Attributes
    ----------
    trainer_class : str or None
        Take fits of this class alone (``--class``).
    retired : bool
        Score versions of this environment alone (``--retired``).
    one_fit : bool
        End after one fit (``--one-fit``).
    """

    trainer_class: str | None = None
    retired: bool = False
    one_fit: bool = False


@dataclass(frozen=True)
class Listening:
    """One queue.

    Attributes
    ----------
    queue : str
    activities : sequence of callable
    slots : int
        How many of them run at once.
    """

    queue: str
    activities: Sequence[Callable[..., Any]]
    slots: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``reign-trainer`` takes."""
    parser.add_argument(
        "--retired",
        action="store_true",
        help="take no work except scoring versions that were fitted in this environment and that newer trainers cannot load",
    )
    parser.add_argument(
        "--class",
        dest="trainer_class",
        metavar="NAME",
        type=_class_name,
        help="take fits of the definitions whose resources.class is NAME, and nothing else",
    )
    parser.add_argument(
        "--slots", metavar="N", type=_slots, help="how many fits run at once (default: REIGN_FITS_AT_ONCE, or 1)"
    )
    parser.add_argument(
        "--one-fit",
        action="store_true",
        help="take one fit and end, or end where none comes within five minutes: for jobs that an autoscaler starts",
    )


def role_of(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Role:
    """Give the role, or end with what cannot be said together."""
    if options.retired and (options.trainer_class or options.slots or options.one_fit):
        parser.error("--retired: such a trainer fits nothing, so it takes no --class, --slots or --one-fit")
    if options.one_fit and options.slots not in (None, 1):
        parser.error("--one-fit: such a trainer has one slot, so it takes no --slots")
    return Role(options.trainer_class, options.retired, options.one_fit)


def listening(role: Role, activities: Activities, settings: Settings) -> list[Listening]:
    """Tell on which queues a trainer listens, as ``schemas/queues.ts`` names them."""
    own_class = "" if role.trainer_class is None else f".{role.trainer_class}"
    fits = Listening(FIT_QUEUE + own_class, [activities.fit], settings.fits_at_once)
    if role.one_fit:
        return [fits]
    if role.trainer_class is not None:
        # A fit that somebody waits for does not queue behind the cycles' fits.
        return [fits, Listening(PROMPT_QUEUE + own_class, [activities.fit], 1)]
    # Versions that another environment cannot load are scored by the trainers of their own.
    own = [Listening(queue, [activities.score], 1) for queue in environment_queues()]
    if role.retired:
        return own
    return [
        *own,
        fits,
        Listening(TRAINER_QUEUE, activities.all, settings.others_at_once),
        Listening(PROMPT_QUEUE, activities.all, _PROMPT_AT_ONCE),
    ]


async def take_work(client: Client, role: Role, places: Sequence[Listening]) -> None:
    """Work until cancelled, or until the one fit is done.

    Cancelled, it stops polling, cancels the activities (which kill their children) and waits for them.
    """
    if role.one_fit:
        await _serve_one_fit(client, places[0])
        return
    # Temporal keeps what a trainer has no slot for: another trainer may take it, and waiting is no working time.
    workers = [
        Worker(client, task_queue=place.queue, activities=place.activities, max_concurrent_activities=place.slots)
        for place in places
    ]
    await asyncio.gather(*(worker.run() for worker in workers))


async def _serve_one_fit(client: Client, place: Listening) -> None:
    taken = asyncio.Event()
    (fit,) = place.activities

    @activity.defn(name="fit")
    async def only_fit(request: FitRequest) -> FitResult:
        taken.set()
        result: FitResult = await fit(request)
        return result

    worker = Worker(
        client,
        task_queue=place.queue,
        activities=[only_fit],
        max_concurrent_activities=1,
        graceful_shutdown_timeout=_LONGEST_FIT,
    )
    running = asyncio.ensure_future(worker.run())
    waiting = asyncio.ensure_future(taken.wait())
    try:
        await asyncio.wait([running, waiting], timeout=_PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.gather(worker.shutdown(), running)
    finally:
        waiting.cancel()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def environment_queues() -> list[str]:
    """Name the queues of this environment's trainers, as ``schemas/queues.ts`` does."""
    return [f"{TRAINER_QUEUE}.{environment_hash[:ENVIRONMENT_DIGITS]}" for environment_hash in environment_hashes()]


def _class_name(text: str) -> str:
    if _CLASS.fullmatch(text) is None:
        raise argparse.ArgumentTypeError(
            f"{text!r}: expected small letters, digits and hyphens, a letter first, at most 40"
        )
    return text


def _slots(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number above zero")
    return int(text)
