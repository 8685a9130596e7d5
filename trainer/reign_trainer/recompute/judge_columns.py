"""`python -m reign_trainer.recompute.judge_columns`: evidence about two columns of predictions in a file.

Each line of standard input is a `JudgeColumns` as JSON; the answer is ``{"evidence": TEXT}`` or ``{"error": {"code", "message"}}``. The
file's rows become the predictions of a store that lives as long as this process, and are measured by the same code as a
cycle's.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from reign_trainer.base_shape import Shape
from reign_trainer.constants import EVENT_TIME, ROW_ID
from reign_trainer.errors import TrainerError
from reign_trainer.evidence.assemble import assemble, evidence_bytes
from reign_trainer.evidence.rows.read_rows import read_rows
from reign_trainer.known_row_ids import known_row_ids
from reign_trainer.labels import encode_labels
from reign_trainer.shapes import Charge, Definition, EvaluateRequest
from reign_trainer.store import open_scratch_store
from reign_trainer.stored_predictions import predictions_table, slice_columns
from reign_trainer.work.fit.trivial import trivial_predictor

from .answers import serve
from .columns_file import kind_in_file, read_columns

_MICROSECONDS = 1_000_000
_DAY = 86_400 * _MICROSECONDS
#: Where there is no time at all: some day, the same for all rows.
_SOME_DAY = 0


class JudgeColumns(Shape):
    """What to judge in which file.

    Attributes
    ----------
    file : str
    definition : Definition
        Made from the policy: names label, cluster, weight, classes; its ``source.eventTime`` counts only where
        `has_event_time`.
    primary : str
    challenger, champion : list of str
        One column, or one a class. No champion: the trivial predictor has to be beaten.
    has_event_time : bool
    charge : Charge
    """

    file: str
    definition: Definition
    primary: str
    challenger: list[str]
    champion: list[str] | None
    has_event_time: Annotated[bool, Field(alias="hasEventTime")]
    charge: Charge


def judge_columns(asked: JudgeColumns) -> bytes:
    """Measure the columns of a file.

    Returns
    -------
    bytes
        The evidence, as it would be stored. The trivial predictor knows the label's shares (or mean) of these very rows:
        those of the training are not in the file.

    Raises
    ------
    TrainerError
        ``UsageInvalid`` or ``PredictionsInvalid``, naming the column.
    """
    definition, source = asked.definition, asked.definition.source
    names = [source.label, *asked.challenger, *(asked.champion or []), *slice_columns(definition)]
    names += [source.event_time] if asked.has_event_time else []
    names += [] if source.weight is None else [source.weight]
    table = read_columns(Path(asked.file), list(dict.fromkeys(names)))
    if table.num_rows == 0:
        raise TrainerError.of("UsageInvalid", "noRows", file=asked.file)
    for name in slice_columns(definition):
        if kind_in_file(table.schema.field(name).type) == "other":
            kind = str(table.schema.field(name).type)
            raise TrainerError.of("UsageInvalid", "noSlices", file=asked.file, column=repr(name), type=kind)
    rows = _rows(asked.file, table, definition, asked.has_event_time)
    labels = encode_labels(rows.column(source.label), definition)
    known = ~np.isnan(labels)
    if not known.any():
        raise TrainerError.of("UsageInvalid", "columnEmpty", file=asked.file, column=repr(source.label))
    if definition.task == "regression" and (infinite := int(np.count_nonzero(np.isinf(labels)))):
        raise TrainerError.of(
            "UsageInvalid",
            "infinite",
            file=asked.file,
            column=repr(source.label),
            infinite=infinite,
            all=labels.size,
        )
    weights = None if source.weight is None else _weights(asked.file, table, source.weight, known)
    _check_amounts(asked.file, table, definition, known)
    window = _window(rows)
    with TemporaryDirectory(prefix="reign-gate-try-") as folder:
        store = open_scratch_store(Path(folder))
        predictions = [
            None
            if columns is None
            else store.write_rows("predictions", _predictions(asked.file, table, rows, columns, definition))
            for columns in (asked.challenger, asked.champion)
        ]
        snapshots = [
            store.write_rows("snapshots", part, {"window": window})
            for part in (rows.select([ROW_ID, EVENT_TIME]), _unseen(rows))
        ]
        contenders = [
            None
            if one is None
            else {
                "cycle": name,
                "definitionVersion": 0,
                "codeHash": None,
                "trainSnapshot": snapshots[1],
                "holdoutSnapshot": snapshots[0],
                "predictions": one,
                "unscorable": None,
            }
            for name, one in zip(("challenger", "champion"), predictions, strict=True)
        ]
        request = EvaluateRequest.model_validate(
            {
                "cycle": {
                    "id": "gate-try",
                    "model": definition.model,
                    "lineage": "try",
                    "asOf": window["to"],
                    "definitionVersion": 0,
                },
                "definition": definition,
                "primary": asked.primary,
                "window": window,
                "trivial": trivial_predictor(labels[known], weights, definition),
                "challenger": contenders[0],
                "champion": contenders[1],
                "anchor": None,
                "choseChampion": [],
                "charge": asked.charge,
                "observations": None,
                "forecast": None,
                "shuffledFit": None,
                "past": [],
                "followUp": None,
                "rehearsal": {"rows": table.num_rows, "mismatches": 0, "largestDifference": None},
                "run": None,
            }
        )
        return evidence_bytes(assemble(request, read_rows(request, store, known_row_ids)))


def _weights(file: str, table: pa.Table, name: str, known: np.ndarray) -> np.ndarray:
    """Give the weights of the rows with a label; no other row is judged."""
    weights: np.ndarray = _numbers(file, table, name)[known]
    broken = int(np.count_nonzero(~np.isfinite(weights) | (weights < 0)))
    if broken:
        raise TrainerError.of(
            "UsageInvalid", "noWeights", file=file, column=repr(name), broken=broken, all=weights.size
        )
    if not weights.any():
        raise TrainerError.of("UsageInvalid", "weightsZero", file=file, column=repr(name))
    return weights


def _check_amounts(file: str, table: pa.Table, definition: Definition, known: np.ndarray) -> None:
    """Refuse what no cost can be added up from: texts are not guessed at."""
    cost = definition.gate.cost
    amounts = [] if cost is None else [cost.false_positive, cost.false_negative, cost.true_positive, cost.true_negative]
    for name in dict.fromkeys(one for one in amounts if isinstance(one, str)):
        values = _numbers(file, table, name)[known]
        missing = int(np.count_nonzero(~np.isfinite(values)))
        if missing:
            raise TrainerError.of(
                "UsageInvalid", "noAmounts", file=file, column=repr(name), missing=missing, all=values.size
            )


def _rows(file: str, table: pa.Table, definition: Definition, has_event_time: bool) -> pa.Table:
    """Give the file's rows the ids and the times that stored predictions have."""
    times = pa.array(np.full(table.num_rows, _SOME_DAY), pa.timestamp("us"))
    if has_event_time:
        name = definition.source.event_time
        times = table.column(name)
        if kind_in_file(times.type) != "time":
            raise TrainerError.of("UsageInvalid", "noTimes", file=file, column=repr(name), type=str(times.type))
        if times.null_count:
            raise TrainerError.of("UsageInvalid", "timesMissing", file=file, column=repr(name), rows=times.null_count)
    kept = {name: table.column(name) for name in table.column_names}
    return pa.table({ROW_ID: pa.array(np.arange(table.num_rows)), EVENT_TIME: times, **kept})


