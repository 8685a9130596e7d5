"""An exception of the author's code as Reign speaks of it: where it happened, never what it says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reign_trainer.shapes import ErrorDetail

from .failing_step import failing_step
from .traceback import author_traceback

if TYPE_CHECKING:
    from reign_trainer.store import Store


class AuthorError(NamedTuple):
    """What a message may say of an exception of the author's code.

    Attributes
    ----------
    exception : str
        Its class.
    where : str
        Line and step, as a message goes on: `` at pipeline.py:12, in step `model` (Ridge)``. Empty where neither is known.
    detail : ErrorDetail
        File and line, and the full traceback in the store.
    """

    exception: str
    where: str
    detail: ErrorDetail


def author_error(exception: BaseException, store: Store, code_folder: Path | None = None) -> AuthorError:
    """Name class, step, file and line; the text, which may quote rows, goes into the store only.

    Parameters
    ----------
    exception : BaseException
    store : Store
        Takes the full traceback.
    code_folder : pathlib.Path, optional
        Where the author's code was unpacked. Default: in a loaded version, where it was once.
    """
    _, full, file, line = author_traceback(exception, code_folder)
    step = failing_step(exception)
    at = "" if file is None else f" at {file}:{line}"
    within = "" if step is None else f", in {step}"
    traceback = store.write_document("tracebacks", full.encode())
    return AuthorError(type(exception).__name__, at + within, ErrorDetail(traceback=traceback, file=file, line=line))
