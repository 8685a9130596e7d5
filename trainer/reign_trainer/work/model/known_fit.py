"""What MLflow knows of a fit."""

from __future__ import annotations

from pydantic import BaseModel

from reign_trainer.shapes import FitResult


class KnownFit(BaseModel):
    """What MLflow knows of a fit.

    Attributes
    ----------
    result : FitResult or None
        Where it has finished.
    artifact_location : str
        Of the logged model.
    """

    result: FitResult | None
    artifact_location: str
