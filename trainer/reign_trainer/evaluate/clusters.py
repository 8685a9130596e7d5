"""Which rows are not independent of each other, as codes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

MICROSECONDS_A_DAY = 86_400_000_000


def cluster_columns(by: str | list[str]) -> list[str]:
    """Name the columns of the predictions that the clusters come from."""
    return ["reign_event_time"] if by == "day" else [] if by == "none" else list(by)


def cluster_codes(rows: pa.Table, by: str | list[str]) -> np.ndarray:
    """Give each row the code of its cluster.

    Parameters
    ----------
    rows : pyarrow.Table
        Has the columns that `cluster_columns` names.
    by : {'day', 'none'} or list of str
        'day': the UTC day of the event time. 'none': each row is one. A column: rows of the same value, those without
        one together. Two columns: rows that share a value of either, directly or through other rows. This is
        wider than clustering two ways, and never claims more certainty: where everything hangs together there is one
        cluster, and no interval.

    Returns
    -------
    ndarray of shape (n,), int64
        From 0, without gaps.
    """
    if by == "none":
        return np.arange(rows.num_rows, dtype=np.int64)
    if by == "day":
        microseconds = rows.column("reign_event_time").cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
        return _dense(np.floor_divide(microseconds, MICROSECONDS_A_DAY))
    codes = [_codes_of(rows.column(name)) for name in by]
    if len(codes) == 1:
        return codes[0]
    return _connected(codes[0], codes[1])


def _codes_of(column: pa.ChunkedArray) -> np.ndarray:
    encoded = pc.dictionary_encode(column.combine_chunks(), null_encoding="encode")
    return _dense(encoded.indices.to_numpy(zero_copy_only=False))


def _connected(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    if first.size == 0:
        return first
    width = int(first.max()) + 1
    size = width + int(second.max()) + 1
    links = coo_array((np.ones(first.size, dtype=np.int8), (first, second + width)), shape=(size, size))
    _, component = connected_components(links, directed=False)
    return _dense(component[first])


def _dense(codes: np.ndarray) -> np.ndarray:
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)
