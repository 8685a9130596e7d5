"""A holdout of stored predictions, drawn at random: two good models that differ a little, days, and columns to slice by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from reign_trainer.store import Store, open_store

DAYS = 28
VALUES = 10


def drawn(rows: int, columns: int, seed: int = 1) -> tuple[pa.Table, np.ndarray]:
    """Draw the challenger's predictions and the champion's scores of the same rows.

    Parameters
    ----------
    rows, columns : int
        How many rows, and how many columns of `VALUES` values each to slice by.
    seed : int

    Returns
    -------
    challenger : pyarrow.Table
    champion : ndarray of shape (rows,)
    """
    rng = np.random.default_rng(seed)
    day = rng.integers(0, DAYS, rows)
    signal = rng.normal(size=rows) + rng.normal(0, 0.2, DAYS)[day]
    labels = (rng.random(rows) < 1 / (1 + np.exp(2 - signal))).astype(np.float64)
    challenger, champion = (1 / (1 + np.exp(2 - signal - rng.normal(0, 0.8, rows))) for _ in range(2))
    start = np.datetime64("2026-01-01T00:00:00", "us")
    table = {
        "reign_row_id": np.arange(rows),
        "reign_event_time": start
        + day.astype("timedelta64[D]")
        + rng.integers(0, 86_400, rows).astype("timedelta64[s]"),
        "label": labels,
        **{
            f"column_{at}": pa.array(np.array([f"value {one}" for one in range(VALUES)])).take(
                pa.array(rng.integers(0, VALUES, rows))
            )
            for at in range(columns)
        },
        "score": challenger,
    }
    return pa.table(table), champion


def stored(folder: Path, challenger: pa.Table, champion: np.ndarray) -> tuple[Store, dict[str, str]]:
    """Put both models' predictions and an empty-handed training snapshot into a store."""
    store = open_store(folder)
    kept = ["reign_row_id", "reign_event_time", "label"]
    window = {"from": "2025-12-01T00:00:00Z", "to": "2025-12-29T00:00:00Z"}
    trained = pa.table({"reign_row_id": np.arange(-1000, 0), "reign_event_time": challenger.column(1).slice(0, 1000)})
    return store, {
        "challenger": store.write_rows("predictions", challenger),
        "champion": store.write_rows("predictions", challenger.select(kept).append_column("score", pa.array(champion))),
        "train": store.write_rows("snapshots", trained, {"window": window}),
    }
