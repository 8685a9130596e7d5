"""The `fit` activity's work, from the snapshot to the finished run. Runs in a child process."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from reign_trainer.children.report import Report
from reign_trainer.environment import environment
from reign_trainer.errors import TrainerError
from reign_trainer.fit.attempt_lock import attempt_lock
from reign_trainer.fit.empty_columns import with_empty_columns
from reign_trainer.fit.predictions import checked_predictions
from reign_trainer.fit.seeds import seed_everything, seed_of
from reign_trainer.fit.shuffled import with_shuffled_labels
from reign_trainer.fit.training_rows import TrainingRows, read_training_rows
from reign_trainer.fit.trivial import trivial_predictor
from reign_trainer.fit.typed_model import TypedModel
from reign_trainer.pipeline import author_traceback, build_pipeline, fit_author, unpack_code
from reign_trainer.settings import Settings
from reign_trainer.shapes import Definition, ErrorDetail, FitRequest, FitResult
from reign_trainer.store import Store
from reign_trainer.tracking.fitted_model import FittedModel
from reign_trainer.tracking.save_model import save_model
from reign_trainer.tracking.tracked_fit import TrackedFit
from reign_trainer.tracking.training_measures import measure_training

#: Training metrics, pictures and the first check of the predictions need no more rows than this.
MEASURED_ROWS = 200_000


def fit(request: FitRequest, settings: Settings, report: Report) -> FitResult:
    """Fit the definition's pipeline on the training snapshot.

    A second attempt at the same request gives the first one's result where that one ended, and writes into the same
    run and logged model where it did not.

    Parameters
    ----------
    request : FitRequest
        Where ``run`` is None nothing goes to MLflow: the model is saved below ``tries`` in the store. Only there may
        ``shuffle_labels`` be asked for: a control is no version.
    settings : Settings
        Of the trainer.
    report : callable
        Told the stages: reading, fitting, measuring, logging.

    Raises
    ------
    TrainerError
        See ``schemas/errors.ts``; ``FitFailed`` for whatever the author's code raises.
    ValueError
        Shuffled labels were asked for together with a run.
    """
    if request.shuffle_labels and request.run is not None:
        raise ValueError("a fit on shuffled labels goes to no run")
    store = Store(settings.store)
    if request.run is not None:
        name = f"run-{request.run.run_id}"
    else:
        name = f"{'shuffled' if request.shuffle_labels else 'try'}-{request.cycle.id}"
    with attempt_lock(settings.store, name, report):
        tracked = None if request.run is None else TrackedFit(request, request.run, settings)
        if tracked is not None and (done := tracked.finished()) is not None:
            return done
        with tempfile.TemporaryDirectory() as scratch:
            fitted = _fitted(request, store, Path(scratch), report)
            result = FitResult(
                model_uri=str(_try_folder(settings, request)) if tracked is None else tracked.model_uri,
                rows=fitted.rows,
                trivial=fitted.trivial,
                training_metrics=fitted.training.metrics,
                environment_hash=environment().hash,
                python=environment().python,
            )
            report("logging")
            if tracked is None:
                save_model(fitted, _try_folder(settings, request))
            else:
                tracked.log(fitted, result, Path(scratch))
            return result


def _fitted(request: FitRequest, store: Store, scratch: Path, report: Report) -> FittedModel:
    definition = request.definition
    report("reading")
    rows = read_training_rows(store, request.train_snapshot, definition)
    if request.shuffle_labels:
        rows = with_shuffled_labels(rows, request.cycle.id)
    code_folder = None
    if request.code_hash is not None:
        code_folder = scratch / "code"
        unpack_code(store, request.code_hash, code_folder)
    seed = seed_of(request.train_snapshot)
    seed_everything(seed)
    author = build_pipeline(definition, code_folder, seed=seed, store=store)
    report("fitting")
    model = _fit_author(author, rows, definition, store, code_folder)
    report("measuring")
    sample = rows.sample(MEASURED_ROWS, seed)
    typed = TypedModel(model, rows.kinds)
    try:
        answer = typed.predict(sample.features) if definition.label is None else typed.predict_proba(sample.features)
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001
        failed = _author_error(error, store, code_folder, "predicting the training rows")
        raise with_empty_columns(failed, rows.features) from None
    predictions = checked_predictions(answer, len(sample), definition)
    return FittedModel(
        typed=typed,
        estimator=getattr(model, "estimator_", model),
        code_folder=code_folder,
        rows=len(rows),
        kinds=rows.kinds,
        definition=definition,
        trivial=trivial_predictor(rows.labels, rows.weights, definition),
        training=measure_training(sample.labels, predictions, sample.weights, definition),
    )


def _fit_author(author: Any, rows: TrainingRows, definition: Definition, store: Store, code_folder: Path | None) -> Any:
    try:
        return fit_author(author, rows.features, rows.labels, rows.weights, definition)
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001
        raise with_empty_columns(_author_error(error, store, code_folder, "fit"), rows.features) from None


def _author_error(error: BaseException, store: Store, code_folder: Path | None, doing: str) -> TrainerError:
    """Name class, file and line; the text, which may quote rows, goes into the store only."""
    if isinstance(error, TrainerError):
        return error
    _, full, file, line = author_traceback(error, code_folder)
    traceback = store.write_document("tracebacks", full.encode())
    where = "" if file is None else f" at {file}:{line}"
    message = f"{type(error).__name__} in {doing}{where}."
    return TrainerError("FitFailed", message, ErrorDetail(traceback=traceback, file=file, line=line))


def _try_folder(settings: Settings, request: FitRequest) -> Path:
    # The control of a cycle must not take the place of what was tried under the same id.
    return settings.store / "tries" / request.cycle.id / ("shuffled" if request.shuffle_labels else "model")
