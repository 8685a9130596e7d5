"""The slices of several columns, few enough in all to be told."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from .column_values import column_values
from .grouping import Grouping


def groupings(table: pa.Table, columns: Iterable[str], limit: int, most: int) -> dict[str, Grouping | str]:
    """Slice rows by each of several columns.

    Parameters
    ----------
    table : pyarrow.Table
    columns : iterable of str
        One that comes twice counts twice.
    limit : int
        The most values of one column: see `column_values`.
    most : int
        The most slices in all. Where the columns have more, the limit is lowered for all of them as far as needed, but
        not below six: columns with fewer values keep theirs.

    Returns
    -------
    dict of str to Grouping or str
        Why there is none, where a column cannot be sliced.
    """
    names = list(columns)
    found = {name: _grouping(table, name, limit) for name in dict.fromkeys(names)}
    counts = [len(one.keys) for name in names if isinstance(one := found[name], Grouping)]
    lowered = limit
    while sum(min(count, lowered) for count in counts) > most and lowered > _FEWEST:
        lowered -= 1
    if lowered == limit:
        return found
    return {
        name: _grouping(table, name, lowered) if isinstance(one, Grouping) and len(one.keys) > lowered else one
        for name, one in found.items()
    }


_FEWEST = 6


def _grouping(table: pa.Table, name: str, limit: int) -> Grouping | str:
    if table.column_names.count(name) != 1:
        return "the stored predictions hold no column of this name"
    found = column_values(name, table.column(name), limit)
    return "a column of this type cannot be sliced" if found is None else found
