"""One hash over the judged row ids, so that anyone can tell whether two judgements are about the same rows."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def row_hash(ids: pa.Array) -> str:
    """Hash row ids in their order.

    SHA-256 over, with whole numbers as 8 bytes, little-endian, signed:

    - integers: ``reign-rows-1\\nint64\\n``, the number of rows, every id;
    - texts: ``reign-rows-1\\ntext\\n``, the number of rows, the length of every id in bytes, then the UTF-8 bytes of
      all ids without anything between them.

    Parameters
    ----------
    ids : pyarrow.Array of int64 or string
        Without NULLs.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    digest = hashlib.sha256(b"reign-rows-1\n")
    integers = pa.types.is_integer(ids.type)
    digest.update(b"int64\n" if integers else b"text\n")
    digest.update(np.array(len(ids), dtype="<i8").tobytes())
    if integers:
        digest.update(_whole(ids))
    else:
        texts = ids.cast(pa.large_binary())
        digest.update(_whole(pc.binary_length(texts)))
        digest.update(b"".join(texts.to_pylist()))
    return digest.hexdigest()


def _whole(numbers: pa.Array) -> bytes:
    return np.asarray(numbers.cast(pa.int64()).to_numpy(zero_copy_only=False)).astype("<i8").tobytes()
