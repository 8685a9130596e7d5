"""The model's signature and example, from the definition's types: never from rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, Schema, TensorSpec
from mlflow.types.schema import AnyType

from reign_trainer.frame import TEXT_DTYPE
from reign_trainer.shapes import Definition

#: Not `datetime`: MLflow would hold it in nanoseconds, which end in 2262. Not `double`: MLflow refuses int64, nullable
#: integers, booleans and Decimals for it. `any` lets them through to the model's own door, which checks them.
_TYPES: dict[str, DataType | AnyType] = {
    "number": AnyType(),  # type: ignore[no-untyped-call]
    "text": DataType.string,
    "time": AnyType(),  # type: ignore[no-untyped-call]
}


def signature_of(kinds: dict[str, str], definition: Definition) -> ModelSignature:
    """Give the signature: every column optional, since any may be NULL; probabilities or numbers come out."""
    shape = (-1,) if definition.label is None else (-1, len(definition.label.classes))
    return ModelSignature(inputs=input_schema(kinds), outputs=Schema([TensorSpec(np.dtype("float64"), shape)]))


def input_schema(kinds: dict[str, str]) -> Schema:
    """Give the schema of the features."""
    return Schema([ColSpec(_TYPES[kind], name, required=False) for name, kind in kinds.items()])


def synthetic_example(kinds: dict[str, str]) -> pd.DataFrame:
    """Give one row that nobody ever had."""
    values = {
        "number": pd.Series([0.0]),
        "text": pd.Series(["text"], dtype=TEXT_DTYPE),
        "time": pd.Series(np.array(["2000-01-01T00:00:00"], dtype="datetime64[us]")),
    }
    return pd.DataFrame({name: values[kind] for name, kind in kinds.items()})
