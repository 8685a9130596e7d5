"""The error of a pipeline that cannot be used, and what was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from reign_trainer.errors import TrainerError
from reign_trainer.shapes import ErrorDetail

#: A field of a definition, such as ``source.features[2]``.
_FIELD = re.compile(r"(?!pipeline\.py\b)(?:source|label|windows|pipeline|gate)(?:\.\w+|\[\d+\])*(?=$|,)")


def invalid(where: str, situation: str, **values: str) -> TrainerError:
    """Make the error ``PipelineInvalid``.

    Parameters
    ----------
    where : str
        A field of the definition, such as ``pipeline.columns[0].steps[1].parameters.degree``, or a file.
    situation : str
        One of the code's templates.
    **values : str
        What fills its places beside ``{place}``: names of classes, parameters and columns, never a row's values.
    """
    field = _field_path(where)
    detail = None if field is None else ErrorDetail(traceback=None, file=None, line=None, field=field)
    return TrainerError.of("PipelineInvalid", situation, place=where, detail=detail, **values)


def _field_path(where: str) -> list[str | int] | None:
    """Give the path of a field that is written as people read it, and nothing for a file."""
    field = _FIELD.match(where)
    return None if field is None else [int(part) if part.isdecimal() else part for part in re.findall(r"\w+", field[0])]


def nearest(found: str, known: Iterable[str]) -> str:
    """Say what was probably meant: `` Did you mean `degree`?``, or nothing where no name is near."""
    by_lower = {name.lower(): name for name in known}
    matches = difflib.get_close_matches(found.lower(), by_lower, n=1, cutoff=0.6)
    return f" Did you mean `{by_lower[matches[0]]}`?" if matches else ""
