"""Evidence as the gate reads it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reign_trainer.shapes import Interval


def metric_documents(evidence: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Give some of the metrics as they stand in an evidence document."""
    return {name: evidence[name].model_dump(mode="json", by_alias=True) for name in names}


def interval_document(interval: Interval) -> dict[str, Any]:
    """Give an interval as it stands in an evidence document."""
    return interval.model_dump(mode="json", by_alias=True)
