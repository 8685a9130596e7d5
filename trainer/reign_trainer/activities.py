"""The trainer's activities: thin, around work that runs in children."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from temporalio import activity
from temporalio.exceptions import ApplicationError

from reign_trainer.children import run_child
from reign_trainer.constants import MOST_UNEXPLAINED, RETRYABLE
from reign_trainer.errors import TrainerError
from reign_trainer.known_row_ids import kept_row_ids
from reign_trainer.settings import Settings, connection_url
from reign_trainer.shapes import (
    CheckPipelineRequest,
    CheckPipelineResult,
    EvaluateRequest,
    EvaluateResult,
    ExamineRequest,
    ExamineResult,
    ExtractRequest,
    ExtractResult,
    FitRequest,
    FitResult,
    ForecastRequest,
    ForecastResult,
    KeepRowIdsRequest,
    ObserveRequest,
    ObserveResult,
    Rehearsal,
    RehearseRequest,
    ScoreRequest,
    ScoreResult,
    ShowEvidenceRequest,
    ShowTrainingRequest,
    TrivialRequest,
    TrivialResult,
)
from reign_trainer.store import open_store
from reign_trainer.work.carry_out_check import carry_out_check
from reign_trainer.work.extract import extract as extract_snapshots
from reign_trainer.work.fit.carry_out_fit import carry_out_fit, carry_out_tracking
from reign_trainer.work.forecast import forecast as foresee
from reign_trainer.work.score.carry_out_examination import carry_out_examination
from reign_trainer.work.score.carry_out_score import carry_out_rehearsal, carry_out_score

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

log = logging.getLogger("reign_trainer")

Answer = TypeVar("Answer")

_unexplained: Counter[str] = Counter()


class Activities:
    """The activities of one trainer.

    Parameters
    ----------
    settings : Settings
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def all(self) -> Sequence[Callable[..., Any]]:
        """Every activity, for the worker."""
        return [
            self.extract,
            self.check_pipeline,
            self.observe,
            self.forecast,
            self.fit,
            self.track,
            self.score,
            self.examine,
            self.trivial,
            self.rehearse,
            self.evaluate,
            self.show_training,
            self.show_evidence,
            self.keep_row_ids,
        ]

    @activity.defn(name="extract")
    async def extract(self, request: ExtractRequest) -> ExtractResult:
        """Carry out an extraction, in a thread: no model is loaded, nothing of the author's runs."""
        stop = threading.Event()
        progress: dict[str, Any] = {}
        async with _attempt(", ".join(query.purpose for query in request.queries)):
            store, url = open_store(self._settings.store), connection_url(request.connection)
            working = asyncio.ensure_future(
                asyncio.to_thread(extract_snapshots, request, store, url, progress.update, stop.is_set)
            )
            try:
                while not working.done():
                    activity.heartbeat({"stage": "extracting", **progress})
                    await asyncio.wait([working], timeout=1.0)
            finally:
                stop.set()
                # The query on the server stops first; the thread ends with it.
                await _settled(working)
            return working.result()

    @activity.defn(name="checkPipeline")
    async def check_pipeline(self, request: CheckPipelineRequest) -> CheckPipelineResult:
        """Import and build a pipeline."""
        async with _attempt(request.definition.model):
            return await carry_out_check(request, self._settings, _heartbeat)

    @activity.defn(name="observe")
    async def observe(self, request: ObserveRequest) -> ObserveResult:
        """Look at features and labels of both snapshots."""
        async with _attempt(request.cycle.id):
            return await self._in_child("observe", request, ObserveResult)

    @activity.defn(name="forecast")
    async def forecast(self, request: ForecastRequest) -> ForecastResult:
        """Tell what could be detected: a few numbers, for which no child is needed."""
        async with _attempt(f"{request.clusters} clusters"):
            return foresee(request)

    @activity.defn(name="fit")
    async def fit(self, request: FitRequest) -> FitResult:
        """Fit a pipeline and keep what came out."""
        async with _attempt(request.cycle.id):
            is_retry = activity.info().attempt > 1
            return await carry_out_fit(request, self._settings, _heartbeat, is_retry=is_retry)

    @activity.defn(name="track")
    async def track(self, request: FitRequest) -> None:
        """Bring a fit that was kept to MLflow."""
        async with _attempt(request.cycle.id):
            await carry_out_tracking(request, self._settings, _heartbeat)

    @activity.defn(name="score")
    async def score(self, request: ScoreRequest) -> ScoreResult:
        """Score one version on one snapshot."""
        async with _attempt(request.name):
            return await carry_out_score(request, self._settings, _heartbeat)

    @activity.defn(name="examine")
    async def examine(self, request: ExamineRequest) -> ExamineResult:
        """Load a version that was fitted outside of Reign, and check that it can be asked."""
        async with _attempt(request.name):
            return await carry_out_examination(request, self._settings, _heartbeat)

    @activity.defn(name="trivial")
    async def trivial(self, request: TrivialRequest) -> TrivialResult:
        """Say what the trivial predictor answers."""
        async with _attempt(request.cycle.id):
            return await self._in_child("trivial", request, TrivialResult)

    @activity.defn(name="rehearse")
    async def rehearse(self, request: RehearseRequest) -> Rehearsal:
        """Send raw rows through one version."""
        async with _attempt(request.name):
            return await carry_out_rehearsal(request, self._settings, _heartbeat)

    @activity.defn(name="evaluate")
    async def evaluate(self, request: EvaluateRequest) -> EvaluateResult:
        """Measure champion and challenger on the same rows."""
        async with _attempt(request.cycle.id):
            return await self._in_child("evaluate", request, EvaluateResult)

    @activity.defn(name="showTraining")
    async def show_training(self, request: ShowTrainingRequest) -> None:
        """Draw the training of a kept fit onto its run."""
        async with _attempt(request.run.run_id):
            await self._in_child("show_training", request, type(None))

    @activity.defn(name="showEvidence")
    async def show_evidence(self, request: ShowEvidenceRequest) -> None:
        """Show a judgement on the challenger's run."""
        async with _attempt(request.run.run_id):
            await self._in_child("show_evidence", request, type(None))

    @activity.defn(name="keepRowIds")
    async def keep_row_ids(self, request: KeepRowIdsRequest) -> None:
        """Store the row ids of snapshots apart, one after the other. A snapshot that is damaged is left as it is."""
        async with _attempt(f"{len(request.snapshots)} snapshots"):
            store = open_store(self._settings.store)
            for snapshot in request.snapshots:
                keeping = asyncio.ensure_future(asyncio.to_thread(kept_row_ids, store, snapshot))
                while not keeping.done():
                    activity.heartbeat({"stage": "row ids"})
                    await asyncio.wait([keeping], timeout=1.0)
                keeping.result()

    async def _in_child(self, function: str, request: Any, answer: type[Answer]) -> Answer:
        """Do Reign's own work."""
        work = f"reign_trainer.work.own:{function}"
        return await run_child(work, request, self._settings, answer=answer, on_stage=_heartbeat)


