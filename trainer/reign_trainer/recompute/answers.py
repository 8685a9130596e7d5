"""What the command line hears from these programs: one JSON document a question."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from reign_trainer.errors import TrainerError


def serve(ask: Callable[[str], dict[str, Any]]) -> None:
    """Answer every line of standard input with one on standard output, until the input ends.

    Parameters
    ----------
    ask : callable
        Takes a line.
    """
    for line in sys.stdin:
        print(answer_line(lambda line=line: ask(line)), flush=True)  # type: ignore[misc]


def answer_line(ask: Callable[[], dict[str, Any]]) -> str:
    """Ask, and write the answer or the error as one line of JSON.

    Parameters
    ----------
    ask : callable

    Returns
    -------
    str
        ``{...}``, or ``{"error": {"code", "message", "situation", "values"}}``, without the last two where the error is
        not of the catalogue. A message never holds the values of rows: of such an error only its type and its place are
        told.
    """
    try:
        document = ask()
    except TrainerError as error:
        said = {"situation": error.detail.situation, "values": error.detail.values or {}}
        document = {"error": {"code": error.code, "message": error.message, **said}}
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        document = {"error": {"code": "Internal", "message": f"{error.title}.{place}: {first['msg']}"}}
    except Exception as error:  # noqa: BLE001
        frame = traceback.extract_tb(error.__traceback__)[-1]
        name = type(error).__name__
        document = {"error": {"code": "Internal", "message": f"{name} at {frame.filename}:{frame.lineno}"}}
    return json.dumps(document, ensure_ascii=False, allow_nan=False)
