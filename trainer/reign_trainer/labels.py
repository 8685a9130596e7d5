"""Labels as numbers: which class each row has, and which one a binary score is for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from reign_trainer.errors import TrainerError
from reign_trainer.shapes import Definition


def encode_labels(
    column: pa.ChunkedArray | pa.Array | npt.NDArray[np.generic], definition: Definition, *, foreign: bool = False
) -> np.ndarray:
    """Give the index of each label's class, or the label itself for a regression.

    Parameters
    ----------
    column : pyarrow.ChunkedArray or ndarray of shape (n,)
        The label's column of a snapshot: text, or numbers (0 and 1 where the classes are booleans).
    definition : Definition
        Names the classes.
    foreign : bool
        Whether labels that are none of the classes are missing instead of an error: a version may be asked about rows
        that its definition knew nothing of.

    Returns
    -------
    ndarray of shape (n,), float64
        NaN where a row has no label: NULL, or NaN.

    Raises
    ------
    TrainerError
        ``ClassUnknown`` where labels are none of the classes: says in how many rows, not which.
    """
    values = column if isinstance(column, pa.ChunkedArray | pa.Array) else pa.array(column, from_pandas=True)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if definition.label is None:
        return _numbers(values)
    classes = definition.label.classes
    texts = isinstance(classes[0], str)
    if texts != (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        raise TrainerError.of(
            "ClassUnknown",
            "otherKind",
            label=repr(definition.source.label),
            type=str(values.type),
            classes="strings" if texts else "numbers or booleans",
        )
    if texts:
        codes = pc.index_in(values, value_set=pa.array(classes, type=values.type))
        labelled = pc.is_valid(values).to_numpy(zero_copy_only=False)
    else:
        numbers = _numbers(values)
        labelled = ~np.isnan(numbers)
        codes = pc.index_in(pa.array(numbers), value_set=pa.array([float(value) for value in classes]))
    encoded = codes.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False).copy()
    unknown = int(np.count_nonzero(np.isnan(encoded) & labelled))
    if unknown and not foreign:
        raise TrainerError.of(
            "ClassUnknown", "none", unknown=unknown, all=encoded.size, label=repr(definition.source.label)
        )
    return np.asarray(encoded)


def positive_index(definition: Definition) -> int:
    """Give the index of the class that a binary score is for: the second where none is named."""
    label = definition.label
    return 1 if label is None or label.positive is None else label.classes.index(label.positive)


def _numbers(values: pa.Array) -> np.ndarray:
    # Adding zero turns -0.0, which compares equal but is hashed apart, into 0.0.
    return np.asarray(values.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False) + 0.0)
