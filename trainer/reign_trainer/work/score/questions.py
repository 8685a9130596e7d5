"""The trusted side of asking a version: what it is asked, and what becomes of its answers."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from reign_trainer.constants import ROW_ID
from reign_trainer.errors import TrainerError
from reign_trainer.frame import features_frame, json_rows
from reign_trainer.shapes import Definition, Rehearsal, ScoreResult
from reign_trainer.store import Store
from reign_trainer.stored_predictions import kept_columns, predictions_table, score_names
from reign_trainer.version_files import check_files
from reign_trainer.work.lend import hash_files, lend_files, writing
from reign_trainer.work.model.kept_fit import ANSWERS, KeptFit
from reign_trainer.work.model.kept_fit import MODEL as KEPT_MODEL
from reign_trainer.work.model.kept_fit import SAMPLE as KEPT_SAMPLE
from reign_trainer.work.model.predictions import checked_predictions, scores_of
from reign_trainer.work.model.seeds import seed_of
from reign_trainer.work.rehearse.compare import compared
from reign_trainer.work.rehearse.write_request import raw_request
from reign_trainer.work.score.asked_files import BODIES, FEATURES, MODEL, REHEARSED, SAMPLE, SAMPLED, SCORES

#: So many of the rehearsed rows are also sent one at a time, as callers do: in a frame of one row types are guessed anew.
_ALONE = 10
#: Answers of the fitted pipeline and of the loaded version that differ by more are different.
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Rehearsed:
    """Rows that are also sent as raw JSON.

    Attributes
    ----------
    positions : ndarray of shape (n,), intp
        In the snapshot.
    alone : list of int
        Which of them are sent one at a time too.
    """

    positions: np.ndarray
    alone: list[int]


@dataclass(frozen=True)
class Questions:
    """What a version is asked about one snapshot.

    Attributes
    ----------
    definition : Definition
    kept : pyarrow.Table
        What judging needs of every row, besides the scores. It stays here.
    rehearsed : Rehearsed
    """

    definition: Definition
    kept: pa.Table
    rehearsed: Rehearsed

    @classmethod
    def write(cls, store: Store, definition: Definition, snapshot: str, rehearsed_rows: int, folder: Path) -> Questions:
        """Write features and raw requests into a child's folder: no label goes there.

        Raises
        ------
        TrainerError
            ``WindowEmpty`` and what the store raises.
        """
        columns = list(dict.fromkeys([*kept_columns(definition), *definition.source.features]))
        table = store.read_rows("snapshots", snapshot, columns)
        if table.num_rows == 0:
            raise TrainerError.of("WindowEmpty", "holdout")
        features = table.select(definition.source.features)
        with writing(folder), pa.ipc.new_file(str(folder / FEATURES), features.schema) as writer:
            writer.write_table(features)
        positions = _chosen(table.num_rows, rehearsed_rows, snapshot)
        alone: list[int] = []
        if len(positions) > 0:
            frame = features_frame(features.take(pa.array(positions)), definition)
            alone = _most_missing(frame.isna().to_numpy().sum(axis=1))
            bodies = [raw_request(json_rows(frame)), *(raw_request(json_rows(frame, [at])) for at in alone)]
            with writing(folder):
                (folder / BODIES).write_text(json.dumps(bodies), encoding="utf-8")
        return cls(definition, table.select(kept_columns(definition)), Rehearsed(positions, alone))

    def keep_answers(self, folder: Path, store: Store) -> ScoreResult:
        """Check what the version answered, and store it."""
        scores = self._scores(folder)
        predictions = store.write_rows("predictions", predictions_table(self.kept, scores, self.definition))
        rehearsal = self.rehearsal(folder, scores) if len(self.rehearsed.positions) > 0 else None
        return ScoreResult(predictions=predictions, rows=self.kept.num_rows, rehearsal=rehearsal)

    def rehearsal(self, folder: Path, scores: np.ndarray) -> Rehearsal:
        """Compare the answers to raw requests with scores of all rows."""
        positions, alone = self.rehearsed.positions, self.rehearsed.alone
        answers = self._load(folder / REHEARSED, len(positions) + len(alone))
        found = scores_of(answers, self.definition).reshape(len(answers), -1)
        return compared(found, scores.reshape(len(scores), -1)[positions], alone)

    def stored_scores(self, store: Store, predictions: str) -> np.ndarray:
        """Give the scores of stored predictions of the same rows."""
        names = score_names(self.definition)
        stored = store.read_rows("predictions", predictions, [ROW_ID, *names])
        if not stored.column(ROW_ID).equals(self.kept.column(ROW_ID)):
            raise TrainerError.of("StoreCorrupt", "otherRows", object=f"predictions/{predictions}")
        return np.column_stack([stored.column(name).to_numpy() for name in names])

    def _scores(self, folder: Path) -> np.ndarray:
        return scores_of(self._load(folder / SCORES, self.kept.num_rows), self.definition)

    def _load(self, path: Path, rows: int) -> np.ndarray:
        return load_answers(path, rows, self.definition)


def lend_kept_model(kept: KeptFit, folder: Path, name: str) -> None:
    """Copy a kept fit's model, checked against its digest, and the sample of training rows into a child's folder."""
    result = kept.result()
    if result is None or result.digest is None:
        raise TrainerError.of("StoreCorrupt", "missing", object=f"fits/{kept.key}")
    kept_files = kept.files()
    files = lend_files(kept_files, KEPT_MODEL, folder / MODEL)
    check_files(files, result.digest, name, result.files)
    lend_files(kept_files, KEPT_SAMPLE, folder / SAMPLE)


def check_fetched_model(store: Store, model_uri: str, folder: Path, digest: str | None, name: str) -> None:
    """Check a downloaded model against the ledger's digest, where it has one."""
    if digest is None:
        return
    known = None
    with contextlib.suppress(TrainerError):
        # Where the fit is still in the store, it can be said which files differ.
        known = KeptFit(store, model_uri.removeprefix("models:/")).result()
    files = known.files if known is not None and known.digest == digest else None
    check_files(hash_files(folder / MODEL), digest, name, files)


