"""A small model of three kinds of columns: its definition, its snapshots and requests about it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
from default_gate import default_gate
from reign_trainer.shapes import CycleIdentity, Definition, FitRequest, TrackedRun, Window
from reign_trainer.store import Store

#: A transformer in the entry module, a function in a sibling; SHIFT tells two versions apart.
CODE = {
    "pipeline.py": """
import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder
from parts.hours import hour_of

SHIFT = 0.0

class Hour(BaseEstimator, TransformerMixin):
    def fit(self, X, y=None):
        self.width_ = X.shape[1]
        return self

    def transform(self, X):
        return np.column_stack([hour_of(X[name]) for name in X.columns])

class Shifted(LogisticRegression):
    def predict_proba(self, X):
        return np.clip(super().predict_proba(X) + [[SHIFT, -SHIFT]], 0, 1)

def build():
    columns = ColumnTransformer([
        ("hour", Hour(), ["at"]),
        ("place", OneHotEncoder(handle_unknown="ignore"), ["place"]),
        ("amount", "passthrough", ["amount"]),
    ])
    return Pipeline([("columns", columns), ("model", Shifted(max_iter=200))])
""",
    "parts/hours.py": """
def hour_of(column):
    # In microseconds, as in training: another unit would show.
    return (column.astype("int64") // 3_600_000_000) % 24
""",
    "parts/__init__.py": "",
}

CYCLE = CycleIdentity(
    id="small.live.20010212T000000Z.v1",
    model="small",
    lineage="live",
    as_of="2001-02-12T00:00:00Z",
    definition_version=1,
)

KINDS = {
    "at": ("time", "timestamp"),
    "place": ("text", "text"),
    "amount": ("number", "float"),
    "late": ("number", "boolean"),
    "kind": ("text", "text"),
    "cost": ("number", "float"),
    "weight": ("number", "float"),
    "slice": ("text", "text"),
}


def definition(**changes: Any) -> Definition:
    """Give the definition of the binary model; ``source`` is merged, the rest replaced."""
    document: dict[str, Any] = {
        "model": "small",
        "task": "binary",
        "source": {
            "connection": "warehouse",
            "query": "select 1",
            "rowId": "id",
            "eventTime": "at",
            "timeZone": "UTC",
            "label": "late",
            "labels": "complete",
            "features": ["at", "place", "amount"],
            "cluster": "day",
            "carry": ["slice"],
        },
        "label": {"classes": [False, True]},
        "windows": {"horizon": "P0D", "lag": "P0D", "train": "P4W", "holdout": "P2W"},
        "pipeline": {"entrypoint": "pipeline.py:build"},
        "gate": default_gate(),
    }
    document["source"] |= changes.pop("source", {})
    document |= changes
    return Definition.model_validate({name: value for name, value in document.items() if value is not None})


def declarative(estimator: str, **parameters: Any) -> dict[str, Any]:
    """Give a pipeline without code: one-hot places, scaled amounts, and an estimator."""
    return {
        "columns": [
            {"columns": ["place"], "steps": [{"class": "OneHotEncoder", "parameters": {"handle_unknown": "ignore"}}]},
            {"columns": ["amount"], "steps": [{"class": "StandardScaler", "parameters": {}}]},
        ],
        "remainder": "drop",
        "estimator": {"class": estimator, "parameters": parameters},
    }


def rows(count: int, seed: int = 1) -> pa.Table:
    """Give rows with NULLs among the texts, in the columns and types of a snapshot."""
    random = np.random.default_rng(seed)
    times = np.datetime64("2001-01-01T00:00:00", "us") + np.sort(random.integers(0, 28 * 86_400, count)) * 1_000_000
    places = random.choice(np.array(["ATL", "ORD", "007", ""], dtype=object), count)
    places[random.random(count) < 0.1] = None
    amounts = random.normal(100, 20, count)
    hours = (times.astype("datetime64[h]").astype(np.int64)) % 24
    risk = 1 / (1 + np.exp(-(hours - 12) / 6 - (places == "ATL") + (amounts - 100) / 40))
    late = (random.random(count) < risk).astype(float)
    return pa.table(
        {
            "reign_row_id": pa.array(np.arange(count)),
            "reign_event_time": pa.array(times),
            "at": pa.array(times),
            "place": pa.array(places, type=pa.string()),
            "amount": pa.array(amounts),
            "late": pa.array(late),
            "kind": pa.array(np.where(late > 0, np.where(hours > 15, "c", "a"), "b"), type=pa.string()),
            "cost": pa.array(amounts * 2 + hours),
            "weight": pa.array(random.uniform(0.5, 2, count)),
            "slice": pa.array(np.where(hours > 12, "pm", "am"), type=pa.string()),
        }
    )


def snapshot(store: Store, table: pa.Table) -> str:
    """Store rows as a snapshot."""
    columns = [
        {"name": name, "kind": kind, "sourceType": source, "postgresType": source}
        for name, (kind, source) in KINDS.items()
    ]
    manifest = {
        "columns": columns,
        "queryHash": "0" * 64,
        "window": {"from": "2001-01-01T00:00:00Z", "to": "2001-01-29T00:00:00Z"},
        "statistics": [],
        "classes": None,
        "unknownClassRows": 0,
        "unlabelledRows": 0,
    }
    return store.write_rows("snapshots", table, manifest)


def code(store: Store, **changes: str) -> str:
    """Pack the code, with some texts in pipeline.py replaced: ``code(store, **{"SHIFT = 0.0": "SHIFT = 0.1"})``."""
    files = dict(CODE)
    for old, new in changes.items():
        assert old in files["pipeline.py"]
        files["pipeline.py"] = files["pipeline.py"].replace(old, new)
    return store.write_document("code", json.dumps({"files": files}, sort_keys=True).encode())


def fit_request(
    store: Store,
    run: TrackedRun | None,
    *,
    of: Definition | None = None,
    code_hash: str | None = None,
    train: str | None = None,
) -> FitRequest:
    """Ask for a fit of the small model on 2,000 rows."""
    wanted = of or definition()
    has_code = "entrypoint" in wanted.pipeline.model_dump()
    return FitRequest(
        cycle=CYCLE,
        definition=wanted,
        code_hash=(code_hash or code(store)) if has_code else None,
        train_snapshot=train or snapshot(store, rows(2000)),
        holdout_snapshot=snapshot(store, rows(500, seed=2)),
        train_window=_window("2001-01-01T00:00:00Z", "2001-01-29T00:00:00Z"),
        holdout_window=_window("2001-01-29T00:00:00Z", "2001-02-12T00:00:00Z"),
        run=run,
        shuffle_labels=False,
        timeout_seconds=120,
    )


def _window(start: str, end: str) -> Window:
    return Window.model_validate({"from": start, "to": end})
