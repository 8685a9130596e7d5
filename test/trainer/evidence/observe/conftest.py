"""Two windows made by hand, and what is seen in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from default_gate import default_gate
from reign_trainer.evidence.observe import observe
from reign_trainer.shapes import ColumnShift, Observations, ObserveRequest
from reign_trainer.store import Store
from small_model import CYCLE, definition

TRAIN_START, HOLDOUT_START = "2001-01-01T00:00:00", "2001-01-29T00:00:00"


def event_times(count: int, start: str, days: int) -> np.ndarray:
    """Times spread evenly over whole days."""
    return np.datetime64(start, "us") + (np.arange(count) * (days * 86_400_000_000 // max(1, count))).astype("m8[us]")


@dataclass
class Eyes:
    """A store, and a definition whose features are the columns that are given."""

    store: Store

    def window(self, columns: dict[str, Any], *, holdout: bool) -> str:
        arrays = {
            name: values if isinstance(values, pa.Array) else pa.array(values) for name, values in columns.items()
        }
        count = len(next(iter(arrays.values())))
        start, days = (HOLDOUT_START, 14) if holdout else (TRAIN_START, 28)
        times = pa.array(event_times(count, start, days))
        first = 1_000_000 if holdout else 0
        rows = {"reign_row_id": pa.array(np.arange(first, first + count)), "reign_event_time": times}
        return self.store.write_rows("snapshots", pa.table({**rows, "at": times, **arrays}))

    def request(
        self,
        train: dict[str, Any],
        holdout: dict[str, Any],
        *,
        past: Sequence[str] = (),
        last: str | None = None,
        features: list[str] | None = None,
        gate: dict[str, Any] | None = None,
        source: dict[str, Any] | None = None,
        **changes: Any,
    ) -> ObserveRequest:
        kept = {"late", "customer"}
        columns = features or [name for name in train if name not in kept]
        wanted = definition(
            source={"features": columns, "carry": [], **(source or {})}, gate=default_gate(**(gate or {})), **changes
        )
        return ObserveRequest(
            cycle=CYCLE,
            definition=wanted,
            train_snapshot=self.window(train, holdout=False),
            holdout_snapshot=self.window(holdout, holdout=True),
            past=list(past),
            last_predictions=last,
        )

    def bytes_of(self, train: dict[str, Any], holdout: dict[str, Any], **options: Any) -> bytes:
        result = observe(self.request(train, holdout, **options), self.store)
        return self.store.read_document("observations", result.observations)

    def see(self, train: dict[str, Any], holdout: dict[str, Any], **options: Any) -> Observations:
        return Observations.model_validate_json(self.bytes_of(train, holdout, **options))

    def past(self, **sizes: list[float]) -> list[str]:
        """Store earlier observations: of each column its sizes, the same for all three, one a document."""
        count = len(next(iter(sizes.values())))
        return [
            self.store.write_document(
                "observations",
                Observations(
                    format=1,
                    train_snapshot="0" * 64,
                    holdout_snapshot=f"{at:064d}",
                    sampled_rows=1000,
                    columns=[shift(column, values[at]) for column, values in sizes.items()],
                    domain_auc=None,
                    leaks=[],
                    flipped_labels=None,
                )
                .model_dump_json(by_alias=True)
                .encode(),
            )
            for at in range(count)
        ]


def shift(column: str, size: float) -> ColumnShift:
    """A past shift whose sizes are all the same."""
    return ColumnShift.model_validate(
        {
            "column": column,
            "psi": size,
            "ks": size,
            "auc": size,
            "reference": {"holdouts": 0, "psi": None, "ks": None, "auc": None},
            "newCategories": None,
            "newCategoryShare": None,
            "vanishedCategories": None,
            "vanishedCategoryShare": None,
            "alarm": False,
        }
    )


@pytest.fixture
def eyes(store: Store) -> Eyes:
    return Eyes(store)


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(7)
