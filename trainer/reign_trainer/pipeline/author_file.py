"""Whose a file is: the author's, or a library's."""

from __future__ import annotations

import re
from pathlib import Path

_LIBRARIES = re.compile(r".*[\\/](?:site-packages|dist-packages)[\\/]")
_REIGN = Path(__file__).resolve().parents[1]
#: Where a fit's code was unpacked: what is loaded later still names that folder.
_ONCE = re.compile(r".*[\\/]reign-child-[^\\/]+[\\/](?:[^\\/]+[\\/])??code[\\/](?P<name>.+)")


def author_file(file: str, code_folder: Path | None = None) -> str | None:
    """Give a file of the author's relative to their folder, None for anybody else's.

    Parameters
    ----------
    file : str
        As a code object names it.
    code_folder : pathlib.Path, optional
        Where the code was unpacked. Default: it was unpacked in a process before, which saved what now is loaded.
    """
    if code_folder is None:
        found = _ONCE.fullmatch(file)
        return None if found is None else found["name"].replace("\\", "/")
    try:
        return Path(file).resolve().relative_to(code_folder.resolve()).as_posix()
    except (OSError, ValueError):
        return None


def is_of_library(file: str) -> bool:
    """Tell whether a file belongs to an installed library."""
    return _LIBRARIES.match(file) is not None


def library_file(file: str) -> str:
    """Give a library's file without where the library is installed: ``sklearn/calibration.py``."""
    path = _LIBRARIES.sub("", file)
    if path != file:
        return path.replace("\\", "/")
    if Path(file).is_relative_to(_REIGN):
        return f"reign_trainer/{Path(file).relative_to(_REIGN).as_posix()}"
    return Path(file).name
