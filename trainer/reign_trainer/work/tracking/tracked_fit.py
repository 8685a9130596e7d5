"""One fit in MLflow: a run and a logged model that were opened before, written into so that a retry changes nothing."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import numpy as np
from mlflow.entities import LoggedModel, LoggedModelOutput, LoggedModelStatus, Metric, Param, Run, RunTag
from mlflow.utils.validation import MAX_PARAMS_TAGS_PER_BATCH, MAX_TAG_VAL_LENGTH
from pydantic import ValidationError

from reign_trainer.errors import TrainerError
from reign_trainer.pipeline.code import unpack_code
from reign_trainer.settings import Settings
from reign_trainer.shapes import Definition, FitRequest, FitResult, TrackedRun
from reign_trainer.store import Missing, open_store
from reign_trainer.version_files import check_files
from reign_trainer.work.lend import lend_files
from reign_trainer.work.model.kept_fit import MODEL, RUN_FILES, TRAINING, Found, KeptFit
from reign_trainer.work.model.known_fit import KnownFit
from reign_trainer.work.model.other_fit import other_fit
from reign_trainer.work.model.tags import request_tags
from reign_trainer.work.model.training_measures import TrainingMeasures
from reign_trainer.work.tracking.dataset import dataset_input, dataset_of
from reign_trainer.work.tracking.pictures import draw_pictures
from reign_trainer.work.tracking.tracker_errors import artifacts_at, tracker_client, tracker_errors
from reign_trainer.work.tracking.upload_pictures import upload_pictures

#: The fit's own answer, left on the run: a second attempt gives it back where the run has ended.
_RESULT_TAG = "reign.fitResult"

Item = TypeVar("Item")


class TrackedFit:
    """The run and the logged model of one fit.

    Parameters
    ----------
    request : FitRequest
        Its run and logged model exist: RUNNING and PENDING, at first.
    settings : Settings
    """

    def __init__(self, request: FitRequest, settings: Settings) -> None:
        if request.run is None:
            raise ValueError("a fit without a run is not tracked")
        self._request = request
        self._run = request.run
        self._settings = settings
        self._store = open_store(settings.store)
        self._client = tracker_client(settings)

    def look_up(self) -> KnownFit:
        """Say what MLflow knows of it.

        Raises
        ------
        TrainerError
            ``LedgerConflict`` where the model is complete, but was fitted on other rows.
        """
        run, logged = self._run_and_model()
        if run.info.status == "FINISHED" or logged.status == LoggedModelStatus.READY:
            self._refuse_other_fit(run)
        return KnownFit(result=self._result_on(run), artifact_location=logged.artifact_location)

    def _run_and_model(self) -> tuple[Run, LoggedModel]:
        with tracker_errors("read the run"), ThreadPoolExecutor(1) as thread:
            logged = thread.submit(self._client.get_logged_model, self._run.model_id)
            return self._client.get_run(self._run.run_id), logged.result()

    def _result_on(self, run: Run) -> FitResult | None:
        told = run.data.tags.get(_RESULT_TAG)
        if told is None or run.info.status != "FINISHED":
            return None
        try:
            return FitResult.model_validate_json(told)
        except ValidationError:
            return None  # of another release of Reign

    def _refuse_other_fit(self, run: Run) -> None:
        """Refuse to call by today's rows what was fitted on others: the model is not written again.

        Another environment than today's is no reason: what it fitted stands, and says by itself where it was fitted.
        """
        was = run.data.tags.get("reign.trainSnapshot")
        if was is not None and was != self._request.train_snapshot:
            raise other_fit(self._request, was)

    def track(self) -> None:
        """Write everything, end the run as FINISHED. Again, or twice at once, changes nothing.

        Raises
        ------
        TrainerError
            ``VersionAltered`` where the kept model is not what was fitted; what tracker and store raise.
        """
        kept = KeptFit.of(self._store, self._request)
        kept.renew()
        run, logged = self._run_and_model()
        ended = self._result_on(run)
        result = kept.result()
        if ended is not None:
            if result is not None and ended.digest != result.digest:
                cycle, model = self._request.cycle.id, self._run.model_id
                raise TrainerError.of("LedgerConflict", "otherFiles", cycle=cycle, model=model)
            return
        if result is None or result.digest is None:
            raise TrainerError.of("StoreCorrupt", "missing", object=f"fits/{kept.key}")
        check_files(kept.model_files(), result.digest, f"the challenger of {self._request.cycle.id}", result.files)
        with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(3) as threads:
            # The server answers one request while the next one is made ready.
            written = [
                threads.submit(self._log_values, run, logged, kept.found(), result),
                threads.submit(self._log_model, kept, logged.artifact_location),
                threads.submit(self._log_files, kept, Path(scratch) / "files", run.info.artifact_uri),
            ]
            for one in written:
                one.result()
        with tracker_errors("end the run"):
            self._client.finalize_logged_model(self._run.model_id, LoggedModelStatus.READY)
            self._client.set_terminated(self._run.run_id, "FINISHED")

    def _log_values(self, run: Run, logged: LoggedModel, found: Found, result: FitResult) -> None:
        request, run_id, model_id = self._request, self._run.run_id, self._run.model_id
        training = dataset_of(
            request.cycle.model,
            "train",
            request.train_snapshot,
            found.rows,
            found.kinds,
            self._store.rows_uri("snapshots", request.train_snapshot),
        )
        named = {"estimator_name": found.estimator_name, "estimator_class": found.estimator_class}
        fitted_in = {"reign.environmentHash": result.environment_hash, "reign.python": result.python}
        tags = [
            RunTag(key, value[:MAX_TAG_VAL_LENGTH])
            for key, value in {**named, **request_tags(request), **fitted_in}.items()
        ]
        # It counts from when the run has ended: then everything is written.
        if len(answer := result.model_dump_json()) <= MAX_TAG_VAL_LENGTH:
            tags.append(RunTag(_RESULT_TAG, answer))
        metrics = [
            # One time and one step: the server then takes a repeated value for the same one.
            Metric(
                name,
                value,
                timestamp_of(request.cycle.as_of),
                0,
                model_id=model_id,
                dataset_name=training.name,
                dataset_digest=training.digest,
                run_id=run_id,
            )
            for name, value in found.training_metrics.items()
        ]
        with tracker_errors("log parameters and metrics"):
            # What an earlier attempt wrote stays: MLflow refuses to change a parameter.
            missing = [Param(name, value) for name, value in found.parameters.items() if name not in run.data.params]
            first, *others = [*_batches(missing)] or [[]]
            self._client.log_batch(run_id, metrics=metrics, tags=tags, params=first)
            for batch in others:
                self._client.log_batch(run_id, params=batch)
            of_model = {name: value for name, value in found.parameters.items() if name not in logged.params}
            for names in _batches(list(of_model)):
                self._client.log_model_params(model_id, {name: of_model[name] for name in names})
            self._client.log_inputs(run_id, datasets=[dataset_input(training, "train")])
            if not _has_output(run, model_id):
                self._client.log_outputs(run_id, [LoggedModelOutput(model_id, step=0)])

    def _log_files(self, kept: KeptFit, folder: Path, location: str) -> None:
        folder.mkdir()
        files = kept.files()
        if any(name.startswith(f"{RUN_FILES}/") for name in files.names()):
            lend_files(files, RUN_FILES, folder)
        if self._request.code_hash is not None:
            unpack_code(self._store, self._request.code_hash, folder / "code")
        if self._request.leaves != "pictures":
            list(draw_pictures(_measured(kept), self._request.definition, folder))
        with tracker_errors("store files of the run"):
            artifacts_at(location, self._settings).log_artifacts(str(folder))

    def _log_model(self, kept: KeptFit, location: str) -> None:
        with kept.files().as_folder(MODEL) as folder, tracker_errors("store the model"):
            artifacts_at(location, self._settings).log_artifacts(str(folder))


def log_training(run: TrackedRun, definition: Definition, settings: Settings) -> None:
    """Draw the training of a kept fit onto its run. Their names stay the same: a second time replaces the first."""
    kept = KeptFit(open_store(settings.store), run.model_id)
    # A fit that an earlier attempt brought to MLflow long ago may have left the store.
    if kept.result() is None:
        return
    upload_pictures(
        lambda: _files_of(run, settings),
        lambda folder: draw_pictures(_measured(kept), definition, folder),
        settings,
        of="training",
    )


def _files_of(run: TrackedRun, settings: Settings) -> str:
    with tracker_errors("read the run"):
        return str(tracker_client(settings).get_run(run.run_id).info.artifact_uri)


def _measured(kept: KeptFit) -> TrainingMeasures:
    """Give the labels and predictions of training rows that the fit left, for the pictures."""
    try:
        with np.load(io.BytesIO(kept.files().read(TRAINING)), allow_pickle=False) as found:
            weights = found["weights"] if found["weights"].size > 0 else None
            return TrainingMeasures({}, found["labels"], found["predictions"], weights)
    except (Missing, OSError, ValueError, KeyError, EOFError):
        raise TrainerError.of("StoreCorrupt", "unreadable", object=f"fits/{kept.key}") from None


def timestamp_of(as_of: str) -> int:
    """Give a cycle's nominal time in milliseconds: metrics carry it, so that a retry repeats it."""
    return int(datetime.fromisoformat(as_of).timestamp() * 1000)


def _has_output(run: Run, model_id: str) -> bool:
    outputs = None if run.outputs is None else run.outputs.model_outputs
    return any(output.model_id == model_id for output in outputs or [])


def _batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    for start in range(0, len(items), MAX_PARAMS_TAGS_PER_BATCH):
        yield list(items[start : start + MAX_PARAMS_TAGS_PER_BATCH])
