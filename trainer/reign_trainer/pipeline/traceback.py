"""A traceback cut to the lines of the author."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .author_file import author_file


class AuthorTraceback(NamedTuple):
    """What is known of an exception that came out of the author's code.

    Attributes
    ----------
    short : str
        The class of the exception and the author's own lines, innermost last, without the exception's message,
        which may quote rows: ``ValueError\\n  pipeline.py:12 in transform``.
    full : str
        Everything, as Python prints it. For the store only.
    file : str or None
        Relative to the code folder: the innermost line of the author; None where none of the lines is theirs.
    line : int or None
    """

    short: str
    full: str
    file: str | None
    line: int | None


def author_traceback(exception: BaseException, code_folder: Path | None) -> AuthorTraceback:
    """Cut a traceback to the author's lines.

    Parameters
    ----------
    exception : BaseException
    code_folder : pathlib.Path or None
        Where the author's code was unpacked. None in a loaded version, whose lines still name where that was; a
        declarative pipeline has no lines.
    """
    full = "".join(traceback.format_exception(exception))
    places = _places(exception, code_folder)
    lines = [_class_of(exception), *(f"  {file}:{line}{function}" for file, line, function in places)]
    file, line = (places[-1][0], places[-1][1]) if places else (None, None)
    return AuthorTraceback("\n".join(lines), full, file, line)


def _class_of(exception: BaseException) -> str:
    name = type(exception).__name__
    if isinstance(exception, ImportError) and "relative import" in str(exception):
        return f"{name} (a relative import in a file that is not part of a package: import the file by its name)"
    # The name of a module is no row's value, and the one thing that is needed here.
    if isinstance(exception, ImportError) and exception.name:
        return f"{name} (module {exception.name})"
    return name


def _places(exception: BaseException, root: Path | None) -> list[tuple[str, int, str]]:
    """Give file, line and function of the author's frames: of the exception itself, else of what caused it."""
    for one in _chain(exception):
        places = [
            (file, frame.lineno or 0, f" in {frame.name}" if frame.name != "<module>" else "")
            for frame in traceback.extract_tb(one.__traceback__)
            if (file := author_file(frame.filename, root)) is not None
        ]
        # A file that does not parse has no frame of its own.
        if isinstance(one, SyntaxError) and one.filename and one.lineno:
            file = author_file(one.filename, root)
            if file is not None:
                places.append((file, one.lineno, ""))
        if places:
            return places
    return []


def _chain(exception: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = exception
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__
