"""A Parquet or CSV file of predictions as a table of the types that the store knows."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from reign_trainer.errors import TrainerError

_TIME = pa.timestamp("us")


def read_columns(path: Path, names: list[str] | None = None) -> pa.Table:
    """Read a file.

    Parameters
    ----------
    path : pathlib.Path
        Named ``.csv`` (or ``.csv.gz``), or a Parquet file.
    names : list of str, optional
        Only these columns.

    Returns
    -------
    pyarrow.Table
        Columns of double (numbers and booleans), string and timestamp[us] in UTC; of others the type stays.

    Raises
    ------
    TrainerError
        ``UsageInvalid``: no such file, neither Parquet nor CSV, a column twice or missing.
    """
    try:
        table = _read(path, names)
    except (FileNotFoundError, IsADirectoryError, PermissionError, OSError) as error:
        raise TrainerError.of(
            "UsageInvalid", "unreadable", file=str(path), reason=error.strerror or "no such file"
        ) from None
    except pa.ArrowException:
        kind = "CSV" if _is_csv(path) else "Parquet (or CSV, where its name ends in .csv)"
        raise TrainerError.of("UsageInvalid", "otherFormat", file=str(path), format=kind) from None
    twice = sorted({name for name in table.column_names if table.column_names.count(name) > 1})
    if twice:
        raise TrainerError.of("UsageInvalid", "columnTwice", file=str(path), column=repr(twice[0]))
    return pa.table({name: _plain(table.column(name)) for name in table.column_names})


def kind_in_file(data_type: pa.DataType) -> str:
    """Give ``number``, ``text``, ``time``, or ``other`` for a type that cannot be judged by."""
    if data_type == pa.float64():
        return "number"
    if data_type == pa.string():
        return "text"
    return "time" if data_type == _TIME else "other"


def _is_csv(path: Path) -> bool:
    return path.name.lower().endswith((".csv", ".csv.gz"))


def _read(path: Path, names: list[str] | None) -> pa.Table:
    if not _is_csv(path):
        return pq.read_table(path, columns=names, partitioning=None)
    options = pyarrow.csv.ConvertOptions(include_columns=names, strings_can_be_null=True)
    return pyarrow.csv.read_csv(path, convert_options=options)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = kind.value_type
    if pa.types.is_boolean(kind):
        return column.cast(pa.int8()).cast(pa.float64())
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_null(kind):
        return pc.cast(column, pa.float64(), safe=False)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return column.cast(pa.string())
    if pa.types.is_timestamp(kind):
        # A time with a zone is an instant, which Arrow keeps in UTC whatever the zone's name.
        return pc.cast(column, pa.timestamp("us", kind.tz), safe=False).cast(_TIME)
    return column.cast(_TIME) if pa.types.is_date(kind) else column
