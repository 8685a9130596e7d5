"""What a version said besides its answers."""

from __future__ import annotations

from pydantic import BaseModel

from reign_trainer.shapes import CodeWarning


class Answered(BaseModel):
    """What a version said besides its answers.

    Attributes
    ----------
    warnings : list of CodeWarning
    """

    warnings: list[CodeWarning]
