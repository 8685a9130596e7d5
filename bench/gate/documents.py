"""Evidence as the gate reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from reign_trainer.evidence.measure import Interval
from reign_trainer.shapes import Interval as IntervalDocument
from reign_trainer.shapes import MetricEvidence


def metric_documents(evidence: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Give some of the metrics as they stand in an evidence document."""
    return {
        name: MetricEvidence.model_validate(asdict(evidence[name])).model_dump(mode="json", by_alias=True)
        for name in names
    }


def interval_document(interval: Interval) -> dict[str, Any]:
    """Give an interval as it stands in an evidence document."""
    return IntervalDocument.model_validate(asdict(interval)).model_dump(mode="json", by_alias=True)
