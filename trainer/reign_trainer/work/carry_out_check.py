"""Checking a pipeline, around its child."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from reign_trainer.children import Limits, run_child, scratch_folder
from reign_trainer.errors import TrainerError
from reign_trainer.settings import Settings
from reign_trainer.shapes import CheckPipelineRequest, CheckPipelineResult
from reign_trainer.store import open_store
from reign_trainer.work.lend import keep_traceback, lend_document

_CHECKING = Limits(seconds=300.0, silent_seconds=120.0, code="PipelineInvalid")


async def carry_out_check(
    request: CheckPipelineRequest, settings: Settings, on_stage: Callable[[str], None]
) -> CheckPipelineResult:
    """Import and build a pipeline, in a child that has its code and nothing else."""
    store = open_store(settings.store)
    with scratch_folder() as name:
        folder = Path(name)
        if request.code_hash is not None:
            await asyncio.to_thread(lend_document, store, "code", request.code_hash, folder)
        try:
            return await run_child(
                "reign_trainer.work.author:check_pipeline",
                request,
                settings,
                answer=CheckPipelineResult,
                author=True,
                folder=folder,
                on_stage=on_stage,
                limits=_CHECKING,
            )
        except TrainerError as error:
            raise keep_traceback(error, folder, store) from None
