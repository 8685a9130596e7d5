"""Asking a version, around its child: what it is lent, and what becomes of what it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from reign_trainer.children import Limits, run_child, scratch_folder
from reign_trainer.errors import TrainerError
from reign_trainer.settings import Settings
from reign_trainer.shapes import CodeWarning, Definition, Rehearsal, RehearseRequest, ScoreRequest, ScoreResult
from reign_trainer.store import open_store
from reign_trainer.work.lend import keep_traceback
from reign_trainer.work.model.kept_fit import KeptFit
from reign_trainer.work.score.answered import Answered
from reign_trainer.work.score.asked_files import MODEL
from reign_trainer.work.score.questions import Questions, check_fetched_model, check_fitted, lend_kept_model

_FETCHING = Limits(seconds=3600.0, silent_seconds=600.0, code="TrackerUnavailable")

OnStage = Callable[[str], None]


async def carry_out_score(request: ScoreRequest, settings: Settings, on_stage: OnStage) -> ScoreResult:
    """Score every row of a snapshot and store the predictions; rehearse where that is asked for.

    A fit that lies in the store is also compared with the pipeline that was fitted, on training rows.

    Raises
    ------
    TrainerError
        ``VersionAltered``, ``FittedModelDiffers``, ``VersionUnloadable``, ``PredictionsInvalid``, ``PredictTimeout``,
        ``WindowEmpty``, ``ClassUnknown`` and what store and tracker raise.
    """
    store = open_store(settings.store)
    with scratch_folder() as name:
        folder = Path(name)
        questions, warnings = await _asked(
            request, request.rehearsed_rows or 0, request.digest, folder, settings, on_stage
        )
        on_stage("storing")
        scored = await asyncio.to_thread(questions.keep_answers, folder, store)
        return scored.model_copy(update={"warnings": warnings})


async def carry_out_rehearsal(request: RehearseRequest, settings: Settings, on_stage: OnStage) -> Rehearsal:
    """Send holdout rows as raw JSON through the version and compare with its stored predictions."""
    store = open_store(settings.store)
    with scratch_folder() as name:
        folder = Path(name)
        questions, _ = await _asked(request, request.rows, None, folder, settings, on_stage)
        stored = await asyncio.to_thread(questions.stored_scores, store, request.predictions)
        return questions.rehearsal(folder, stored)


async def check_kept_fit(
    kept: KeptFit, definition: Definition, name: str, settings: Settings, on_stage: OnStage
) -> None:
    """Check that a clean process loads what was fitted, without asking it anything else."""
    with scratch_folder() as scratch:
        folder = Path(scratch)
        await asyncio.to_thread(lend_kept_model, kept, folder, name)
        await _answer(name, definition, folder, settings, on_stage)
        await asyncio.to_thread(check_fitted, kept, folder, definition, name)


async def fetch_model(uri: str, folder: Path, settings: Settings, on_stage: OnStage) -> None:
    """Download a model's files into ``model`` of a folder. Nothing loads them yet."""
    asked = {"model_uri": uri, "target": folder / MODEL}
    await run_child(
        "reign_trainer.work.own:fetch", asked, settings, answer=type(None), on_stage=on_stage, limits=_FETCHING
    )


async def _asked(
    request: ScoreRequest | RehearseRequest,
    rehearsed_rows: int,
    digest: str | None,
    folder: Path,
    settings: Settings,
    on_stage: OnStage,
) -> tuple[Questions, list[CodeWarning]]:
    store, definition = open_store(settings.store), request.definition
    on_stage("reading")
    key = KeptFit.key_of(request.model_uri)
    kept = None if key is None else KeptFit(store, key)
    uri = request.model_uri
    if kept is not None and key is not None and key.startswith("m-") and kept.result() is None:
        # Brought to MLflow by an earlier attempt, which compared it, and gone from the store since.
        kept, uri = None, f"models:/{key}"
    writing = asyncio.ensure_future(
        asyncio.to_thread(Questions.write, store, definition, request.snapshot, rehearsed_rows, folder)
    )
    try:
        if kept is not None:
            await asyncio.to_thread(lend_kept_model, kept, folder, request.name)
        elif uri.startswith("models:/"):
            await fetch_model(uri, folder, settings, on_stage)
            await asyncio.to_thread(check_fetched_model, store, uri, folder, digest, request.name)
        else:
            raise TrainerError.of("VersionUnloadable", "strangeName", version=request.name)
    finally:
        await asyncio.wait([writing])
    questions = writing.result()
    from_outside = isinstance(request, ScoreRequest) and bool(request.from_outside)
    warnings = await _answer(request.name, definition, folder, settings, on_stage, from_outside=from_outside)
    if kept is not None:
        await asyncio.to_thread(check_fitted, kept, folder, definition, request.name)
    return questions, warnings


async def _answer(
    name: str,
    definition: Definition,
    folder: Path,
    settings: Settings,
    on_stage: OnStage,
    *,
    from_outside: bool = False,
) -> list[CodeWarning]:
    try:
        answered = await run_child(
            "reign_trainer.work.author:answer",
            {"name": name, "definition": definition, "from_outside": from_outside},
            settings,
            answer=Answered,
            author=True,
            folder=folder,
            on_stage=on_stage,
            limits=Limits(seconds=settings.predict_timeout_seconds, code="PredictTimeout"),
        )
    except TrainerError as error:
        raise keep_traceback(error, folder, open_store(settings.store)) from None
    return answered.warnings
