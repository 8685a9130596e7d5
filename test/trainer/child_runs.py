"""Work in real children, from tests that are not coroutines."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reign_trainer.children import run_child, start_forkserver
from reign_trainer.settings import Settings
from reign_trainer.store import Store
from reign_trainer.work.carry_out_check import carry_out_check
from reign_trainer.work.fit.carry_out_fit import carry_out_fit, carry_out_tracking
from reign_trainer.work.score.carry_out_score import carry_out_rehearsal, carry_out_score

# Children find the tests' own modules.
os.environ["PYTHONPATH"] = str(Path(__file__).parent)

Run = Callable[..., Any]


@pytest.fixture
def settings(store: Store, mlflow_uri: str) -> Settings:
    """Settings of a trainer on this test's store and the tests' MLflow."""
    return Settings(store=store.place, tracking_uri=mlflow_uri)


@pytest.fixture
def in_child(settings: Settings) -> Run:
    """Run the trainer's work, by its name, in a child."""
    start_forkserver(settings)

    def run(work: str, request: Any, **options: Any) -> Any:
        used = options.pop("settings", settings)
        if ":" not in work:
            return asyncio.run(_activity(work)(request, used, lambda stage: None))
        return asyncio.run(run_child(work, request, used, **{"answer": Any, **options}))

    return run


def _activity(name: str) -> Callable[..., Any]:
    """Give what an activity does, without Temporal."""
    found: dict[str, Callable[..., Any]] = {
        "fit": carry_out_fit,
        "track": carry_out_tracking,
        "score": carry_out_score,
        "rehearse": carry_out_rehearsal,
        "check_pipeline": carry_out_check,
    }
    return found[name]
