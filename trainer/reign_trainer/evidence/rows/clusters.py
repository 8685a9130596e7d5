"""Which rows are not independent of each other, as codes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reign_trainer.constants import EVENT_TIME

from .columns import event_days


def cluster_columns(by: str | list[str]) -> list[str]:
    """Name the columns of the predictions that the clusters come from."""
    return [EVENT_TIME] if by == "day" else [] if by == "none" else list(by)


def cluster_codes(rows: pa.Table, by: str | list[str]) -> np.ndarray:
    """Give each row the code of its cluster, or of its two.

    Parameters
    ----------
    rows : pyarrow.Table
        Has the columns that `cluster_columns` names.
    by : {'day', 'none'} or list of str
        'day': the UTC day of the event time. 'none': each row is one. A column: rows of the same value, those without
        one together. Two columns: both, for two-way clusters.

    Returns
    -------
    ndarray of shape (n,) or (n, 2), int64
        From 0, without gaps.
    """
    if by == "none":
        return np.arange(rows.num_rows, dtype=np.int64)
    if by == "day":
        return _dense(event_days(rows))
    codes = [_codes_of(rows.column(name)) for name in by]
    return codes[0] if len(codes) == 1 else np.column_stack(codes)


def cluster_sizes(codes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Sum the weights of each cluster; of two-way clusters of the way that has fewer."""
    if codes.size == 0:
        return np.zeros(0)
    ways = [codes] if codes.ndim == 1 else list(codes.T)
    return min((np.bincount(way, weights=weights) for way in ways), key=len)


def _codes_of(column: pa.ChunkedArray) -> np.ndarray:
    encoded = pc.dictionary_encode(column.combine_chunks(), null_encoding="encode")
    return _dense(encoded.indices.to_numpy(zero_copy_only=False))


def _dense(codes: np.ndarray) -> np.ndarray:
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)
