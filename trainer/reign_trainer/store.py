"""The store: immutable files by hash, in a local folder that trainers and workers share.

Its layout is described in ``docs/snapshots.md``. Everything is written in ``staging/`` and becomes visible by one
rename, complete or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from reign_trainer.content_hash import SCHEMA_METADATA_KEY, ContentHasher
from reign_trainer.disk import disk_full
from reign_trainer.errors import TrainerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Rows of one row group; fixed, so that the same rows give the same file whatever the batches they came in.
ROW_GROUP_ROWS = 131_072

ROW_KINDS = frozenset({"snapshots", "predictions", "rowids"})
DOCUMENT_KINDS = frozenset({"evidence", "observations", "code", "tracebacks", "payloads"})

_HASH = re.compile(r"[0-9a-f]{64}")
_STALE_STAGING_SECONDS = 2 * 24 * 3600
#: ``payloads`` are cleaned by age: one that is stored again counts as new.
_PAYLOAD_RENEWAL_SECONDS = 24 * 3600
_READ_BYTES = 1 << 20


class Store:
    """Rows (Parquet with a manifest) and documents, by the hash of their content.

    Parameters
    ----------
    root : pathlib.Path
        The folder, ``REIGN_STORE``; made where it is missing.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def write_document(self, kind: str, content: bytes) -> str:
        """Store a document and give its hash; storing it again changes nothing (but the age of a payload)."""
        _check(kind, DOCUMENT_KINDS)
        content_hash = hashlib.sha256(content).hexdigest()
        target = self.root / kind / content_hash
        with _os_errors(f"write {kind}/{content_hash}", self.root):
            if not (kind == "payloads" and _is_aged(target)) and _holds(target, content):
                return content_hash
            staging = self._new_staging()
            try:
                staged = staging / "document"
                with staged.open("wb") as file:
                    file.write(content)
                    _sync(file)
                target.parent.mkdir(parents=True, exist_ok=True)
                staged.replace(target)
                _sync_folder(target.parent)
            finally:
                shutil.rmtree(staging, ignore_errors=True)
        return content_hash

    def read_document(self, kind: str, content_hash: str) -> bytes:
        """Read a document; its bytes are checked against its hash."""
        _check(kind, DOCUMENT_KINDS, content_hash)
        path = self.root / kind / content_hash
        with self._reading(f"{kind}/{content_hash}"):
            content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != content_hash:
            raise TrainerError("StoreCorrupt", f"The store's {kind}/{content_hash} does not match its hash.")
        return content

    def read_manifest(self, kind: str, content_hash: str) -> dict[str, Any]:
        """Read the manifest that stands beside rows."""
        _check(kind, ROW_KINDS, content_hash)
        name = f"{kind}/{content_hash}/manifest.json"
        with self._reading(name):
            content = (self.root / kind / content_hash / "manifest.json").read_bytes()
        try:
            manifest = json.loads(content)
        except ValueError:
            manifest = None
        if not isinstance(manifest, dict) or manifest.get("contentHash") != content_hash:
            raise TrainerError("StoreCorrupt", f"The store's {name} is not the manifest of these rows.")
        return manifest

    def rows_path(self, kind: str, content_hash: str) -> Path:
        """Give the Parquet file of rows, after checking its bytes against the manifest."""
        manifest = self.read_manifest(kind, content_hash)
        path = self.root / kind / content_hash / "rows.parquet"
        name = f"{kind}/{content_hash}/rows.parquet"
        digest = hashlib.sha256()
        with self._reading(name), path.open("rb") as file:
            while block := file.read(_READ_BYTES):
                digest.update(block)
        if digest.hexdigest() != manifest.get("fileHash"):
            raise TrainerError("StoreCorrupt", f"The store's {name} does not match the hash in its manifest.")
        return path

    def read_rows(self, kind: str, content_hash: str, columns: list[str] | None = None) -> pa.Table:
        """Read rows, or some of their columns, in the order they are stored."""
        path = self.rows_path(kind, content_hash)
        with self._reading(f"{kind}/{content_hash}/rows.parquet"):
            return pq.read_table(path, columns=columns, partitioning=None)

    def has_rows(self, kind: str, content_hash: str) -> bool:
        """Whether the rows are in the store."""
        _check(kind, ROW_KINDS, content_hash)
        return (self.root / kind / content_hash / "manifest.json").is_file()

    @contextmanager
    def stage(self, kind: str) -> Iterator[Staging]:
        """Open a staging folder for rows; whatever is not committed at the end is removed."""
        _check(kind, ROW_KINDS)
        with _os_errors(f"write {kind}", self.root):
            self._remove_stale_staging()
            path = self._new_staging()
            try:
                yield Staging(path, self.root / kind)
            finally:
                shutil.rmtree(path, ignore_errors=True)

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

    def _new_staging(self) -> Path:
        path = self.root / "staging" / secrets.token_hex(16)
        path.mkdir(parents=True)
        return path

    def _remove_stale_staging(self) -> None:
        """Take away what a killed process left behind."""
        oldest = time.time() - _STALE_STAGING_SECONDS
        staging = self.root / "staging"
        for path in staging.iterdir() if staging.is_dir() else ():
            try:
                if path.stat().st_mtime < oldest:
                    shutil.rmtree(path, ignore_errors=True)
            except FileNotFoundError:
                continue  # its own process was quicker

    @contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            if not self.root.is_dir():
                raise TrainerError("StoreUnavailable", "The store's folder is not there.") from None
            raise TrainerError("StoreCorrupt", f"The store has no {name}.") from None
        except pa.ArrowInvalid:
            raise TrainerError("StoreCorrupt", f"The store's {name} cannot be read as Parquet.") from None
        except OSError as error:
            raise TrainerError("StoreUnavailable", f"Cannot read {name}: {error.strerror or 'I/O error'}.") from None


