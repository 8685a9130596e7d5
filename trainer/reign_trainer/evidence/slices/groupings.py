"""The slices of several columns, few enough in all to be told."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from .column_values import column_values
from .grouping import Grouping

FEWEST = 5
"""The limit of a column's values is not lowered below this: numbers and times are cut into so many parts."""


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
        The most slices in all. Where the columns have more, the limit is lowered for all of them as far as needed (but
        not below `FEWEST`): columns with fewer values keep theirs.

    Returns
    -------
    dict of str to Grouping or str
        Why there is none, where a column cannot be sliced.
    """
    names = list(columns)
    found = {name: _grouping(table, name, limit) for name in dict.fromkeys(names)}
    counts = [_values(one) for name in names if isinstance(one := found[name], Grouping)]
    missing = sum(len(one.keys) - _values(one) for name in names if isinstance(one := found[name], Grouping))
    lowered = limit
    while sum(min(count, lowered) for count in counts) + missing > most and lowered > FEWEST:
        lowered -= 1
    return {
        name: _grouping(table, name, lowered) if isinstance(one, Grouping) and _values(one) > lowered else one
        for name, one in found.items()
    }


def _values(grouping: Grouping) -> int:
    return sum(keys[0].value is not None for keys in grouping.keys)


def _grouping(table: pa.Table, name: str, limit: int) -> Grouping | str:
    if table.column_names.count(name) != 1:
        return "the stored predictions hold no column of this name"
    found = column_values(name, table.column(name), limit)
    return "a column of this type cannot be sliced" if found is None else found
