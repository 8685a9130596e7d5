"""One version, loaded once, and all that it is asked. Runs in a child that has its files, features, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import BaseModel

from reign_trainer.children.report import Report
from reign_trainer.frame import series
from reign_trainer.shapes import Definition
from reign_trainer.work.lend import lent_store
from reign_trainer.work.model.predictions import checked_predictions
from reign_trainer.work.model.warnings import KeptWarnings
from reign_trainer.work.rehearse.raw_request import read_request
from reign_trainer.work.score.answered import Answered
from reign_trainer.work.score.asked_files import BODIES, FEATURES, MODEL, REHEARSED, SAMPLE, SAMPLED, SCORES
from reign_trainer.work.score.from_outside import VersionFromOutside, ask_for_probabilities
from reign_trainer.work.score.loaded_version import with_version

#: Rows asked about at once: bounds the memory of the pipeline's intermediate results.
_BATCH_ROWS = 250_000


class AnswerTask(BaseModel):
    """What is asked of a version.

    Attributes
    ----------
    name : str
        For messages.
    definition : Definition
        Its own.
    from_outside : bool
        It was fitted outside of Reign.
    """

    name: str
    definition: Definition
    from_outside: bool = False


def answer(request: AnswerTask, folder: Path, report: Report) -> Answered:
    """Let a version answer whatever of features, raw requests and training rows lies in the folder.

    Parameters
    ----------
    request : AnswerTask
    folder : pathlib.Path
        Gets the answers, as plain arrays.
    report : callable
        Told the stages: loading, predicting, rehearsing.

    Raises
    ------
    TrainerError
        ``VersionUnloadable``, ``PredictionsInvalid``.
    """
    definition = request.definition
    features, sample = (_frame(folder / name) for name in (FEATURES, SAMPLE))
    bodies: list[str] = json.loads((folder / BODIES).read_bytes()) if (folder / BODIES).exists() else []
    report("loading")
    heard = KeptWarnings("predict")
    if request.from_outside:
        ask_for_probabilities(folder / MODEL, definition)
    with with_version(folder / MODEL, request.name, heard, lent_store(folder)) as loaded:
        version = VersionFromOutside(loaded, request.name, definition) if request.from_outside else loaded
        report("predicting")
        if features is not None:
            parts = [
                checked_predictions(version.score(part), len(part), definition)
                for start in range(0, len(features), _BATCH_ROWS)
                for part in [features.iloc[start : start + _BATCH_ROWS]]
            ]
            np.save(folder / SCORES, np.concatenate(parts))
        if sample is not None:
            np.save(folder / SAMPLED, checked_predictions(version.score(sample), len(sample), definition))
        if bodies:
            report("rehearsing")
            frames = [read_request(body, version.input_schema) for body in bodies]
            rehearsed = [checked_predictions(version.predict(frame), len(frame), definition) for frame in frames]
            np.save(folder / REHEARSED, np.concatenate(rehearsed))
    return Answered(warnings=heard.found)


def _frame(path: Path) -> pd.DataFrame | None:
    if not path.exists():
        return None
    with pa.memory_map(str(path)) as file:
        table = pa.ipc.open_file(file).read_all()
    return pd.DataFrame({name: series(table.column(name)) for name in table.column_names}, columns=table.column_names)
