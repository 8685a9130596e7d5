"""Stored predictions of a holdout, and the definition that they belong to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from reign_trainer.shapes import Definition
from small_model import definition

DAY = 86_400_000_000
SELECTION = {"decision": "accepted", "decidedBy": "decider", "probability": "chance"}


def complete(**changes: Any) -> Definition:
    """The small binary model; every row shows its label in the end."""
    return definition(**changes)


def selected(**columns: str | None) -> Definition:
    """The same, whose labels show on accepted rows only."""
    named = {name: column for name, column in (SELECTION | columns).items() if column is not None}
    return definition(source={"labels": "selected", "selection": named})


def stored(days: np.ndarray, labels: np.ndarray, **columns: Any) -> pa.Table:
    """Rows at noon of the days since 2001-02-01; a label that is NaN is null."""
    times = np.datetime64("2001-02-01T12:00:00", "us") + (days * DAY).astype("timedelta64[us]")
    return pa.table(
        {
            "reign_event_time": pa.array(times, type=pa.timestamp("us")),
            "label": pa.array(labels, type=pa.float64(), from_pandas=True),
            **columns,
        }
    )
