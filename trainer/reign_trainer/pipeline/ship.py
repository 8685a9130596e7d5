"""Let paths into the code folder survive pickling: ``__file__``, and what modules made of it."""

from __future__ import annotations

import copyreg
import os
from pathlib import Path
from typing import Any

from .code import modules_of, roots_of
from .shipped_files import ShippedFiles, ShippedString, path_of

_shipped: dict[tuple[str, ...], ShippedFiles] = {}


def ship_files(code_folder: Path) -> None:
    """Ship the files of a code folder with every model that this process pickles from now on.

    ``Path(__file__).parent / "risk.json"`` works where the model is loaded, whether it is written in a function that
    predicts, or as a constant of a module (a ``Path`` anywhere, a string at the top of a module).

    Parameters
    ----------
    code_folder : pathlib.Path
        Where the author's code was unpacked and imported from. With nothing but ``.py`` files in it nothing is shipped:
        modules travel by value.
    """
    files = {
        path.relative_to(code_folder).as_posix(): path.read_bytes()
        for path in sorted(code_folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    if all(name.endswith(".py") for name in files):
        return
    roots = roots_of(code_folder)
    shipped = _shipped[roots] = ShippedFiles(files)
    for module in modules_of(code_folder):
        for name, value in list(vars(module).items()):
            if type(value) is str and (place := _below(value, roots)) is not None:
                setattr(module, name, ShippedString(value, shipped, place))
    copyreg.pickle(type(Path()), _reduce_path)


def _reduce_path(path: Path) -> Any:
    for roots, shipped in _shipped.items():
        if (place := _below(str(path), roots)) is not None:
            return path_of, (shipped, place)
    return path.__reduce__()


def _below(text: str, roots: tuple[str, ...]) -> str | None:
    """Give a path relative to the code folder, None where it leads elsewhere."""
    for root in roots:
        if text == root:
            return "."
        if text.startswith(root + os.sep):
            return Path(text).relative_to(root).as_posix()
    return None
