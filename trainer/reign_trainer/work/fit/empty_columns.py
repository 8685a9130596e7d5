"""Features without a value in any training row: what an estimator that fails on them does not say."""

from __future__ import annotations

import pandas as pd

from reign_trainer.errors import TrainerError

_NAMED = 5


def empty_columns(features: pd.DataFrame) -> list[str]:
    """Name the features that are NULL in every row."""
    if features.empty:
        return []
    return [str(name) for name, empty in features.isna().all(axis=0).items() if empty]


def with_empty_columns(error: TrainerError, features: pd.DataFrame) -> TrainerError:
    """Add to the failure of a fit which features are NULL in every training row; without any the error is as it was."""
    empty = empty_columns(features)
    if error.code != "FitFailed" or not empty:
        return error
    named = ", ".join(empty[:_NAMED]) + ("" if len(empty) <= _NAMED else f" and {len(empty) - _NAMED} more")
    verb = "is" if len(empty) == 1 else "are"
    said = f"{error.message} {named} {verb} NULL in every training row, which not every estimator takes."
    return TrainerError(error.code, said, error.detail)
