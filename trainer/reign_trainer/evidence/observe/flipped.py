"""Labels of the last holdout that have changed since it was judged."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reign_trainer.constants import ROW_ID
from reign_trainer.shapes import FlippedLabels


def flipped_labels(last: pa.Table, today: list[tuple[pa.ChunkedArray, np.ndarray]]) -> FlippedLabels:
    """Compare the labels that were judged with those of today, row by row.

    Parameters
    ----------
    last : pyarrow.Table
        ``reign_row_id`` and ``label`` of the last holdout's predictions: index of the class, or the number.
    today : list of (row ids, labels)
        Of today's windows: labels as `reign_trainer.pipeline.encode_labels` gives them, NaN where there is none.

    Returns
    -------
    FlippedLabels
        ``rows``: those that had a label and are in one of the windows; ``flipped``: of these, those whose label is
        another, or gone. A row that has got its label since has not flipped.
    """
    ids = _keys(last.column(ROW_ID))
    labels = last.column("label").cast(pa.float64()).fill_null(np.nan).to_numpy()
    found = np.zeros(len(ids), dtype=np.bool_)
    now = np.full(len(ids), np.nan)
    for other_ids, other_labels in today:
        keys = _keys(other_ids)
        if keys.type != ids.type:
            continue  # the row id has become another column since: no row can be found again
        at = pc.index_in(keys, value_set=ids).fill_null(-1).to_numpy(zero_copy_only=False)
        known = at >= 0
        found[at[known]] = True
        now[at[known]] = other_labels[known]
    compared = found & ~np.isnan(labels)
    return FlippedLabels(
        rows=int(np.count_nonzero(compared)), flipped=int(np.count_nonzero(compared & ~(now == labels)))
    )


def _keys(ids: pa.ChunkedArray) -> pa.Array:
    ids = ids if pa.types.is_integer(ids.type) else ids.cast(pa.large_string())
    return pa.concat_arrays(ids.chunks) if ids.num_chunks else pa.array([], type=ids.type)
