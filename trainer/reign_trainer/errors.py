"""The trainer's errors: a code of the catalogue, a message without row values, and where it happened."""

from __future__ import annotations

from reign_trainer.constants import RETRYABLE
from reign_trainer.shapes import ErrorDetail


class TrainerError(Exception):
    """An error that a user can meet.

    Parameters
    ----------
    code : str
        A code of ``schemas/errors.ts``.
    message : str
        What happened, where, what was expected. Never holds a row's values.
    detail : ErrorDetail, optional
        The author's file and line and the full traceback in the store.
    """

    def __init__(self, code: str, message: str, detail: ErrorDetail | None = None) -> None:
        if code not in RETRYABLE:
            raise ValueError(f"{code} is not in the catalogue of errors")
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail

    @property
    def retryable(self) -> bool:
        """Whether trying again can help."""
        return RETRYABLE[self.code]

    def __reduce__(self) -> tuple[object, ...]:
        return (TrainerError, (self.code, self.message, self.detail))
