"""The fit itself, from the rows to the saved model. Runs in a child that has its training rows and nothing else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import sklearn
from mlflow.models.model import Model
from pydantic import BaseModel

from reign_trainer.children.report import Report
from reign_trainer.disk import disk_full
from reign_trainer.errors import TrainerError
from reign_trainer.pipeline import build_pipeline, fit_author, unpack_code
from reign_trainer.pipeline.author_error import author_error
from reign_trainer.shapes import CodeWarning, Definition, FitRequest
from reign_trainer.store import Store
from reign_trainer.work.fit.empty_columns import empty_columns, first_names
from reign_trainer.work.fit.shuffled import with_shuffled_labels
from reign_trainer.work.fit.training_rows import TrainingRows, read_training_rows
from reign_trainer.work.fit.trivial import trivial_predictor
from reign_trainer.work.lend import lent_store
from reign_trainer.work.model.estimator_page import estimator_page
from reign_trainer.work.model.fitted_model import FittedModel
from reign_trainer.work.model.kept_fit import ANSWERS, MODEL, RUN_FILES, SAMPLE, TRAINING, Found
from reign_trainer.work.model.parameters import parameters_of
from reign_trainer.work.model.predictions import checked_predictions
from reign_trainer.work.model.save_model import save_model
from reign_trainer.work.model.seeds import seed_everything, seed_of
from reign_trainer.work.model.tags import tags_of
from reign_trainer.work.model.training_measures import measure_training
from reign_trainer.work.model.typed_model import TypedModel
from reign_trainer.work.model.warnings import KeptWarnings

#: Training metrics, pictures and the first check of the predictions need no more rows than this.
MEASURED_ROWS = 200_000
#: The loaded version is asked about so many training rows again.
SAMPLED_ROWS = 1000


class FitTask(BaseModel):
    """What a fit's child is asked for.

    Attributes
    ----------
    fit : FitRequest
        Training snapshot and code lie in the child's own store.
    artifact_location : str or None
        Of the logged model in MLflow, where there is one.
    """

    fit: FitRequest
    artifact_location: str | None = None


def fit(request: FitTask, folder: Path, report: Report) -> Found:
    """Fit the definition's pipeline on the training snapshot, and save it.

    Parameters
    ----------
    request : FitTask
    folder : pathlib.Path
        The child's own: its store has the inputs, and takes the traceback of an author's exception. Gets the model in
        MLflow's format, the run's files, what training rows were answered, and a sample of them with its answers.
    report : callable
        Told the stages: reading, fitting, measuring, saving.

    Raises
    ------
    TrainerError
        See ``schemas/errors.ts``; ``FitFailed`` for whatever the author's code raises.
    """
    asked, before = request.fit, _ProcessState()
    store = lent_store(folder)
    fitted, rows, warnings = _fitted(asked, store, folder, report)
    suspects = before.changes()
    report("saving")
    seed = seed_of(asked.train_snapshot)
    suspects += _keep_sample(fitted, rows.sample(SAMPLED_ROWS, seed), folder)
    run_files = folder / RUN_FILES
    run_files.mkdir()
    (run_files / "estimator.html").write_text(estimator_page(fitted.estimator), encoding="utf-8")
    measured = fitted.training
    # An empty array stands for no weights.
    weights = np.empty(0) if measured.weights is None else measured.weights
    np.savez(folder / TRAINING, labels=measured.labels, predictions=measured.predictions, weights=weights)
    save_model(fitted, folder / MODEL, _described(request, fitted))
    kind = type(fitted.estimator)
    return Found(
        rows=fitted.rows,
        trivial=fitted.trivial,
        training_metrics=measured.metrics,
        parameters=parameters_of(fitted.estimator),
        kinds=fitted.kinds,
        estimator_name=kind.__name__,
        estimator_class=f"{kind.__module__}.{kind.__name__}",
        suspects=suspects,
        warnings=warnings,
    )


def _described(request: FitTask, fitted: FittedModel) -> Model | None:
    run = request.fit.run
    if run is None:
        return None
    return Model(
        artifact_path=request.artifact_location,
        model_uuid=run.model_id,
        run_id=run.run_id,
        model_id=run.model_id,
        metadata={"reign": tags_of(request.fit, type(fitted.estimator))},
    )


def _keep_sample(fitted: FittedModel, sample: TrainingRows, folder: Path) -> list[str]:
    """Keep training rows with what the fitted pipeline answers, before it is saved: the loaded version must agree."""
    answers = [_answers(fitted.typed, sample, fitted.definition) for _ in range(2)]
    np.save(folder / ANSWERS, answers[0])
    table = pa.Table.from_pandas(sample.features, preserve_index=False)
    with pa.OSFile(str(folder / SAMPLE), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    return [] if np.array_equal(answers[0], answers[1]) else ["two calls to predict differ, so it draws random numbers"]


def _answers(typed: TypedModel, sample: TrainingRows, definition: Definition) -> np.ndarray:
    answer = typed.predict(sample.features) if definition.label is None else typed.predict_proba(sample.features)
    return checked_predictions(answer, len(sample), definition)


class _ProcessState:
    """What a pipeline's code may change outside of the pipeline, where no saved version keeps it."""

    def __init__(self) -> None:
        self._variables, self._folder = dict(os.environ), Path.cwd()

    def changes(self) -> list[str]:
        now = dict(os.environ)
        changed = sorted(name for name in {*now, *self._variables} if now.get(name) != self._variables.get(name))
        found = [f"the code sets environment variables ({', '.join(changed[:5])})"] if changed else []
        if Path.cwd() != self._folder:
            found.append("the code changes the working folder")
        elif left := self._files():
            found.append(f"the code writes files ({', '.join(left[:5])})")
        return found

    def _files(self) -> list[str]:
        ours = {"code", "store", "crash.txt"}
        return sorted(path.name for path in self._folder.iterdir() if path.name not in ours)


