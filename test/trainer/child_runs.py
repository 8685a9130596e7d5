"""Work in real children, from tests that are not coroutines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from reign_trainer.children import run_child, start_forkserver
from reign_trainer.settings import Settings
from reign_trainer.store import Store

Run = Callable[..., Any]


@pytest.fixture
def settings(store: Store, mlflow_uri: str) -> Settings:
    """Settings of a trainer on this test's store and the tests' MLflow."""
    return Settings(store=store.root, tracking_uri=mlflow_uri)


@pytest.fixture
def in_child(settings: Settings) -> Run:
    """Run the trainer's work, by its name, in a child."""
    start_forkserver(settings)

    def run(work: str, request: Any, **options: Any) -> Any:
        name = work if ":" in work else f"reign_trainer.work:{work}"
        return asyncio.run(run_child(name, request, options.pop("settings", settings), **options))

    return run
