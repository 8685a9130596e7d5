"""Everything a fit made that is worth keeping."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reign_trainer.shapes import Definition
from reign_trainer.work.model.training_measures import TrainingMeasures
from reign_trainer.work.model.typed_model import TypedModel


@dataclass(frozen=True)
class FittedModel:
    """A fitted model and what was found on the way.

    Attributes
    ----------
    typed : TypedModel
        What is logged.
    estimator : estimator
        The author's own, fitted: its parameters and its picture are logged.
    code_folder : pathlib.Path or None
        Where the author's code was unpacked.
    rows : int
        How many rows it was fitted on.
    kinds : dict of str to str
        Of the features, in order.
    definition : Definition
    trivial : list of float, or float
        The trivial predictor.
    training : TrainingMeasures
        Metrics and predictions on training rows.
    """

    typed: TypedModel
    estimator: Any
    code_folder: Path | None
    rows: int
    kinds: dict[str, str]
    definition: Definition
    trivial: list[float] | float
    training: TrainingMeasures
