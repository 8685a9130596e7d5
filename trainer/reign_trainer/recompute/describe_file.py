"""`python -m reign_trainer.recompute.describe_file`: what is in a file of predictions.

Each line of standard input is ``{"file": PATH, "label": NAME}``. The answer is
``{"rows", "columns": [{"name", "kind", "boolean"}], "label": null | {"distinct": [...] | null, "missing"}}``: ``label`` is
null where there is no such column, ``distinct`` where it has more than 200 values.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .answers import serve
from .columns_file import kind_in_file, read_columns

#: As many classes as a definition may have.
_MOST_CLASSES = 200


def describe_file(path: Path, label: str) -> dict[str, Any]:
    """Say which columns a file has, and what values its label takes.

    Parameters
    ----------
    path : pathlib.Path
    label : str

    Returns
    -------
    dict
        As the module says. Values of the label are classes, which a policy names as well; no other value is told.
    """
    table = read_columns(path)
    booleans = _booleans(path)
    columns = [
        {"name": name, "kind": kind_in_file(table.schema.field(name).type), "boolean": name in booleans}
        for name in table.column_names
    ]
    found = _label(table.column(label)) if label in table.column_names else None
    return {"rows": table.num_rows, "columns": columns, "label": found}


def _label(column: pa.ChunkedArray) -> dict[str, Any]:
    kind = kind_in_file(column.type)
    if kind == "other" or kind == "time":
        return {"distinct": None, "missing": column.null_count}
    values = column.combine_chunks()
    if kind == "number":
        numbers = values.fill_null(np.nan).to_numpy(zero_copy_only=False)
        values = pa.array(numbers[~np.isnan(numbers)] + 0.0)
    missing = len(column) - len(values.drop_null())
    distinct = sorted(pc.unique(values.drop_null()).to_pylist())
    finite = kind == "text" or bool(np.isfinite(np.asarray(distinct, dtype=float)).all())
    return {"distinct": distinct if finite and len(distinct) <= _MOST_CLASSES else None, "missing": missing}


def _booleans(path: Path) -> set[str]:
    """Name the columns that hold true and false, which a table of numbers no longer tells."""
    if path.name.lower().endswith((".csv", ".csv.gz")):
        schema = pa.csv.read_csv(path).schema
    else:
        schema = pq.read_schema(path)
    return {field.name for field in schema if pa.types.is_boolean(field.type)}


def _ask(line: str) -> dict[str, Any]:
    asked = json.loads(line)
    return describe_file(Path(asked["file"]), asked["label"])


if __name__ == "__main__":
    serve(_ask)
