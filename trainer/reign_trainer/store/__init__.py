"""The store: documents, rows and fits by hash, in a local folder or in S3."""

from __future__ import annotations

from pathlib import Path

from reign_trainer.store.local_objects import LocalObjects
from reign_trainer.store.objects import Missing, StoredFolder
from reign_trainer.store.place import Bucket, lies_below, parse_place
from reign_trainer.store.rows_writer import ROW_GROUP_ROWS, RowsWriter
from reign_trainer.store.store import FIT_RESULT, Staging, Store

__all__ = [
    "FIT_RESULT",
    "ROW_GROUP_ROWS",
    "Bucket",
    "Missing",
    "RowsWriter",
    "Staging",
    "Store",
    "StoredFolder",
    "lies_below",
    "open_scratch_store",
    "open_store",
    "parse_place",
]


def open_store(place: str | Path) -> Store:
    """Open a store.

    Parameters
    ----------
    place : str or pathlib.Path
        As ``REIGN_STORE`` says it. A folder is made at the first writing.

    Raises
    ------
    TrainerError
        ``SettingInvalid``.
    """
    found = parse_place(str(place))
    if isinstance(found, Bucket):
        # Its client is a library of its own, which a store in a folder does without.
        from reign_trainer.store.s3_objects import S3Objects

        return Store(S3Objects(found, str(place)))
    return Store(LocalObjects(found))


def open_scratch_store(folder: Path) -> Store:
    """Open a store in a folder that goes with this process or with a child: nothing in it has to outlive a crash."""
    return Store(LocalObjects(folder, durable=False))