def _heartbeat(stage: str) -> None:
    activity.heartbeat({"stage": stage})


@asynccontextmanager
async def _attempt(subject: str) -> AsyncIterator[None]:
    """Log begin and end of an attempt in one line each, and turn every failure into Temporal's."""
    info = activity.info()
    name = f"{info.activity_type} of {subject}, attempt {info.attempt}"
    log.info("%s: begins", name)
    begun = time.monotonic()
    try:
        yield
    except asyncio.CancelledError:
        if activity.is_worker_shutdown():
            log.info("%s: given up, the trainer stops", name)
            raise _application_error(TrainerError.of("ChildDied", "trainerStopped"), counted=False) from None
        log.info("%s: cancelled", name)
        raise
    except TrainerError as error:
        log.warning("%s: %s: %s", name, error.code, error.message)
        raise _application_error(error) from None
    except Exception as error:  # noqa: BLE001
        # The class alone: a text may quote rows.
        log.error("%s: %s in the trainer itself", name, type(error).__name__)
        raise _application_error(TrainerError.of("Internal", "trainer", exception=type(error).__name__)) from None
    else:
        log.info("%s: done in %.1f s", name, time.monotonic() - begun)


def _application_error(error: TrainerError, *, counted: bool = True) -> ApplicationError:
    # What dies every time, or what nobody foresaw, may be a defect: tried often, but not for ever. Waiting for a server
    # that is down is not counted: that may take all night.
    hopeless = counted and error.code in ("Internal", "ChildDied") and _count_unexplained() >= MOST_UNEXPLAINED
    return ApplicationError(
        error.message,
        error.detail.model_dump(by_alias=True),
        type=error.code,
        non_retryable=hopeless or not RETRYABLE[error.code],
    )


def _count_unexplained() -> int:
    """Count how often the current activity has failed, in this process, for a reason that nobody foresaw."""
    info = activity.info()
    if len(_unexplained) > 1000:
        _unexplained.clear()
    _unexplained[f"{info.workflow_run_id}/{info.activity_id}"] += 1
    return _unexplained[f"{info.workflow_run_id}/{info.activity_id}"]


async def _settled(working: asyncio.Future[Any]) -> None:
    """Wait for a thread that was told to stop, also where the wait is cancelled again."""
    while not working.done():
        try:
            await asyncio.wait([working])
        except asyncio.CancelledError:
            continue
