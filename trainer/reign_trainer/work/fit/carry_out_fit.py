"""A fit around its child: what it is lent, and what becomes of what it leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from reign_trainer.children import Limits, run_child, scratch_folder
from reign_trainer.environment import environment
from reign_trainer.errors import TrainerError
from reign_trainer.settings import Settings
from reign_trainer.shapes import FitRequest, FitResult
from reign_trainer.store import Store, open_store
from reign_trainer.work.fit.resources import memory_of, with_resources
from reign_trainer.work.lend import keep_traceback, lend_document, lend_rows
from reign_trainer.work.model.kept_fit import Found, KeptFit, forget_old_fits
from reign_trainer.work.model.known_fit import KnownFit
from reign_trainer.work.model.other_fit import other_fit
from reign_trainer.work.score.carry_out_score import check_kept_fit

_LOOKING_UP = Limits(seconds=600.0, silent_seconds=600.0, code="TrackerUnavailable")
_TRACKING = Limits(seconds=3600.0, silent_seconds=600.0, code="TrackerUnavailable")


async def carry_out_fit(
    request: FitRequest, settings: Settings, on_stage: Callable[[str], None], *, is_retry: bool = True
) -> FitResult:
    """Fit the definition's pipeline on the training snapshot, and keep what came out in the store.

    A second attempt at the same request gives the first one's result where that one ended. Of two at the same time both
    fit, and the one that is kept first counts for both.

    Parameters
    ----------
    request : FitRequest
        Where ``run`` is None nothing goes to MLflow. Only there may ``shuffle_labels`` be asked for: a control is no
        version. Where it leaves the tracking, the caller brings the fit to MLflow itself.
    settings : Settings
        Of the trainer.
    on_stage : callable
    is_retry : bool, default True
        Whether an earlier attempt may have left something; MLflow is not asked about a new run that none was at.

    Raises
    ------
    TrainerError
        See ``schemas/errors.ts``; ``FitFailed`` for whatever the author's code raises.
    ValueError
        Shuffled labels were asked for together with a run.
    """
    if request.shuffle_labels and request.run is not None:
        raise ValueError("a fit on shuffled labels goes to no run")
    store = open_store(settings.store)
    kept = KeptFit.of(store, request)
    result = _kept_result(kept, request)
    if result is None:
        result, known = await _fit_unless_known(request, kept, settings, on_stage, is_retry=is_retry)
        if known:
            return result
    if request.run is not None and request.leaves != "tracking":
        await check_kept_fit(kept, request.definition, f"the challenger of {request.cycle.id}", settings, on_stage)
        await carry_out_tracking(request, settings, on_stage)
    return result


async def carry_out_tracking(request: FitRequest, settings: Settings, on_stage: Callable[[str], None]) -> None:
    """Bring a kept fit to MLflow: hashed, uploaded, its run ended. Two attempts at once write the same things."""
    await run_child(
        "reign_trainer.work.own:track", request, settings, answer=type(None), on_stage=on_stage, limits=_TRACKING
    )


async def _fit_unless_known(
    request: FitRequest, kept: KeptFit, settings: Settings, on_stage: Callable[[str], None], *, is_retry: bool
) -> tuple[FitResult, bool]:
    """Ask MLflow for the result of an earlier attempt, and fit meanwhile.

    Returns
    -------
    tuple
        The result, and whether MLflow knew it.
    """
    run = request.run
    location = None if run is None else run.artifact_location
    if run is None or (run.is_new and location is not None and not is_retry):
        with scratch_folder() as folder:
            found = await _fit(request, location, Path(folder), settings, on_stage)
            return await _keep(request, found, kept, Path(folder)), False
    with scratch_folder() as folder:
        asking = asyncio.ensure_future(
            run_child("reign_trainer.work.own:look_up_fit", request, settings, answer=KnownFit, limits=_LOOKING_UP)
        )
        fitting = asyncio.ensure_future(_fit(request, location or asking, Path(folder), settings, on_stage))
        try:
            # A server that does not answer ends the fit now: what is fitted could not be brought there.
            known = (await asking).result
            if known is not None:
                return known, True
            return await _keep(request, await fitting, kept, Path(folder)), False
        finally:
            asking.cancel()
            fitting.cancel()
            await asyncio.gather(asking, fitting, return_exceptions=True)


def _kept_result(kept: KeptFit, request: FitRequest) -> FitResult | None:
    result = kept.result()
    if result is None:
        return None
    was, now = kept.found().train_snapshot, request.train_snapshot
    if was != now:
        raise other_fit(request, was)
    return result


async def _fit(
    request: FitRequest,
    location: str | asyncio.Future[KnownFit] | None,
    folder: Path,
    settings: Settings,
    on_stage: Callable[[str], None],
) -> Found:
    """Fit in a child; `location` is where MLflow will keep the model, or the answer that says so."""
    on_stage("reading")
    lending = asyncio.ensure_future(asyncio.to_thread(_lend, open_store(settings.store), request, folder))
    try:
        await asyncio.shield(lending)
    finally:
        await asyncio.wait([lending])
    if isinstance(location, asyncio.Future):
        known = await asyncio.shield(location)
        location = known.artifact_location
    try:
        return await run_child(
            "reign_trainer.work.author:fit",
            {"fit": request, "artifact_location": location},
            with_resources(settings, request.definition),
            answer=Found,
            author=True,
            folder=folder,
            on_stage=on_stage,
            limits=Limits(
                seconds=request.timeout_seconds, code="FitTimeout", memory_bytes=memory_of(request.definition)
            ),
        )
    except TrainerError as error:
        raise keep_traceback(error, folder, open_store(settings.store)) from None


def _lend(store: Store, request: FitRequest, folder: Path) -> None:
    """Lend the training rows and the code: a fit sees nothing else of the store."""
    forget_old_fits(store)
    lend_rows(store, "snapshots", request.train_snapshot, folder)
    if request.code_hash is not None:
        lend_document(store, "code", request.code_hash, folder)


async def _keep(request: FitRequest, found: Found, kept: KeptFit, folder: Path) -> FitResult:
    """Keep what the child left in its folder. Where it was fitted is named by the trainer, not by an author's process."""
    surroundings = environment()
    result = FitResult(
        model_uri=kept.uri if request.run is None else f"models:/{request.run.model_id}",
        rows=found.rows,
        trivial=found.trivial,
        training_metrics=found.training_metrics,
        environment_hash=surroundings.hash,
        python=surroundings.python,
        warnings=found.warnings,
    )
    found = found.model_copy(update={"train_snapshot": request.train_snapshot})
    keeping = asyncio.ensure_future(asyncio.to_thread(kept.keep, folder, found, result))
    try:
        return await asyncio.shield(keeping)
    finally:
        await asyncio.wait([keeping])
