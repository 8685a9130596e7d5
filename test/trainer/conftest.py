"""Fixtures on real parts: a Postgres, MLflow, child processes, an empty store."""

from __future__ import annotations

from pathlib import Path

import pytest
from child_runs import in_child, settings  # noqa: F401
from mlflow_server import mlflow_uri, tracked_run  # noqa: F401
from postgres_server import database, postgres  # noqa: F401
from property_tests import choose_examples
from reign_trainer.store import Store

choose_examples()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return Store(tmp_path / "store")
