"""Features without a value in any training row: what an estimator that fails on them does not say."""

from __future__ import annotations

import pandas as pd

_NAMED = 5


def empty_columns(features: pd.DataFrame) -> list[str]:
    """Name the features that are NULL in every row."""
    if features.empty:
        return []
    return [str(name) for name, empty in features.isna().all(axis=0).items() if empty]


def first_names(columns: list[str]) -> str:
    """Name the first few of many: ``a, b, c, d, e and 7 more``."""
    more = len(columns) - _NAMED
    return ", ".join(columns[:_NAMED]) + (f" and {more} more" if more > 0 else "")
