"""Definitions and code folders to build pipelines from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from default_gate import default_gate
from reign_trainer.pipeline import forget_code
from reign_trainer.shapes import Definition

Define = Callable[..., Definition]
WriteCode = Callable[..., Path]


def _definition(pipeline: dict[str, Any], **changes: Any) -> Definition:
    source: dict[str, Any] = {
        "connection": "warehouse",
        "query": "select * from loans",
        "rowId": "id",
        "eventTime": "applied_at",
        "timeZone": "UTC",
        "label": "outcome",
        "labels": "complete",
        "features": ["applied_at", "amount", "purpose"],
        "cluster": "day",
        "carry": [],
        **changes.pop("source", {}),
    }
    fields = {
        "model": "loan-default",
        "task": "binary",
        "source": source,
        "label": {"classes": ["repaid", "defaulted"], "positive": "defaulted"},
        "windows": {"horizon": "PT0S", "lag": "PT0S", "train": "P4W", "holdout": "P2W"},
        "pipeline": pipeline,
        "gate": default_gate(),
        **changes,
    }
    return Definition.model_validate({name: value for name, value in fields.items() if value is not None})


@pytest.fixture
def define() -> Define:
    """Make a definition of a binary model around a pipeline, with other fields changed by name."""
    return _definition


@pytest.fixture
def write_code(tmp_path: Path) -> Iterator[WriteCode]:
    """Write files of code into a folder of their own; what was imported from it is forgotten after the test."""
    folders: list[Path] = []

    def write(**files: str) -> Path:
        folder = tmp_path / f"code{len(folders)}"
        folders.append(folder)
        for name, text in files.items():
            path = folder / f"{name.replace('__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return folder

    yield write
    for folder in folders:
        forget_code(folder)
