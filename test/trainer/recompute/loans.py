"""A definition as the trainer is handed it."""

from __future__ import annotations

from typing import Any

from default_gate import default_gate


def definition(**changes: Any) -> dict[str, Any]:
    """Give a binary model's."""
    return {
        "model": "loan-default",
        "task": "binary",
        "source": {
            "connection": "warehouse",
            "query": "select * from loans",
            "rowId": "id",
            "eventTime": "event_time",
            "timeZone": "UTC",
            "label": "label",
            "labels": "complete",
            "features": ["challenger"],
            "cluster": "day",
            "carry": [],
            **changes.pop("source", {}),
        },
        "label": {"classes": [0, 1]},
        "windows": {"horizon": "PT0S", "lag": "PT0S", "train": "P4W", "holdout": "P2W"},
        "pipeline": {"entrypoint": "pipeline.py:build"},
        "gate": default_gate(**changes.pop("gate", {})),
        **changes,
    }
