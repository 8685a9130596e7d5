"""A run that holds another fit than the one that is asked for."""

from __future__ import annotations

from reign_trainer.errors import TrainerError
from reign_trainer.shapes import FitRequest


def other_fit(request: FitRequest, was: str) -> TrainerError:
    """Refuse to call by today's rows what was fitted on others: the model is not written again."""
    return TrainerError.of(
        "LedgerConflict", "otherTraining", cycle=request.cycle.id, was=was[:12], now=request.train_snapshot[:12]
    )
