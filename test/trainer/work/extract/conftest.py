"""Extracts planned by the worker's own code and carried out on a real Postgres."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from reign_trainer.shapes import ExtractRequest, ExtractResult, PlannedQuery
from reign_trainer.store import Store
from reign_trainer.work.extract import extract
from stored_files import files_of

REPOSITORY = Path(__file__).resolve().parents[4]
WINDOW = {"from": "2001-02-01T00:00:00Z", "to": "2001-03-01T00:00:00Z"}


@dataclass
class Extracts:
    """Plans and runs extracts from one database into one store."""

    url: str
    store: Store
    planner: subprocess.Popen[str]

    def plan(self, query: str, **source: Any) -> PlannedQuery:
        """Plan a query with id, taken_at, feature and outcome (a number), or what ``source`` says."""
        definition = {
            "model": "loans",
            "task": "regression",
            "windows": {"horizon": "P1D", "lag": "P0D", "train": "P4W", "holdout": "P2W"},
            "pipeline": {"entrypoint": "pipeline.py:build"},
            **source.pop("definition", {}),
            "source": {
                "query": query,
                "rowId": "id",
                "eventTime": "taken_at",
                "label": "outcome",
                "labels": "complete",
                "features": ["feature"],
                **source,
            },
        }
        asked = {"url": self.url, "definition": definition, "window": WINDOW, "asOf": "2001-03-02T00:00:00Z"}
        assert self.planner.stdin is not None
        assert self.planner.stdout is not None
        self.planner.stdin.write(json.dumps(asked) + "\n")
        self.planner.stdin.flush()
        return PlannedQuery.model_validate_json(self.planner.stdout.readline())

    def run(self, *queries: PlannedQuery, timeout: int = 60, url: str | None = None) -> ExtractResult:
        """Run planned queries in one extract."""
        request = ExtractRequest(connection="warehouse", queries=list(queries), statement_timeout_seconds=timeout)
        return extract(request, self.store, url or self.url, lambda progress: None, lambda: False)

    def rows(self, *queries: PlannedQuery) -> pa.Table:
        """Run planned queries and read the first one's rows."""
        return self.store.read_rows("snapshots", self.run(*queries).snapshots[0].content_hash)

    def visible(self) -> list[str]:
        """Everything in the store that is not a folder."""
        return files_of(self.store)

    def kinds(self) -> list[str]:
        """The kind of each object that consists of several files, or of one."""
        return [name.split("/")[0] for name in sorted({"/".join(file.split("/")[:2]) for file in self.visible()})]


@pytest.fixture(scope="session")
def planner() -> Iterator[subprocess.Popen[str]]:
    """A process that plans extracts as the worker does."""
    command = [REPOSITORY / "node_modules/.bin/node", Path(__file__).parent / "plan_query.ts"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def extracts(database: str, store: Store, planner: subprocess.Popen[str]) -> Extracts:
    """Extracts from a fresh database into an empty store."""
    return Extracts(database, store, planner)