def check_fitted(kept: KeptFit, folder: Path, definition: Definition, name: str) -> None:
    """Check that the loaded version answers training rows as the fitted pipeline did.

    Raises
    ------
    TrainerError
        ``FittedModelDiffers``, with how many, by how much, and what is the likely cause.
    """
    expected = np.load(io.BytesIO(kept.files().read(ANSWERS)), allow_pickle=False)
    answers = load_answers(folder / SAMPLED, len(expected), definition)
    differences = np.abs(answers - expected).reshape(len(expected), -1)
    differ = (differences > _TOLERANCE * np.maximum(1, np.abs(expected)).reshape(len(expected), -1)).any(axis=1)
    if not differ.any():
        return
    suspects = kept.found().suspects
    cause = (
        "; ".join(suspects)
        if suspects
        else (
            "a state of the process that no saved version keeps: a library's global configuration, a module's cache, a file,"
            " random numbers"
        )
    )
    raise TrainerError.of(
        "FittedModelDiffers",
        "answers",
        version=name,
        differ=int(differ.sum()),
        all=len(expected),
        largest=f"{float(differences.max()):.3g}",
        cause=cause,
    )


def load_answers(path: Path, rows: int, definition: Definition) -> np.ndarray:
    """Load what a child has answered: a plain array of numbers, checked at the door."""
    try:
        answers = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        raise TrainerError.of("ChildDied", "noAnswers") from None
    return checked_predictions(answers, rows, definition)


def _chosen(rows: int, wanted: int, snapshot: str) -> np.ndarray:
    if rows <= wanted:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed_of(snapshot)).choice(rows, size=wanted, replace=False))


def _most_missing(missing: np.ndarray) -> list[int]:
    """Choose the rows to send alone: those with most NULLs first, where guessing types goes wrong."""
    return [int(at) for at in np.argsort(-missing, kind="stable")[:_ALONE]]