class WrittenRows:
    """What a closed writer knows of its file."""

    def __init__(self, document: str, file_hash: str, rows: int) -> None:
        self.content_hash = hashlib.sha256(document.encode("utf-8")).hexdigest()
        #: What the content hash is taken over.
        self.document = document
        self.file_hash = file_hash
        self.rows = rows


class Staging:
    """A folder that is not visible yet.

    Attributes
    ----------
    path : pathlib.Path
        The staging folder: write ``rows.parquet`` into it, or let :meth:`open_rows` do so.
    """

    def __init__(self, path: Path, kind_folder: Path) -> None:
        self.path = path
        self._kind_folder = kind_folder

    def open_rows(self, schema: pa.Schema) -> RowsWriter:
        """Open ``rows.parquet`` for writing."""
        return RowsWriter(self.path / "rows.parquet", schema)

    def commit(self, content_hash: str, manifest: dict[str, Any]) -> None:
        """Make the folder visible under its hash; where it is already, that one stays, unless it is damaged."""
        if not _HASH.fullmatch(content_hash):
            raise ValueError("not a hash")
        content = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        with (self.path / "manifest.json").open("wb") as file:
            file.write(content.encode("utf-8"))
            _sync(file)
        _sync_folder(self.path)
        self._kind_folder.mkdir(parents=True, exist_ok=True)
        target = self._kind_folder / content_hash
        try:
            self.path.rename(target)
        except OSError:
            # A folder cannot replace one that has files in it: the same content was there first.
            if not target.is_dir():
                raise
            if not _is_whole(target, content_hash):
                self._replace(target)
        _sync_folder(self._kind_folder)

    def _replace(self, target: Path) -> None:
        """Put the new rows where damaged ones lie, which go into the staging folder and with it."""
        damaged = self.path.with_name(f"{self.path.name}.damaged")
        try:
            target.rename(damaged)
        except FileNotFoundError:
            pass  # another process replaces them at the same time
        try:
            self.path.rename(target)
        except OSError:
            if not (target / "manifest.json").is_file():
                raise
        finally:
            shutil.rmtree(damaged, ignore_errors=True)


