"""Stored predictions of two versions, row for row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reign_trainer.evidence.measure.arrays import Bools
from reign_trainer.known_row_ids import ids_of

from .columns import numbers


def in_both(first: pa.Table, second: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Give the rows of two tables that share a row id, in the order of the first."""
    ours, theirs = ids_of(first), ids_of(second)
    if ours.equals(theirs):
        return first, second
    if ours.type != theirs.type:
        return first.slice(0, 0), second.slice(0, 0)
    at = pc.index_in(ours, value_set=theirs)
    return first.filter(at.is_valid()), second.take(at.drop_null())


def matching(rows: pa.Table, others: pa.Table | None) -> pa.Table | None:
    """Give the rows of another table that have the ids of these, in their order; None where one is missing."""
    if others is None:
        return None
    ours, theirs = in_both(rows, others)
    return theirs if ours.num_rows == rows.num_rows else None


def count_differing_labels(ours: pa.Table, theirs: pa.Table, among: Bools) -> int:
    """Count the rows, among some, whose label is another one in the other table, or there only in one of them."""
    first, second = numbers(ours, "label"), numbers(theirs, "label")
    return int(np.count_nonzero(among & (first != second) & ~(np.isnan(first) & np.isnan(second))))
