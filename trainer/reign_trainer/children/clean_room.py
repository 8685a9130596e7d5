"""Around loading and asking a version: nothing of Reign or of the author's folder is there.

A version that was logged with too little would otherwise find the missing module here, and fail only where it serves.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from packaging.utils import canonicalize_name

from reign_trainer.environment import isolated_path, providers

_PACKAGE = "reign_trainer"


@contextmanager
def clean_room(folder: Path, libraries: frozenset[str] | None = None) -> Iterator[None]:
    """Be, for a while, a process that has the installed libraries and nothing else.

    Parameters
    ----------
    folder : pathlib.Path
        An empty folder, the working directory of the while.
    libraries : frozenset of str, optional
        The distributions that can be imported, by their canonical names. Default: all that are installed.

    Notes
    -----
    ``sys.path`` is what ``python -I`` has: no ``PYTHONPATH``, no working directory. ``reign_trainer`` is not imported
    and cannot be, wherever it is installed.
    """
    refusal = _Refusal(libraries, providers())
    hidden = {name: module for name, module in sys.modules.items() if refusal.refuses(name)}
    path, cwd = list(sys.path), Path.cwd()
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


class _Refusal(MetaPathFinder):
    """Finds nothing of Reign and of libraries that are not wanted, and lets nobody else find them."""

    def __init__(self, libraries: frozenset[str] | None, providers: Mapping[str, list[str]]) -> None:
        self._libraries = libraries
        self._providers = providers
        self._known: dict[str, bool] = {}

    def refuses(self, name: str) -> bool:
        """Tell whether a module cannot be imported."""
        top = name.partition(".")[0]
        if top not in self._known:
            self._known[top] = top == _PACKAGE or self._is_unwanted(top)
        return self._known[top]

    def _is_unwanted(self, top: str) -> bool:
        # Several distributions may share a namespace: one of them that is wanted opens it.
        named = self._providers.get(top, ())
        if self._libraries is None or not named or top in sys.stdlib_module_names:
            return False
        return not any(canonicalize_name(name) in self._libraries for name in named)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if self.refuses(fullname):
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None
