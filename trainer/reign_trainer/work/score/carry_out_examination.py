"""Examining a version that a person registered, around its child."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from reign_trainer.children import Limits, run_child, scratch_folder
from reign_trainer.errors import TrainerError
from reign_trainer.settings import Settings
from reign_trainer.shapes import ExamineRequest, ExamineResult
from reign_trainer.store import open_store
from reign_trainer.version_files import digest_of
from reign_trainer.work.lend import hash_files, keep_traceback
from reign_trainer.work.score.asked_files import MODEL
from reign_trainer.work.score.carry_out_score import fetch_model

OnStage = Callable[[str], None]


async def carry_out_examination(request: ExamineRequest, settings: Settings, on_stage: OnStage) -> ExamineResult:
    """Download a version, pin its files, and check in a process of its own that it can be asked what is asked.

    Raises
    ------
    TrainerError
        ``VersionUnloadable``, ``VersionUnfit``, and what store and tracker raise.
    """
    with scratch_folder() as name:
        folder = Path(name)
        await fetch_model(request.model_uri, folder, settings, on_stage)
        # Before anything loads them: what is examined is what is judged, and may reign.
        files = await asyncio.to_thread(hash_files, folder / MODEL)
        try:
            await run_child(
                "reign_trainer.work.author:examine",
                {"name": request.name, "definition": request.definition, "columns": request.columns},
                settings,
                answer=type(None),
                author=True,
                folder=folder,
                on_stage=on_stage,
                limits=Limits(seconds=settings.predict_timeout_seconds, code="PredictTimeout"),
            )
        except TrainerError as error:
            raise keep_traceback(error, folder, open_store(settings.store)) from None
    return ExamineResult(files=files, digest=digest_of(files))
