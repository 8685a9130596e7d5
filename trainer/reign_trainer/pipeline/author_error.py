"""An exception of the author's code as an error of Reign: where it happened, never what it says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reign_trainer.errors import TrainerError
from reign_trainer.shapes import ErrorDetail

from .failing_step import failing_step
from .traceback import author_traceback

if TYPE_CHECKING:
    from reign_trainer.store import Store


def author_error(
    code: str, exception: BaseException, doing: str, store: Store, code_folder: Path | None = None
) -> TrainerError:
    """Name class, step, file and line; the text, which may quote rows, goes into the store only.

    Parameters
    ----------
    code : str
        ``FitFailed``, ``PredictionsInvalid``.
    exception : BaseException
    doing : str
        ``fit``, ``predicting the training rows``.
    store : Store
        Takes the full traceback.
    code_folder : pathlib.Path, optional
        Where the author's code was unpacked. Default: in a loaded version, where it was once.
    """
    _, full, file, line = author_traceback(exception, code_folder)
    step = failing_step(exception)
    where = "" if file is None else f" at {file}:{line}"
    within = "" if step is None else f", in {step}"
    traceback = store.write_document("tracebacks", full.encode())
    message = f"{type(exception).__name__} in {doing}{where}{within}."
    return TrainerError(code, message, ErrorDetail(traceback=traceback, file=file, line=line))
