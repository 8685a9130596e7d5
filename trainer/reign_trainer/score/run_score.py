"""The `score` activity's work. Runs in a child process."""

from __future__ import annotations

import numpy as np

from reign_trainer.children.report import Report
from reign_trainer.errors import TrainerError
from reign_trainer.fit.predictions import checked_predictions, scores_of
from reign_trainer.frame import features_frame
from reign_trainer.score.loaded_version import with_version
from reign_trainer.score.predictions_table import kept_columns, predictions_table
from reign_trainer.settings import Settings
from reign_trainer.shapes import ScoreRequest, ScoreResult
from reign_trainer.store import Store

#: Rows asked about at once: bounds the memory of the pipeline's intermediate results.
_BATCH_ROWS = 250_000


def score(request: ScoreRequest, settings: Settings, report: Report) -> ScoreResult:
    """Score every row of a snapshot and store the predictions.

    Parameters
    ----------
    request : ScoreRequest
    settings : Settings
    report : callable
        Told the stages: reading, loading, predicting, storing.

    Raises
    ------
    TrainerError
        ``VersionUnloadable``, ``PredictionsInvalid``, ``WindowEmpty``, ``ClassUnknown`` and what store and tracker
        raise.
    """
    store, definition = Store(settings.store), request.definition
    report("reading")
    columns = list(dict.fromkeys([*kept_columns(definition), *definition.source.features]))
    table = store.read_rows("snapshots", request.snapshot, columns)
    if table.num_rows == 0:
        raise TrainerError("WindowEmpty", "The holdout window holds no rows.")
    frame = features_frame(table, definition)
    kept = table.select(kept_columns(definition))
    del table
    report("loading")
    with with_version(request.model_uri, request.name, settings) as version:
        report("predicting")
        parts = [
            checked_predictions(version.score(part), len(part), definition)
            for start in range(0, len(frame), _BATCH_ROWS)
            for part in [frame.iloc[start : start + _BATCH_ROWS]]
        ]
    report("storing")
    scores = scores_of(np.concatenate(parts), definition)
    predictions = store.write_rows("predictions", predictions_table(kept, scores, definition))
    return ScoreResult(predictions=predictions, rows=len(frame))
