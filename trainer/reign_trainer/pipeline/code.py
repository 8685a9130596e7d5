"""The author's code: unpacked from the store, and forgotten again."""

from __future__ import annotations

import base64
import binascii
import json
import os
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
        Of the pack: UTF-8 JSON, ``{"files": {"pipeline.py": "...", "sub/other.py": "..."}}``; files that are not UTF-8
        stand in base64 below ``"binary"``, which packs of earlier releases do not have.
    folder : pathlib.Path
        Made where it is missing. Nothing is written outside of it.

    Raises
    ------
    TrainerError
        ``StoreCorrupt`` where the pack is not one, and what the store raises.
    """
    files = _files(store.read_document("code", code_hash), code_hash)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def modules_of(folder: Path) -> list[ModuleType]:
    """Give the modules that were imported from below a folder."""
    roots = roots_of(folder)
    return [module for module in list(sys.modules.values()) if any(_is_below(at, roots) for at in _places(module))]


def forget_code(folder: Path) -> None:
    """Undo what importing from a folder left in this process: its modules and its entries in ``sys.path``.

    For a process that builds one pipeline after another: two versions have modules of the same names.
    """
    roots = roots_of(folder)
    for module in modules_of(folder):
        sys.modules.pop(module.__name__, None)
    sys.path[:] = [entry for entry in sys.path if not _is_below(entry, roots)]
    for entry in list(sys.path_importer_cache):
        if _is_below(entry, roots):
            del sys.path_importer_cache[entry]


def _files(content: bytes, code_hash: str) -> dict[str, bytes]:
    try:
        pack = json.loads(content)
        files = {str(name): text.encode() for name, text in pack["files"].items()}
        files |= {str(name): base64.b64decode(text, validate=True) for name, text in pack.get("binary", {}).items()}
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        raise TrainerError.of("StoreCorrupt", "noCodePack", object=f"code/{code_hash}") from None
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
            raise TrainerError.of("StoreCorrupt", "fileOutside", object=f"code/{code_hash}")
    return files


def roots_of(folder: Path) -> tuple[str, ...]:
    """Give the absolute names of a folder, with and without links."""
    return tuple({str(folder.absolute()), str(folder.resolve())})


def _places(module: ModuleType) -> list[str]:
    """Give the file of a module, and the folders of a package without a file of its own."""
    # Not getattr: asking a lazy module for an attribute would import what it stands for.
    attributes = getattr(module, "__dict__", {})
    file = attributes.get("__file__")
    if isinstance(file, str):
        return [file]
    try:
        return [str(entry) for entry in attributes.get("__path__") or ()]
    except (KeyError, TypeError):  # a namespace package whose parent is gone
        return []


def _is_below(place: str, roots: tuple[str, ...]) -> bool:
    return any(place == root or place.startswith(root + os.sep) for root in roots)
