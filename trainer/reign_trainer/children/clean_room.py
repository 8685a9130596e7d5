"""Around loading and asking a version: nothing of Reign or of the author's folder is there.

A version that was logged with too little would otherwise find the missing module here, and fail only where it serves.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

_PACKAGE = "reign_trainer"


@contextmanager
def clean_room(folder: Path) -> Iterator[None]:
    """Be, for a while, a process that has the installed libraries and nothing else.

    Parameters
    ----------
    folder : pathlib.Path
        An empty folder, the working directory of the while.

    Notes
    -----
    ``sys.path`` is what ``python -I`` has: no ``PYTHONPATH``, no working directory. ``reign_trainer`` is not imported
    and cannot be, wherever it is installed.
    """
    hidden = {name: module for name, module in sys.modules.items() if _is_ours(name)}
    path, cwd, refusal = list(sys.path), Path.cwd(), _Refusal()
    for name in hidden:
        del sys.modules[name]
    sys.path[:] = isolated_path()
    sys.meta_path.insert(0, refusal)
    importlib.invalidate_caches()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(cwd)
        sys.meta_path.remove(refusal)
        sys.path[:] = path
        sys.modules.update(hidden)


@functools.cache
def isolated_path() -> tuple[str, ...]:
    """Give the ``sys.path`` of a clean process of this Python, as ``python -I`` would have it; asked once, by the forkserver."""
    asked = subprocess.run(
        [sys.executable, "-I", "-c", "import json, sys; print(json.dumps(sys.path))"],
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(json.loads(asked.stdout))


class _Refusal(MetaPathFinder):
    """Finds nothing of Reign, and lets nobody else find it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if _is_ours(fullname):
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


def _is_ours(name: str) -> bool:
    return name == _PACKAGE or name.startswith(f"{_PACKAGE}.")
