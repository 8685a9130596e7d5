"""The author's code, and Reign's own doors around it, travel inside the model."""

from __future__ import annotations

import sys
from pathlib import Path

import cloudpickle

from reign_trainer.pipeline import register_by_value
from reign_trainer.work.model import typed_model


def pickle_by_value(code_folder: Path | None) -> None:
    """Let cloudpickle write whole modules, not their names, from now on in this process.

    Parameters
    ----------
    code_folder : pathlib.Path or None
        Where the author's code was imported from.
    """
    register_by_value(code_folder)
    cloudpickle.register_pickle_by_value(sys.modules[typed_model.__name__])
