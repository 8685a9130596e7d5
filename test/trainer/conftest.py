"""Fixtures on real parts: a Postgres, MLflow, child processes, an empty store."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable

# What the tests import stays: looking for garbage in it takes longer than the tests' own objects are worth.
gc.disable()

# The tests run two at once on two cores: more threads would only wait for each other, and burn CPU while they do.
# Read where NumPy and the estimators are loaded, so before anything else is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Some fits here take as many threads as the trainer's children. As there, they wait for each other asleep.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

from pathlib import Path

import pytest
from child_runs import in_child, settings  # noqa: F401
from mlflow_server import mlflow_uri, tracked_run  # noqa: F401
from postgres_server import database, postgres  # noqa: F401
from property_tests import choose_examples
from reign_trainer.store import Store, open_store
from s3_server import s3_endpoint, s3_place, store_place  # noqa: F401

choose_examples()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let `npm run fuzz` take the modules that do more there than in every run: they look at it as ``FUZZ``."""
    for item in items:
        if getattr(getattr(item, "module", None), "FUZZ", False):
            item.add_marker("fuzz")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Look for garbage from now on, but not among the million objects of the libraries."""
    gc.freeze()
    gc.enable()


@pytest.fixture
def store(store_place: Callable[[Path], str], tmp_path: Path) -> Store:  # noqa: F811
    """An empty store."""
    return open_store(store_place(tmp_path / "store"))
