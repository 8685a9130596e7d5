"""The error of a pipeline that cannot be used, and what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from reign_trainer.errors import TrainerError


def invalid(where: str, message: str) -> TrainerError:
    """Make the error ``PipelineInvalid``.

    Parameters
    ----------
    where : str
        A field of the definition, such as ``pipeline.columns[0].steps[1].parameters.degree``, or a file.
    message : str
        What was there and what is expected. Names classes, parameters and columns, never a row's values.
    """
    return TrainerError("PipelineInvalid", f"{where}: {message}")


def nearest(found: str, known: Iterable[str]) -> str:
    """Say what was probably meant: `` Did you mean `degree`?``, or nothing where no name is near."""
    by_lower = {name.lower(): name for name in known}
    matches = difflib.get_close_matches(found.lower(), by_lower, n=1, cutoff=0.6)
    return f" Did you mean `{by_lower[matches[0]]}`?" if matches else ""