class RowsWriter:
    """Writes Parquet in row groups of a fixed size and hashes content and bytes on the way.

    Parameters
    ----------
    path : pathlib.Path
        The file to make.
    schema : pyarrow.Schema
        Columns of int64, double, string and timestamp[us]; only the metadata key ``reign`` is kept.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        metadata = schema.metadata or {}
        kept = {SCHEMA_METADATA_KEY: metadata[SCHEMA_METADATA_KEY]} if SCHEMA_METADATA_KEY in metadata else None
        self.schema = pa.schema([pa.field(field.name, field.type) for field in schema], metadata=kept)
        self._hasher = ContentHasher(self.schema)
        self._file = _HashedFile(path.open("wb"))
        self._parquet = pq.ParquetWriter(pa.PythonFile(self._file, mode="w"), self.schema, **_encodings(self.schema))
        self._waiting: list[pa.RecordBatch] = []
        self._waiting_rows = 0

    @property
    def rows(self) -> int:
        """Rows so far."""
        return self._hasher.rows

    def write(self, batch: pa.RecordBatch) -> None:
        """Add a batch of the schema's columns."""
        plain = pa.RecordBatch.from_arrays(batch.columns, schema=self.schema)
        self._hasher.update(plain)
        self._waiting.append(plain)
        self._waiting_rows += plain.num_rows
        if self._waiting_rows >= ROW_GROUP_ROWS:
            self._flush(self._waiting_rows - self._waiting_rows % ROW_GROUP_ROWS)

    def close(self) -> WrittenRows:
        """Finish the file, on the disk, and say what was written."""
        self._flush(self._waiting_rows)
        self._parquet.close()
        file_hash = self._file.finish()
        return WrittenRows(self._hasher.document(), file_hash, self.rows)

    def _flush(self, rows: int) -> None:
        if rows == 0:
            return
        table = pa.Table.from_batches(self._waiting, schema=self.schema)
        self._parquet.write_table(table.slice(0, rows), row_group_size=ROW_GROUP_ROWS)
        rest = table.slice(rows)
        self._waiting = rest.to_batches()
        self._waiting_rows = rest.num_rows


def _encodings(schema: pa.Schema) -> dict[str, Any]:
    """Choose encodings by measuring: half the time and a third of the size of the defaults on ordered rows."""
    ordered = [field.name for field in schema if pa.types.is_integer(field.type) or pa.types.is_timestamp(field.type)]
    # The first column is the row id: a dictionary of values that never repeat costs much and gives nothing.
    repeated = [field.name for field in list(schema)[1:] if field.name not in ordered]
    return {
        "compression": "lz4",
        "use_dictionary": repeated if repeated else False,
        "column_encoding": dict.fromkeys(ordered, "DELTA_BINARY_PACKED"),
    }


class _HashedFile:
    """A file that is only appended to, with the hash of its bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._position = 0

    @property
    def closed(self) -> bool:
        return self._file.closed

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        written = self._file.write(data)
        self._position += written
        return written

    def tell(self) -> int:
        return self._position

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        """Leave the file open: the Parquet writer closes its sink before the bytes are on the disk."""

    def finish(self) -> str:
        with self._file:
            _sync(self._file)
        return self._digest.hexdigest()


def _check(kind: str, kinds: frozenset[str], content_hash: str | None = None) -> None:
    if kind not in kinds:
        raise ValueError(f"{kind} is none of {', '.join(sorted(kinds))}")
    if content_hash is not None and not _HASH.fullmatch(content_hash):
        raise ValueError("not a hash")


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return False


def _is_whole(folder: Path, content_hash: str) -> bool:
    """Whether stored rows are those of their manifest, to the byte."""
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        if not isinstance(manifest, dict) or manifest.get("contentHash") != content_hash:
            return False
        digest = hashlib.sha256()
        with (folder / "rows.parquet").open("rb") as file:
            while block := file.read(_READ_BYTES):
                digest.update(block)
    except (FileNotFoundError, ValueError):
        return False
    return digest.hexdigest() == manifest.get("fileHash")


def _is_aged(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > _PAYLOAD_RENEWAL_SECONDS
    except FileNotFoundError:
        return False


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _os_errors(attempt: str, root: Path) -> Iterator[None]:
    """A full disk, a missing mount, a folder without permission: another attempt can help."""
    try:
        yield
    except OSError as error:
        if (full := disk_full(error, root)) is not None:
            raise full from None
        raise TrainerError("StoreUnavailable", f"Cannot {attempt}: {error.strerror or 'I/O error'}.") from None
