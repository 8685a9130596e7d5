"""The author's code: unpacked from the store, and forgotten again."""

from __future__ import annotations

import json
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from reign_trainer.errors import TrainerError

if TYPE_CHECKING:
    from types import ModuleType

    from reign_trainer.store import Store


def unpack_code(store: Store, code_hash: str, folder: Path) -> None:
    """Write the files of a code pack into a folder.

    Parameters
    ----------
    store : Store
    code_hash : str
        Of the pack: UTF-8 JSON, ``{"files": {"pipeline.py": "...", "sub/other.py": "..."}}``.
    folder : pathlib.Path
        Made where it is missing. Nothing is written outside of it.

    Raises
    ------
    TrainerError
        ``StoreCorrupt`` where the pack is not one, and what the store raises.
    """
    files = _files(store.read_document("code", code_hash), code_hash)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def modules_of(folder: Path) -> list[ModuleType]:
    """Give the modules that were imported from below a folder."""
    root = folder.resolve()
    return [module for module in list(sys.modules.values()) if _is_below(getattr(module, "__file__", None), root)]


def forget_code(folder: Path) -> None:
    """Undo what importing from a folder left in this process: its modules and its entries in ``sys.path``.

    For a process that builds one pipeline after another: two versions have modules of the same names.
    """
    root = folder.resolve()
    for module in modules_of(folder):
        sys.modules.pop(module.__name__, None)
    sys.path[:] = [entry for entry in sys.path if not (entry and _is_below(entry, root))]
    for entry in list(sys.path_importer_cache):
        if _is_below(entry, root):
            del sys.path_importer_cache[entry]


def _files(content: bytes, code_hash: str) -> dict[str, str]:
    try:
        files = json.loads(content)["files"]
        items = {str(name): text for name, text in files.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise TrainerError("StoreCorrupt", f"The store's code/{code_hash} is not a code pack.") from None
    for name, text in items.items():
        path = PurePosixPath(name)
        if not isinstance(text, str) or path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
            raise TrainerError("StoreCorrupt", f"The store's code/{code_hash} names a file outside of its folder.")
    return items


def _is_below(file: str | None, root: Path) -> bool:
    if file is None:
        return False
    try:
        return Path(file).resolve().is_relative_to(root)
    except (OSError, ValueError):
        return False
