"""The folder of a store that is one: tests look into it, and damage what is there."""

from __future__ import annotations

from pathlib import Path

from reign_trainer.store import Store
from reign_trainer.store.local_objects import LocalObjects


def folder_of(store: Store) -> Path:
    """Give the folder of a local store."""
    assert isinstance(store.objects, LocalObjects)
    return store.objects.root
