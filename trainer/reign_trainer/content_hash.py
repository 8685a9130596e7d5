"""The content hash of rows: over schema and values, whatever the batches, the file format and its compression.

The encoding is described in ``docs/snapshots.md``; a change of it is a new format.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable

#: The key of the schema's metadata that belongs to the content; every other key is left out of the hash.
SCHEMA_METADATA_KEY = b"reign"

_CANONICAL_NAN = np.float64("nan")


class _Digest(Protocol):
    def update(self, data: Any, /) -> None: ...

    def hexdigest(self) -> str: ...


def type_name(data_type: pa.DataType) -> str:
    """Name a column's type as it stands in the hash: ``int64``, ``double``, ``string`` or ``timestamp[us]``."""
    if data_type == pa.int64():
        return "int64"
    if data_type == pa.float64():
        return "double"
    if data_type == pa.string():
        return "string"
    if data_type == pa.timestamp("us"):
        return "timestamp[us]"
    raise TypeError(f"rows in the store hold int64, double, string and timestamp[us], not {data_type}")


class ContentHasher:
    """Hashes rows batch by batch; where one batch ends and the next begins does not matter.

    Parameters
    ----------
    schema : pyarrow.Schema
        Columns of int64, double, string and timestamp[us] (without zone). The value of its metadata key ``reign``
        belongs to the content.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self._columns = [_column_hasher(field.type) for field in schema]
        self._rows = 0

    def update(self, batch: pa.RecordBatch) -> None:
        """Add a batch of the schema's columns, in their order."""
        if batch.schema.names != self._schema.names or batch.schema.types != self._schema.types:
            raise TypeError("the batch has other columns than the schema that is hashed")
        for hasher, column in zip(self._columns, batch.columns, strict=True):
            hasher.update(column, self._rows)
        self._rows += batch.num_rows

    @property
    def rows(self) -> int:
        """Rows so far."""
        return self._rows

    def column(self, name: str) -> dict[str, str]:
        """Give what the document says of one column: its name, its type and the hashes of its rows so far."""
        at = self._schema.get_field_index(name)
        return {"name": name, "type": type_name(self._schema.field(at).type), **self._columns[at].digests()}

    def document(self) -> str:
        """Give the JSON document of the rows so far; its hash names them."""
        metadata = self._schema.metadata or {}
        declared = metadata.get(SCHEMA_METADATA_KEY)
        document = {
            "format": 1,
            "rows": self._rows,
            "schema": None if declared is None else declared.decode("utf-8"),
            "columns": [self.column(name) for name in self._schema.names],
        }
        return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def hexdigest(self) -> str:
        """Give the hash of the rows so far, as lower-case hex."""
        return hashlib.sha256(self.document().encode("utf-8")).hexdigest()


def _column_hasher(data_type: pa.DataType) -> _ColumnHasher:
    return {"int64": _Integers, "double": _Numbers, "string": _Texts, "timestamp[us]": _Integers}[
        type_name(data_type)
    ]()


class _ColumnHasher:
    """One column: the positions of its NULLs, and its values with nothing (0, '') in the place of a NULL."""

    def __init__(self) -> None:
        self._digests: dict[str, _Digest] = {"nulls": hashlib.sha256(), "values": hashlib.sha256()}

    def update(self, column: pa.Array, first_row: int) -> None:
        if column.null_count > 0:
            positions = np.flatnonzero(pc.is_null(column).to_numpy(zero_copy_only=False))
            self._add("nulls", (positions + first_row).astype("<u8"))
        self.add_values(column)

    def add_values(self, column: pa.Array) -> None:
        raise NotImplementedError

    def digests(self) -> dict[str, str]:
        return {name: digest.hexdigest() for name, digest in self._digests.items()}

    def _add(self, stream: str, values: np.ndarray) -> None:
        self._digests[stream].update(np.ascontiguousarray(values).view(np.uint8))


def _fixed_width(column: pa.Array, fill: Callable[[pa.Array], pa.Array], dtype: str) -> np.ndarray:
    """View the values of a column of 8 bytes a value, NULLs filled."""
    filled = fill(column) if column.null_count > 0 else column
    data = filled.buffers()[1]
    if data is None:
        return np.empty(0, dtype=dtype)
    return np.frombuffer(data, dtype=dtype, count=len(filled), offset=filled.offset * 8)


class _Integers(_ColumnHasher):
    """int64, and timestamps as microseconds since 1970: 8 bytes, little-endian, two's complement."""

    def add_values(self, column: pa.Array) -> None:
        if len(column) > 0:
            integers = column.view(pa.int64())
            self._add("values", _fixed_width(integers, lambda array: pc.fill_null(array, 0), "<i8"))


class _Numbers(_ColumnHasher):
    """IEEE 754 binary64: 8 bytes, little-endian, every NaN as 0x7ff8000000000000."""

    def add_values(self, column: pa.Array) -> None:
        if len(column) == 0:
            return
        values = _fixed_width(column, lambda array: pc.fill_null(array, 0.0), "<f8")
        nan = np.isnan(values)
        if nan.any():
            values = np.where(nan, _CANONICAL_NAN, values)
        self._add("values", values)


class _Texts(_ColumnHasher):
    """UTF-8: the bytes of all texts one after the other, and the length of each in bytes (4 bytes, little-endian)."""

    def __init__(self) -> None:
        super().__init__()
        self._digests["lengths"] = hashlib.sha256()

    def add_values(self, column: pa.Array) -> None:
        if len(column) == 0:
            return
        # A NULL may cover bytes in the buffer: filling it takes them out.
        filled = pc.fill_null(column, "") if column.null_count > 0 else column
        _, offsets_buffer, data = filled.buffers()
        offsets = np.frombuffer(offsets_buffer, dtype="<i4", count=len(filled) + 1, offset=filled.offset * 4)
        self._add("lengths", np.diff(offsets))
        if data is not None and offsets[-1] > offsets[0]:
            self._digests["values"].update(memoryview(data)[int(offsets[0]) : int(offsets[-1])])
