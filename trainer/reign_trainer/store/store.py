"""The store: immutable documents, rows and fits, in a local folder or in S3, that trainers and workers share.

Its layout is described in ``docs/snapshots.md``. Whatever is in it is complete or not there, and what two processes write at
once is harmless: content is named by its hash, and of two fits of one name the first stays.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from reign_trainer.errors import TrainerError
from reign_trainer.store.objects import READ_BYTES, Blocks, Missing, Objects, StagedFolder, StoredFolder
from reign_trainer.store.rows_writer import ROW_GROUP_ROWS, RowsWriter

ROW_KINDS = frozenset({"snapshots", "predictions", "rowids"})
DOCUMENT_KINDS = frozenset({"evidence", "observations", "code", "tracebacks", "payloads"})

_HASH = re.compile(r"[0-9a-f]{64}")
_FIT_KEY = re.compile(r"[A-Za-z0-9][\w.:-]{0,250}")
#: What nothing names is removed by age: what is stored again counts as new.
_RENEWAL_SECONDS = 24 * 3600
_ROWS, _MANIFEST = "rows.parquet", "manifest.json"
#: The file of a kept fit without which it is not there.
FIT_RESULT = "result.json"


class Store:
    """Rows (Parquet with a manifest), documents and fits. `open_store` makes one.

    Parameters
    ----------
    objects : Objects
        Where they are kept.
    """

    def __init__(self, objects: Objects) -> None:
        self.objects = objects

    @property
    def place(self) -> str:
        """Where it is, as ``REIGN_STORE`` says it."""
        return self.objects.place

    def write_document(self, kind: str, content: bytes) -> str:
        """Store a document and give its hash; storing it again changes nothing but its age."""
        _check(kind, DOCUMENT_KINDS)
        content_hash = hashlib.sha256(content).hexdigest()
        self.objects.put(f"{kind}/{content_hash}", content, _RENEWAL_SECONDS)
        return content_hash

    def read_document(self, kind: str, content_hash: str) -> bytes:
        """Read a document; its bytes are checked against its hash."""
        _check(kind, DOCUMENT_KINDS, content_hash)
        with _missing_is_corrupt(f"{kind}/{content_hash}"):
            content = self.objects.read(f"{kind}/{content_hash}")
        if hashlib.sha256(content).hexdigest() != content_hash:
            raise TrainerError.of("StoreCorrupt", "hash", object=f"{kind}/{content_hash}")
        return content

    def has_document(self, kind: str, content_hash: str) -> bool:
        """Whether a document is in the store."""
        _check(kind, DOCUMENT_KINDS, content_hash)
        return self.objects.modified(f"{kind}/{content_hash}") is not None

    def read_manifest(self, kind: str, content_hash: str) -> dict[str, Any]:
        """Read the manifest of stored rows."""
        return self._rows(kind, content_hash)[1]

    def has_rows(self, kind: str, content_hash: str) -> bool:
        """Whether the rows are in the store."""
        _check(kind, ROW_KINDS, content_hash)
        return self.objects.has_folder(f"{kind}/{content_hash}", _MANIFEST)

    def rows_uri(self, kind: str, content_hash: str) -> str:
        """Name rows for people and other programs."""
        _check(kind, ROW_KINDS, content_hash)
        return self.objects.uri(f"{kind}/{content_hash}/{_ROWS}")

    @contextmanager
    def open_rows(self, kind: str, content_hash: str) -> Iterator[pa.NativeFile]:
        """Open the Parquet file of rows, after checking its bytes against the manifest."""
        folder, manifest = self._rows(kind, content_hash)
        name = f"{kind}/{content_hash}/{_ROWS}"
        with _missing_is_corrupt(name), folder.open(_ROWS) as file:
            digest = hashlib.sha256()
            while block := file.read(READ_BYTES):
                digest.update(block)
            if digest.hexdigest() != manifest.get("fileHash"):
                raise _rows_altered(name)
            file.seek(0)
            try:
                yield file
            except pa.ArrowInvalid:
                raise TrainerError.of("StoreCorrupt", "noParquet", object=name) from None

    def read_rows(self, kind: str, content_hash: str, columns: list[str] | None = None) -> pa.Table:
        """Read rows, or some of their columns, in the order they are stored."""
        with self.open_rows(kind, content_hash) as file:
            try:
                return pq.read_table(file, columns=columns, partitioning=None)
            except OSError as error:
                attempt, reason = f"read {kind}/{content_hash}", error.strerror or "I/O error"
                raise TrainerError.of("StoreUnavailable", "failed", attempt=attempt, reason=reason) from None

    @contextmanager
    def stage(self, kind: str) -> Iterator[Staging]:
        """Begin rows; what is not committed at the end is removed."""
        _check(kind, ROW_KINDS)
        with self.objects.stage() as staged:
            yield Staging(staged, kind)

    def write_rows(self, kind: str, table: pa.Table, extra_manifest: dict[str, Any] | None = None) -> str:
        """Store a table and give its content hash.

        Parameters
        ----------
        kind : str
            ``snapshots`` or ``predictions``.
        table : pyarrow.Table
            Columns of int64, double, string and timestamp[us].
        extra_manifest : dict, optional
            Fields of the manifest besides format, contentHash, fileHash, rows and columns (the names).
        """
        with self.stage(kind) as staging:
            writer = staging.open_rows(table.schema)
            for batch in table.to_batches(max_chunksize=ROW_GROUP_ROWS):
                writer.write(batch)
            written = writer.close()
            manifest = {
                "format": 1,
                "contentHash": written.content_hash,
                "fileHash": written.file_hash,
                "rows": written.rows,
                "columns": table.schema.names,
                **(extra_manifest or {}),
            }
            staging.commit(written.content_hash, manifest)
            return written.content_hash

    def copy_rows(self, kind: str, content_hash: str, to: Store) -> None:
        """Copy rows, checked against their hash, into another store."""
        folder, manifest = self._rows(kind, content_hash)
        name = f"{kind}/{content_hash}/{_ROWS}"
        digest = hashlib.sha256()
        with to.objects.stage() as staged:
            sink = staged.open(_ROWS)
            with _missing_is_corrupt(name):
                for block in folder.blocks(_ROWS):
                    digest.update(block)
                    sink.write(block)
            sink.finish()
            if digest.hexdigest() != manifest.get("fileHash"):
                raise _rows_altered(name)
            Staging(staged, kind).commit(content_hash, manifest)

    def copy_document(self, kind: str, content_hash: str, to: Store) -> None:
        """Copy a document, checked against its hash, into another store."""
        to.write_document(kind, self.read_document(kind, content_hash))

    def keep_fit(self, key: str, files: Mapping[str, bytes | Blocks]) -> bool:
        """Keep what a fit left: all of it, or nothing.

        Parameters
        ----------
        key : str
        files : mapping of str to bytes, or to a function that gives its blocks
            By name. `FIT_RESULT` is among them.

        Returns
        -------
        bool
            False where a fit of that key was kept before: that one stays.
        """
        with self.objects.stage() as staged:
            for name, content in files.items():
                staged.add(name, content)
            return staged.publish(_fit(key), FIT_RESULT)

    def fit(self, key: str) -> StoredFolder | None:
        """Give the files of a kept fit, None where there is none."""
        return self.objects.folder(_fit(key), FIT_RESULT)

    def renew_fit(self, key: str) -> None:
        """Let a kept fit count as kept now."""
        self.objects.touch(_fit(key), FIT_RESULT)

    def forget_fits(self, older_than_seconds: float) -> None:
        """Remove fits that were kept longer ago."""
        oldest = time.time() - older_than_seconds
        for key, kept in list(self.objects.list("fits")):
            if kept < oldest:
                self.objects.delete(f"fits/{key}")

    def _rows(self, kind: str, content_hash: str) -> tuple[StoredFolder, dict[str, Any]]:
        _check(kind, ROW_KINDS, content_hash)
        name = f"{kind}/{content_hash}/{_MANIFEST}"
        with _missing_is_corrupt(name):
            folder = self.objects.folder(f"{kind}/{content_hash}", _MANIFEST)
            if folder is None:
                # A missing object is not the same error as a missing store.
                self.objects.read(name)
                raise Missing(name)
            content = folder.read(_MANIFEST)
        manifest = _manifest(content, content_hash)
        if manifest is None:
            raise TrainerError.of("StoreCorrupt", "notManifest", object=name)
        return folder, manifest


class Staging:
    """Rows that are not visible yet.

    Parameters
    ----------
    staged : StagedFolder
    kind : str
    """

    def __init__(self, staged: StagedFolder, kind: str) -> None:
        self._staged = staged
        self._kind = kind

    def open_rows(self, schema: pa.Schema) -> RowsWriter:
        """Begin the Parquet file."""
        return RowsWriter(self._staged.open(_ROWS), schema)

    def commit(self, content_hash: str, manifest: dict[str, Any]) -> None:
        """Make the rows visible under their hash; where they are already, those stay, unless they are damaged."""
        if not _HASH.fullmatch(content_hash):
            raise ValueError("not a hash")
        content = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        self._staged.add(_MANIFEST, content.encode("utf-8"))
        self._staged.publish(
            f"{self._kind}/{content_hash}", _MANIFEST, lambda there: _are_whole_rows(there, content_hash)
        )


def _are_whole_rows(folder: StoredFolder, content_hash: str) -> bool:
    """Whether stored rows are those of their manifest, to the byte."""
    digest = hashlib.sha256()
    try:
        manifest = _manifest(folder.read(_MANIFEST), content_hash)
        for block in folder.blocks(_ROWS):
            digest.update(block)
    except Missing:
        return False
    return manifest is not None and digest.hexdigest() == manifest.get("fileHash")


def _manifest(content: bytes, content_hash: str) -> dict[str, Any] | None:
    try:
        manifest = json.loads(content)
    except ValueError:
        return None
    return manifest if isinstance(manifest, dict) and manifest.get("contentHash") == content_hash else None


def _fit(key: str) -> str:
    if not _FIT_KEY.fullmatch(key):
        raise TrainerError.of("StoreCorrupt", "fitName")
    return f"fits/{key}"


def _check(kind: str, kinds: frozenset[str], content_hash: str | None = None) -> None:
    if kind not in kinds:
        raise ValueError(f"{kind} is none of {', '.join(sorted(kinds))}")
    if content_hash is not None and not _HASH.fullmatch(content_hash):
        raise ValueError("not a hash")


def _rows_altered(name: str) -> TrainerError:
    return TrainerError.of("StoreCorrupt", "manifestHash", object=name)


@contextmanager
def _missing_is_corrupt(name: str) -> Iterator[None]:
    try:
        yield
    except Missing:
        raise TrainerError.of("StoreCorrupt", "missing", object=name) from None
