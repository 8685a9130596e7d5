"""The values of a column by which its rows are sliced: few, readable, and the same for the same rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reign_trainer.evidence.measure.arrays import Ints

from .grouping import Grouping, Key
from .ordered_values import ordered_values
from .value_names import number_name, text_name, time_name, truth_name

OTHER = "(other)"
"""The texts that are too rare for a slice of their own. No text is shown so: see `text_name`."""

_EXACT = 2**53
"""From here on float64 skips whole numbers."""


def column_values(name: str, column: pa.ChunkedArray, limit: int) -> Grouping | None:
    """Slice the rows by a column.

    Parameters
    ----------
    name : str
    column : pyarrow.ChunkedArray of length n
    limit : int
        The most values it may have, at least 2 and at most 200, besides rows without a value (NULL or NaN): those are
        a slice of their own. Of texts the ``limit - 1`` most frequent are kept and the rest is put together as
        `OTHER`; among equally frequent ones the lower code points win. Numbers and times of more values are cut at
        their quintiles: see `ordered_values`.

    Returns
    -------
    Grouping or None
        Only slices that have rows. Texts come by frequency, all others in ascending order, rows without a value last.
        None for a column whose type holds no texts, numbers or times, such as a list.
    """
    try:
        names, codes = _sliced(column, limit)
    except (pa.ArrowException, OverflowError):  # the latter: a time after the year 9999
        return None
    occurs = np.bincount(codes, minlength=len(names)) > 0
    dense = (np.cumsum(occurs) - 1).astype(np.uint8)
    keys: list[tuple[Key, ...]] = [(Key(name, value),) for value, here in zip(names, occurs, strict=True) if here]
    return Grouping(keys, dense[codes])


def _sliced(column: pa.ChunkedArray, limit: int) -> tuple[list[str | None], Ints]:
    """Names of values, and for each row the index of its own."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _sliced(column.cast(kind.value_type), limit)
    if pa.types.is_boolean(kind):
        return ordered_values(_floats(column), limit, truth_name)
    if pa.types.is_integer(kind):
        extremes = pc.min_max(column).as_py()
        if any(value is not None and abs(value) > _EXACT for value in extremes.values()):
            return _texts(column, limit)  # such numbers are ids
        return ordered_values(_floats(column), limit, number_name)
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return ordered_values(_floats(column), limit, number_name)
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        # Whole microseconds from year 1 to 9999 may pass 2**53, where float64 errs by one: no matter for a slice.
        microseconds = column.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
        return ordered_values(_floats(microseconds), limit, time_name)
    return _texts(column, limit)


def _floats(column: pa.ChunkedArray) -> np.ndarray:
    """Give numbers with NaN for rows without one; 0.0 for -0.0, which is the same number."""
    numbers = column.cast(pa.float64(), safe=False).fill_null(np.nan).to_numpy()
    return np.asarray(numbers + 0.0)


def _texts(column: pa.ChunkedArray, limit: int) -> tuple[list[str | None], Ints]:
    encoded = column.cast(pa.large_string()).combine_chunks().dictionary_encode()
    indices = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy().astype(np.intp)
    distinct = len(encoded.dictionary)
    rows = np.bincount(indices, minlength=distinct + 1)[:distinct]
    counted = pa.table({"rows": pa.array(rows), "text": encoded.dictionary})
    by_frequency = pc.sort_indices(counted, sort_keys=[("rows", "descending"), ("text", "ascending")]).to_numpy()
    kept = by_frequency if distinct <= limit else by_frequency[: limit - 1]
    names: list[str | None] = [text_name(text) for text in encoded.dictionary.take(pa.array(kept)).to_pylist()]
    code = np.full(distinct + 1, len(names), dtype=np.intp)
    code[kept] = np.arange(len(names))
    code[distinct] = len(names) + 1
    return [*names, OTHER, None], code[indices]
