"""The `rehearse` activity's work. Runs in a child process."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from reign_trainer.children.report import Report
from reign_trainer.errors import TrainerError
from reign_trainer.fit.predictions import checked_predictions, scores_of
from reign_trainer.fit.seeds import seed_of
from reign_trainer.frame import features_frame, json_rows
from reign_trainer.rehearse.raw_request import raw_request, read_request
from reign_trainer.score.loaded_version import LoadedVersion, with_version
from reign_trainer.score.predictions_table import score_names
from reign_trainer.settings import Settings
from reign_trainer.shapes import Definition, Rehearsal, RehearseRequest
from reign_trainer.store import Store

#: Answers that differ by more are different answers, relatively where they are larger than 1. Batches of another size
#: may round differently in the last bit.
_TOLERANCE = 1e-12
#: So many of the rows are also sent one at a time, as callers do: in a frame of one row types are guessed anew.
_ALONE = 10


def rehearse(request: RehearseRequest, settings: Settings, report: Report) -> Rehearsal:
    """Send holdout rows as raw JSON through the version and compare with its stored predictions.

    Parameters
    ----------
    request : RehearseRequest
        ``rows`` of the snapshot are chosen by its hash; all where it has fewer.
    settings : Settings
    report : callable
        Told the stages: reading, loading, predicting.

    Returns
    -------
    Rehearsal
        A row is a mismatch where any of its scores differs. ``largestDifference`` is None without rows.

    Raises
    ------
    TrainerError
        As ``score`` does; ``StoreCorrupt`` where predictions and snapshot do not belong together.
    """
    store, definition = Store(settings.store), request.definition
    report("reading")
    table = store.read_rows("snapshots", request.snapshot, ["reign_row_id", *definition.source.features])
    names = score_names(definition)
    stored = store.read_rows("predictions", request.predictions, ["reign_row_id", *names])
    if not stored.column("reign_row_id").equals(table.column("reign_row_id")):
        raise TrainerError("StoreCorrupt", "The stored predictions are not of this snapshot's rows.")
    chosen = _chosen(table.num_rows, request.rows, request.snapshot)
    if len(chosen) == 0:
        return Rehearsal(rows=0, mismatches=0, largest_difference=None)
    frame = features_frame(table.take(pa.array(chosen)), definition)
    expected = np.column_stack([stored.column(name).to_numpy()[chosen] for name in names])
    alone = _most_missing(frame.isna().to_numpy().sum(axis=1))
    bodies = [raw_request(json_rows(frame)), *(raw_request(json_rows(frame, [at])) for at in alone)]
    report("loading")
    with with_version(request.model_uri, request.name, settings) as version:
        report("predicting")
        answers = [_answer(version, body, definition) for body in bodies]
    differences = np.abs(answers[0] - expected)
    for at, answer in zip(alone, answers[1:], strict=True):
        differences[at] = np.maximum(differences[at], np.abs(answer[0] - expected[at]))
    return Rehearsal(
        rows=len(chosen),
        mismatches=count_mismatches(differences, expected),
        largest_difference=float(differences.max()),
    )


def count_mismatches(differences: np.ndarray, expected: np.ndarray) -> int:
    """Count the rows in which a score differs by more than rounding does.

    Parameters
    ----------
    differences, expected : ndarray of shape (n, scores)
        How far the answers are from what was expected, and that.
    """
    differ = differences > _TOLERANCE * np.maximum(1, np.abs(expected))
    return int(np.count_nonzero(differ.any(axis=1)))


def _chosen(rows: int, wanted: int, snapshot: str) -> np.ndarray:
    if rows <= wanted:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed_of(snapshot)).choice(rows, size=wanted, replace=False))


def _most_missing(missing: np.ndarray) -> list[int]:
    """Choose the rows to send alone: those with most NULLs first, where guessing types goes wrong."""
    return [int(at) for at in np.argsort(-missing, kind="stable")[:_ALONE]]


def _answer(version: LoadedVersion, body: str, definition: Definition) -> np.ndarray:
    frame = read_request(body, version.input_schema)
    scores = scores_of(checked_predictions(version.predict(frame), len(frame), definition), definition)
    return scores.reshape(len(frame), -1)