def _configuration(before: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the code has changed of scikit-learn's global configuration: it travels with the version."""
    return {name: value for name, value in sklearn.get_config().items() if value != before.get(name)}


def _fitted(
    request: FitRequest, store: Store, scratch: Path, report: Report
) -> tuple[FittedModel, TrainingRows, list[CodeWarning]]:
    definition = request.definition
    configuration = sklearn.get_config()
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
    heard = KeptWarnings("fit", code_folder)
    with heard.listening():
        author = build_pipeline(definition, code_folder, seed=seed, store=store)
        report("fitting")
        model = _fit_author(author, rows, definition, store, code_folder)
    report("measuring")
    sample = rows.sample(MEASURED_ROWS, seed)
    typed = TypedModel(model, rows.kinds, _configuration(configuration))
    try:
        answer = typed.predict(sample.features) if definition.label is None else typed.predict_proba(sample.features)
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001
        raise _fit_failed(error, store, code_folder, "predicting the training rows", rows) from None
    predictions = checked_predictions(answer, len(sample), definition)
    fitted = FittedModel(
        typed=typed,
        estimator=getattr(model, "estimator_", model),
        code_folder=code_folder,
        rows=len(rows),
        kinds=rows.kinds,
        definition=definition,
        trivial=trivial_predictor(rows.labels, rows.weights, definition),
        training=measure_training(sample.labels, predictions, sample.weights, definition),
    )
    return fitted, rows, heard.found


def _fit_author(author: Any, rows: TrainingRows, definition: Definition, store: Store, code_folder: Path | None) -> Any:
    try:
        return fit_author(author, rows.features, rows.labels, rows.weights, definition)
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001
        raise _fit_failed(error, store, code_folder, "fit", rows) from None


def _fit_failed(
    error: BaseException, store: Store, code_folder: Path | None, doing: str, rows: TrainingRows
) -> TrainerError:
    if isinstance(error, TrainerError):
        return error
    if (no_space := disk_full(error, Path.cwd())) is not None:
        return no_space
    exception, where, detail = author_error(error, store, code_folder)
    empty = empty_columns(rows.features)
    if not empty:
        return TrainerError.of("FitFailed", "raised", exception=exception, doing=doing, where=where, detail=detail)
    return TrainerError.of(
        "FitFailed",
        "raisedOnEmptyColumns",
        exception=exception,
        doing=doing,
        where=where,
        columns=first_names(empty),
        are="is" if len(empty) == 1 else "are",
        detail=detail,
    )
