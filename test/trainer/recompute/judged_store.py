"""A store with what cycles of a binary model left behind: snapshots, predictions, evidence.

As a program it reads ``{"store": FOLDER, "definition": {...}, "model": NAME}`` from standard input and prints what was
judged.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from reign_trainer.evidence import evaluate
from reign_trainer.evidence.observe import observations_bytes
from reign_trainer.shapes import EvaluateRequest, Observations
from reign_trainer.store import Store, open_store

DAY = 86_400_000_000
START = int(np.datetime64("2001-01-01", "us").astype(np.int64))
ROWS_A_DAY = 40
DAYS = 14


@dataclass(frozen=True)
class JudgedCycle:
    """One cycle: what it was asked, and the evidence that was stored."""

    request: EvaluateRequest
    evidence: str


def judged_cycles(store: Store, definition: dict[str, Any], cycles: int = 2) -> list[JudgedCycle]:
    """Judge some challengers, the first against the trivial predictor, each later one against the one before."""
    random = np.random.default_rng(7)
    judged: list[JudgedCycle] = []
    for at in range(cycles):
        window = (DAYS * (2 * at + 2), DAYS * (2 * at + 3))
        train = _snapshot(store, DAYS * 2 * at, window[0])
        holdout = _snapshot(store, *window)
        rows = _rows(*window)
        truth = random.random(len(rows))
        labels = (random.random(len(rows)) < truth).astype(float)
        scores = [np.clip(truth + random.normal(0, noise, len(rows)), 0, 1) for noise in (0.2, 0.6)]
        predictions = [_predictions(store, rows, labels, one) for one in scores]
        model = definition["model"]
        ends = DAYS * (2 * at + 3)
        cycle = {
            "model": model,
            "lineage": "live",
            "asOf": _instant(ends),
            "definitionVersion": 1,
        }
        cycle["id"] = f"{model}.live.{_instant(ends).replace('-', '').replace(':', '')}.v1"
        challenger = _contender(cycle["id"], train, holdout, predictions[0])
        champion = None
        if judged:
            before = judged[-1].request.challenger
            champion = _contender(before.cycle, before.train_snapshot, holdout, predictions[1])
        request = EvaluateRequest.model_validate(
            {
                "cycle": cycle,
                "definition": definition,
                "primary": "roc_auc",
                "window": {"from": _instant(window[0]), "to": _instant(window[1])},
                "trivial": [0.5, 0.5],
                "challenger": challenger,
                "champion": champion,
                "anchor": None,
                "choseChampion": [] if champion is None else [judged[-1].request.challenger.holdout_snapshot],
                "charge": {"alpha": 0.025, "account": "cycle"},
                "observations": _observed(store, train, holdout),
                "forecast": None,
                "shuffledFit": None,
                "past": [one.evidence for one in reversed(judged)],
                "followUp": None,
                "rehearsal": {"rows": 100, "mismatches": 0, "largestDifference": 0.0},
                "run": None,
            }
        )
        judged.append(JudgedCycle(request, evaluate(request, store).evidence))
    return judged


def _rows(start: int, end: int) -> pa.Table:
    ids = np.arange(start * ROWS_A_DAY, end * ROWS_A_DAY)
    times = START + ids // ROWS_A_DAY * DAY + 3_600_000_000
    return pa.table({"reign_row_id": pa.array(ids), "reign_event_time": pa.array(times, pa.timestamp("us"))})


def _snapshot(store: Store, start: int, end: int) -> str:
    window = {"from": _instant(start), "to": _instant(end)}
    return store.write_rows("snapshots", _rows(start, end), {"window": window})


def _observed(store: Store, train: str, holdout: str) -> str:
    """Store that nothing was seen in features that these snapshots do not have."""
    seen = Observations(
        format=1,
        train_snapshot=train,
        holdout_snapshot=holdout,
        sampled_rows=0,
        columns=[],
        domain_auc=None,
        leaks=[],
        flipped_labels=None,
    )
    return store.write_document("observations", observations_bytes(seen))


def _predictions(store: Store, rows: pa.Table, labels: np.ndarray, scores: np.ndarray) -> str:
    return store.write_rows(
        "predictions", rows.append_column("label", pa.array(labels)).append_column("score", pa.array(scores))
    )


def _contender(cycle: str, train: str, holdout: str, predictions: str) -> dict[str, Any]:
    return {
        "cycle": cycle,
        "definitionVersion": 1,
        "codeHash": None,
        "trainSnapshot": train,
        "holdoutSnapshot": holdout,
        "predictions": predictions,
        "unscorable": None,
    }


def _instant(day: int) -> str:
    return f"{np.datetime64(START + day * DAY, 'us').astype('datetime64[s]')}Z"


def main() -> None:
    """Fill a store for the command line's tests."""
    asked = json.loads(sys.stdin.read())
    judged = judged_cycles(open_store(asked["store"]), asked["definition"])
    told = [
        {"request": one.request.model_dump(mode="json", by_alias=True, exclude_unset=True), "evidence": one.evidence}
        for one in judged
    ]
    print(json.dumps(told))


if __name__ == "__main__":
    main()
