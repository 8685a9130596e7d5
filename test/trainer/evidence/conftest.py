"""Hand-made snapshots, predictions and requests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from default_gate import default_gate
from reign_trainer.evidence import evaluate
from reign_trainer.shapes import EvaluateRequest, Evidence
from reign_trainer.store import Store

DAY = 86_400_000_000
START = 982_540_800_000_000  # 2001-02-19T00:00:00Z
WINDOW = {"from": "2001-02-19T00:00:00Z", "to": "2001-03-05T00:00:00Z"}


def times(ids: Any, rows_a_day: int) -> pa.Array:
    """Event times: so many rows a day, from the start of the window."""
    return pa.array([START + at // rows_a_day * DAY + 3_600_000_000 for at in range(len(ids))], pa.timestamp("us"))


@dataclass
class Bench:
    """A store with what one comparison needs; every part can be replaced."""

    store: Store
    requests: dict[str, Any] = field(default_factory=dict)

    def snapshot(self, ids: list[Any], window: dict[str, str] = WINDOW) -> str:
        table = pa.table({"reign_row_id": pa.array(ids), "reign_event_time": times(ids, 10)})
        return self.store.write_rows("snapshots", table, {"window": window})

    def predictions(self, ids: list[Any], labels: Any, scores: Any, rows_a_day: int = 10, **columns: Any) -> str:
        scores = np.asarray(scores, dtype=float)
        given = {f"score_{at}": one for at, one in enumerate(scores.T)} if scores.ndim == 2 else {"score": scores}
        table = pa.table(
            {
                "reign_row_id": pa.array(ids),
                "reign_event_time": times(ids, rows_a_day),
                "label": pa.array(labels, pa.float64()),
                **columns,
                **given,
            }
        )
        return self.store.write_rows("predictions", table)

    def contender(self, cycle: str, predictions: str | None, trained_on: str, **changes: Any) -> dict[str, Any]:
        return {
            "cycle": cycle,
            "definitionVersion": 1,
            "codeHash": None,
            "trainSnapshot": trained_on,
            "holdoutSnapshot": hashlib.sha256(b"holdout").hexdigest(),
            "predictions": predictions,
            "unscorable": None,
            **changes,
        }

    def request(self, challenger: dict[str, Any], champion: dict[str, Any] | None, **changes: Any) -> EvaluateRequest:
        task = changes.pop("task", "binary")
        source = {
            "connection": "warehouse",
            "query": "select * from loans",
            "rowId": "id",
            "eventTime": "applied_at",
            "timeZone": "UTC",
            "label": "late",
            "labels": "complete",
            "features": ["amount"],
            "cluster": "day",
            "carry": [],
            **changes.pop("source", {}),
        }
        label = changes.pop("label", {"classes": [False, True]})
        definition = {
            "model": "loan-default",
            "task": task,
            "source": source,
            "windows": {"horizon": "PT0S", "lag": "PT0S", "train": "P4W", "holdout": "P2W"},
            "pipeline": {"entrypoint": "pipeline.py:build"},
            "gate": default_gate(**changes.pop("gate", {})),
            **({} if label is None else {"label": label}),
        }
        return EvaluateRequest.model_validate(
            {
                "cycle": {
                    "id": "loan-default.live.20010305T000000Z.v1",
                    "model": "loan-default",
                    "lineage": "live",
                    "asOf": "2001-03-05T00:00:00Z",
                    "definitionVersion": 1,
                },
                "definition": definition,
                "primary": "roc_auc",
                "window": WINDOW,
                "trivial": [0.7, 0.3],
                "challenger": challenger,
                "champion": champion,
                "anchor": None,
                "choseChampion": [],
                "charge": {"alpha": 0.025, "account": "cycle"},
                "observations": None,
                "forecast": None,
                "shuffledFit": None,
                "past": [],
                "followUp": None,
                "rehearsal": {"rows": 1000, "mismatches": 0, "largestDifference": 0.0},
                "run": None,
                **changes,
            }
        )

    def evidence(self, request: EvaluateRequest) -> Evidence:
        content = self.store.read_document("evidence", evaluate(request, self.store).evidence)
        return Evidence.model_validate_json(content)


@pytest.fixture
def bench(store: Store) -> Bench:
    return Bench(store)
