"""Warnings of the author's code, and of the libraries that it calls, without values of rows."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Literal, TextIO

from reign_trainer.pipeline.author_file import author_file, is_of_library, library_file
from reign_trainer.shapes import CodeWarning

#: More different ones than this are counted, not kept.
MOST = 20
_LONGEST = 600
_HIDDEN = "…"
#: A part of a text is kept where it is this long and has a space in it: it then stands in the source, not in a row.
_SHORTEST_PART = 4
_PLACEHOLDER = re.compile(r"%(?:\([^)]*\))?[-+ #0-9.*]*[a-zA-Z%]|\{[^{}]*\}")
#: NumPy raises these in C, from texts of its own that name the operation and nothing else.
_OF_NUMPY = re.compile(r"(?:divide by zero|invalid value|overflow|underflow) encountered in [a-z_]+(?: [a-z_]+)?")
#: What is around the author's pipeline: nothing that the author could change.
_OURS = ("mlflow/", "reign_trainer/")
#: What a library says to those who develop with it counts only where it is the author who does.
_FOR_DEVELOPERS = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)


class KeptWarnings:
    """The warnings of one step, each once.

    Parameters
    ----------
    during : {'fit', 'predict'}
    code_folder : pathlib.Path, optional
        Where the author's code was unpacked. Default: in a loaded version, where it was once.
    """

    def __init__(self, during: Literal["fit", "predict"], code_folder: Path | None = None) -> None:
        self._during: Literal["fit", "predict"] = during
        self._code_folder = code_folder
        self._found: dict[tuple[str, str, int], CodeWarning] = {}

    @property
    def found(self) -> list[CodeWarning]:
        """In the order in which they came first."""
        return list(self._found.values())

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Keep what is warned of in the meantime. Filters that the author's code sets are respected."""
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = self._keep
            yield

    def _keep(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        key = (category.__name__, filename, lineno)
        if (known := self._found.get(key)) is not None:
            known.count += 1
            return
        if len(self._found) >= MOST:
            return
        frames = _frames()
        if issubclass(category, _FOR_DEVELOPERS) and author_file(filename, self._code_folder) is None:
            return
        if frames and library_file(frames[0].f_code.co_filename).startswith(_OURS):
            return
        self._found[key] = CodeWarning(
            category=category.__name__,
            text=told(str(message), frames),
            place=self._place(frames, filename, lineno),
            during=self._during,
            count=1,
        )

    def _place(self, frames: list[FrameType], filename: str, lineno: int) -> str:
        for frame in frames:
            if (file := author_file(frame.f_code.co_filename, self._code_folder)) is not None:
                return f"{file}:{frame.f_lineno}"
        return f"{library_file(filename)}:{lineno}"


def told(text: str, frames: list[FrameType]) -> str:
    """Give of a warning's text what stands in the source that raised it; the rest may be a row's value.

    Parameters
    ----------
    text : str
    frames : list of frame
        Those that raised it, innermost first.

    Returns
    -------
    str
        With ``…`` for what is left out: ``Since … does not appear to accept sample_weight, ...``; empty where nothing of
        it stands in the source.
    """
    if _OF_NUMPY.fullmatch(text):
        return text
    literals = {literal for frame in frames[:2] for literal in _literals(frame.f_code)}
    if frames and is_of_library(frames[0].f_code.co_filename):
        # A library's own constants; an author's module may hold a table.
        literals |= {value for value in frames[0].f_globals.values() if isinstance(value, str) and len(value) > 20}
    if text in literals:
        return _on_one_line(text)
    parts = {part for literal in literals for part in _PLACEHOLDER.split(literal)}
    kept = [False] * len(text)
    for part in sorted(parts, key=len, reverse=True):
        if len(part) < _SHORTEST_PART or " " not in part:
            continue
        at = text.find(part)
        while at >= 0:
            if not any(kept[at : at + len(part)]):
                kept[at : at + len(part)] = [True] * len(part)
            at = text.find(part, at + len(part))
    if not any(kept):
        return ""
    shown, hidden = "", False
    for letter, is_kept in zip(text, kept, strict=True):
        if is_kept:
            shown += letter
        elif not hidden:
            shown += _HIDDEN
        hidden = not is_kept
    return _on_one_line(_without_open_quote(shown))


def _without_open_quote(shown: str) -> str:
    """Leave out a quote at the end that was opened around something hidden: ``Unknown column '…``."""
    if shown.endswith(_HIDDEN):
        for quote in ('"', "'", "`"):
            if shown.endswith(f" {quote}{_HIDDEN}"):
                return f"{shown[: -len(quote + _HIDDEN)]}{_HIDDEN}"
    return shown


def _on_one_line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1]}{_HIDDEN}"


def _frames() -> list[FrameType]:
    """Give the frames that raise a warning, innermost first, without Python's own machinery."""
    frames: list[FrameType] = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename not in (__file__, warnings.__file__):
            frames.append(frame)
        frame = frame.f_back
    return frames


def _literals(code: CodeType) -> Iterator[str]:
    for constant in code.co_consts:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, tuple):
            yield from (one for one in constant if isinstance(one, str))
