"""A fit around its child: what it is lent, and what becomes of what it leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from reign_trainer.children import Limits, run_child, scratch_folder
from reign_trainer.environment import environment
from reign_trainer.errors import TrainerError
from reign_trainer.fit.kept_fit import Found, KeptFit, forget_old_fits
from reign_trainer.fit.other_fit import other_fit
from reign_trainer.lend import keep_traceback, lend_document, lend_rows
from reign_trainer.score.carry_out_score import check_kept_fit
from reign_trainer.settings import Settings
from reign_trainer.shapes import FitRequest, FitResult
from reign_trainer.store import Store, open_store
from reign_trainer.tracking.known_fit import KnownFit

_LOOKING_UP = Limits(seconds=600.0, silent_seconds=600.0, code="TrackerUnavailable")
_TRACKING = Limits(seconds=3600.0, silent_seconds=600.0, code="TrackerUnavailable")


async def carry_out_fit(request: FitRequest, settings: Settings, on_stage: Callable[[str], None]) -> FitResult:
    """Fit the definition's pipeline on the training snapshot, and keep what came out in the store.

    A second attempt at the same request gives the first one's result where that one ended. Of two at the same time both
    fit, and the one that is kept first counts for both.

    Parameters
    ----------
    request : FitRequest
        Where ``run`` is None nothing goes to MLflow. Only there may ``shuffle_labels`` be asked for: a control is no
        version. With ``track_later`` the caller brings the fit to MLflow itself.
    settings : Settings
        Of the trainer.
    on_stage : callable

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
        with scratch_folder() as name:
            folder = Path(name)
            on_stage("reading")
            lending = asyncio.ensure_future(asyncio.to_thread(_lend, store, request, folder))
            try:
                # MLflow is asked while the rows are read.
                known = None
                if request.run is not None:
                    known = await run_child(
                        "reign_trainer.work:look_up_fit", request, settings, answer=KnownFit, limits=_LOOKING_UP
                    )
            finally:
                await asyncio.wait([lending])
            if known is not None and known.result is not None:
                return known.result
            lending.result()
            location = None if known is None else known.artifact_location
            result = await _in_child(request, location, kept, folder, settings, on_stage)
    if request.run is not None and not request.track_later:
        await check_kept_fit(kept, request.definition, f"the challenger of {request.cycle.id}", settings, on_stage)
        await carry_out_tracking(request, settings, on_stage)
    return result


async def carry_out_tracking(request: FitRequest, settings: Settings, on_stage: Callable[[str], None]) -> None:
    """Bring a kept fit to MLflow: hashed, uploaded, its run ended. Two attempts at once write the same things."""
    await run_child(
        "reign_trainer.work:track", request, settings, answer=type(None), on_stage=on_stage, limits=_TRACKING
    )


def _kept_result(kept: KeptFit, request: FitRequest) -> FitResult | None:
    result = kept.result()
    if result is None:
        return None
    was, now = kept.found().train_snapshot, request.train_snapshot
    if was != now:
        raise other_fit(request, was)
    return result


def _lend(store: Store, request: FitRequest, folder: Path) -> None:
    """Lend the training rows and the code: a fit sees nothing else of the store."""
    forget_old_fits(store)
    lend_rows(store, "snapshots", request.train_snapshot, folder)
    if request.code_hash is not None:
        lend_document(store, "code", request.code_hash, folder)


async def _in_child(
    request: FitRequest,
    location: str | None,
    kept: KeptFit,
    folder: Path,
    settings: Settings,
    on_stage: Callable[[str], None],
) -> FitResult:
    try:
        found = await run_child(
            "reign_trainer.author_work:fit",
            {"fit": request, "artifact_location": location},
            settings,
            answer=Found,
            author=True,
            folder=folder,
            on_stage=on_stage,
            limits=Limits(seconds=request.timeout_seconds, code="FitTimeout"),
        )
    except TrainerError as error:
        raise keep_traceback(error, folder, open_store(settings.store)) from None
    # Named by the trainer, not by the process that ran an author's code.
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
    keeping = asyncio.ensure_future(
        asyncio.to_thread(
            kept.keep, folder, found.model_copy(update={"train_snapshot": request.train_snapshot}), result
        )
    )
    try:
        return await asyncio.shield(keeping)
    finally:
        await asyncio.wait([keeping])
