"""The trainer's errors: a code of the catalogue, a message without row values, and where it happened."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Self

from reign_trainer.constants import RETRYABLE, TEMPLATES
from reign_trainer.shapes import ErrorDetail

_PLACE = re.compile(r"\{(\w+)(?::int)?\}")

#: What fills the places of a template.
Values = Mapping[str, str | int]


def places_of(code: str, situation: str) -> list[str]:
    """Name what a template is filled with."""
    return _PLACE.findall(TEMPLATES[code][situation])


class TrainerError(Exception):
    """An error that a user can meet. `of` makes one from a template.

    Parameters
    ----------
    code : str
        A code of ``schemas/errors.ts``.
    message : str
        What happened, where, what was expected. Never holds a row's values.
    detail : ErrorDetail, optional
        The author's file and line, the full traceback in the store, and the template with what fills its places.
    """

    def __init__(self, code: str, message: str, detail: ErrorDetail | None = None) -> None:
        if code not in RETRYABLE:
            raise ValueError(f"{code} is not in the catalogue of errors")
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail or ErrorDetail(traceback=None, file=None, line=None)

    @classmethod
    def of(cls, code: str, situation: str, *, detail: ErrorDetail | None = None, **values: str | int) -> Self:
        """Make an error from its template.

        Parameters
        ----------
        code : str
            A code of ``schemas/errors.ts``.
        situation : str
            One of the code's templates.
        detail : ErrorDetail, optional
            The author's file and line and the full traceback in the store.
        **values : str or int
            What the places of the template are filled with. Never a row's value.

        Examples
        --------
        >>> TrainerError.of("WindowEmpty", "training").message
        'The training window holds no rows.'
        """
        message = _PLACE.sub(lambda place: str(values[place[1]]), TEMPLATES[code][situation])
        said = {"situation": situation, "values": dict(values)}
        return cls(code, message, (detail or ErrorDetail(traceback=None, file=None, line=None)).model_copy(update=said))

    @property
    def retryable(self) -> bool:
        """Whether trying again can help."""
        return RETRYABLE[self.code]

    def with_traceback_in(self, document: str | None) -> TrainerError:
        """Give the same error, with its traceback in this document of the store."""
        return TrainerError(self.code, self.message, self.detail.model_copy(update={"traceback": document}))

    def __reduce__(self) -> tuple[object, ...]:
        return (TrainerError, (self.code, self.message, self.detail))
