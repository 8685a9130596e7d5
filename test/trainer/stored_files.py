"""What lies in a store, whatever it is made of: tests look at it, damage it and copy it."""

from __future__ import annotations

import json
from pathlib import Path

from reign_trainer.store import Missing, Store
from reign_trainer.store.local_objects import LocalObjects
from reign_trainer.store.s3_objects import S3Objects


def folder_of(store: Store) -> Path:
    """Give the folder of a local store."""
    assert isinstance(store.objects, LocalObjects)
    return store.objects.root


def files_of(store: Store) -> list[str]:
    """Give the names of all objects, in order."""
    if isinstance(store.objects, S3Objects):
        return sorted(name for name, _ in store.objects.below(""))
    root = folder_of(store)
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def file_in(store: Store, folder: str, name: str) -> str:
    """Give the name of the object that a published folder calls ``name``."""
    try:
        files = json.loads(store.objects.read(f"{folder}/index.json"))["files"]
    except Missing:
        return f"{folder}/{name}"
    return f"{folder}/{files[name]}"


def copy_folder(folder: Path, store: Store) -> None:
    """Put all files of a local store into another one, as ``aws s3 sync`` does."""
    for path in folder.rglob("*"):
        if path.is_file():
            store.objects.put(path.relative_to(folder).as_posix(), path.read_bytes())
