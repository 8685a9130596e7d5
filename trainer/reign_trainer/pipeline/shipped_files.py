"""Files beside the author's code travel inside the model, and lie in a folder again wherever it is loaded.

This module travels inside the model, by value: it imports nothing of Reign.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path
from typing import Any, Self


class ShippedFiles:
    """The files of one code folder, which get a folder of their own when the first path of theirs is asked for.

    Parameters
    ----------
    files : dict of str to bytes
        By their names relative to the folder.
    """

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self._folder: Path | None = None

    def path(self, name: str) -> Path:
        """Give the path of a file or folder in this process. The folder is removed when the process ends."""
        if self._folder is None:
            folder = Path(tempfile.mkdtemp(prefix="reign-code-"))
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            for at, content in self.files.items():
                target = folder / at
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            self._folder = folder
        return self._folder / name

    def __reduce__(self) -> Any:
        return ShippedFiles, (self.files,)


class ShippedString(str):
    """A path as a string, such as ``__file__``: pickled, it becomes the same file's path where it is loaded."""

    shipped: ShippedFiles
    name: str

    def __new__(cls, text: str, shipped: ShippedFiles, name: str) -> Self:
        made = super().__new__(cls, text)
        made.shipped, made.name = shipped, name
        return made

    def __reduce__(self) -> Any:
        return string_of, (self.shipped, self.name)


def string_of(shipped: ShippedFiles, name: str) -> str:
    """Give a path in this process as a string."""
    return str(shipped.path(name))


def path_of(shipped: ShippedFiles, name: str) -> Path:
    """Give a path in this process."""
    return shipped.path(name)