def _unseen(rows: pa.Table) -> pa.Table:
    """Give an empty training snapshot: which rows the models were fitted on is not known here."""
    return rows.select([ROW_ID, EVENT_TIME]).slice(0, 0)


def _window(rows: pa.Table) -> dict[str, str]:
    """Give the days of the event times."""
    bounds = pc.min_max(rows.column(EVENT_TIME).cast(pa.int64())).as_py()
    start = bounds["min"] // _DAY * _DAY
    end = (bounds["max"] // _DAY + 1) * _DAY
    return {name: f"{np.datetime64(at // _MICROSECONDS, 's')}Z" for name, at in (("from", start), ("to", end))}


def _predictions(file: str, table: pa.Table, rows: pa.Table, columns: list[str], definition: Definition) -> pa.Table:
    scores = np.column_stack([_numbers(file, table, name) for name in columns])
    for at, name in enumerate(columns):
        _check(file, scores[:, at], name, definition)
    return predictions_table(rows, scores if definition.task == "multiclass" else scores[:, 0], definition)


def _check(file: str, scores: np.ndarray, name: str, definition: Definition) -> None:
    infinite = int(np.count_nonzero(~np.isfinite(scores)))
    if infinite:
        raise TrainerError.of(
            "PredictionsInvalid", "columnInfinite", file=file, column=repr(name), infinite=infinite, all=scores.size
        )
    if definition.task != "regression" and (outside := int(np.count_nonzero((scores < 0) | (scores > 1)))):
        raise TrainerError.of(
            "PredictionsInvalid", "columnOutside", file=file, column=repr(name), outside=outside, all=scores.size
        )


def _numbers(file: str, table: pa.Table, name: str) -> np.ndarray:
    column = table.column(name)
    if kind_in_file(column.type) != "number":
        raise TrainerError.of("UsageInvalid", "noNumbers", file=file, column=repr(name), type=str(column.type))
    return np.asarray(column.fill_null(np.nan).to_numpy(), dtype=np.float64)


def _ask(line: str) -> dict[str, Any]:
    return {"evidence": judge_columns(JudgeColumns.model_validate_json(line)).decode()}


if __name__ == "__main__":
    serve(_ask)
