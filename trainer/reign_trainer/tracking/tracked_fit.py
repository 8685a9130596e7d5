"""One fit in MLflow: a run and a logged model that were opened before, written into so that a retry changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from mlflow.entities import LoggedModelOutput, LoggedModelStatus, Metric, Param, Run, RunTag
from mlflow.models.model import Model
from mlflow.utils.validation import MAX_PARAMS_TAGS_PER_BATCH, MAX_TAG_VAL_LENGTH
from pydantic import ValidationError

from reign_trainer.errors import TrainerError
from reign_trainer.settings import Settings
from reign_trainer.shapes import FitRequest, FitResult, TrackedRun
from reign_trainer.tracking.dataset import dataset_input, dataset_of
from reign_trainer.tracking.estimator_page import estimator_page
from reign_trainer.tracking.fitted_model import FittedModel
from reign_trainer.tracking.parameters import parameters_of
from reign_trainer.tracking.pictures import draw_pictures
from reign_trainer.tracking.save_model import save_model
from reign_trainer.tracking.tags import tags_of
from reign_trainer.tracking.tracker_errors import tracker_client, tracker_errors

#: The fit's own answer, left on the run at the very end: a second attempt gives it back.
_RESULT_TAG = "reign.fitResult"

Item = TypeVar("Item")


class TrackedFit:
    """The run and the logged model of one fit.

    Parameters
    ----------
    request : FitRequest
    run : TrackedRun
        Both exist: the run is RUNNING, the logged model PENDING, at first.
    settings : Settings
    """

    def __init__(self, request: FitRequest, run: TrackedRun, settings: Settings) -> None:
        self._request = request
        self._run = run
        self._settings = settings
        self._client = tracker_client(settings)

    @property
    def model_uri(self) -> str:
        """What ``mlflow.pyfunc.load_model`` takes."""
        return f"models:/{self._run.model_id}"

    def finished(self) -> FitResult | None:
        """Give the result of an attempt that reached its end; None where there is none.

        Asks the server before anything is fitted: one that does not answer is better found now than after the fit.

        Raises
        ------
        TrainerError
            ``LedgerConflict`` where the model is complete, but was fitted on other rows.
        """
        with tracker_errors("read the run"):
            run = self._client.get_run(self._run.run_id)
            logged = self._client.get_logged_model(self._run.model_id)
        if run.info.status == "FINISHED" or logged.status == LoggedModelStatus.READY:
            self._refuse_other_fit(run)
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
        was, now = run.data.tags.get("reign.trainSnapshot"), self._request.train_snapshot
        if was is not None and was != now:
            raise TrainerError(
                "LedgerConflict",
                f"The model of {self._request.cycle.id} was fitted with another training snapshot ({was[:12]}, now"
                f" {now[:12]}); apply a new definition version or choose another asOf.",
            )

    def log(self, fitted: FittedModel, result: FitResult, scratch: Path) -> None:
        """Write everything, end the run as FINISHED.

        Parameters
        ----------
        fitted : FittedModel
        result : FitResult
            Kept on the run for a later attempt.
        scratch : pathlib.Path
            A folder for what is uploaded.
        """
        self._log_values(fitted)
        self._log_files(fitted, scratch / "artifacts")
        self._log_model(fitted, scratch / "model")
        self._end(result)

    def _log_values(self, fitted: FittedModel) -> None:
        request, run_id, model_id = self._request, self._run.run_id, self._run.model_id
        parameters = parameters_of(fitted.estimator)
        training = dataset_of(
            request.cycle.model,
            "train",
            request.train_snapshot,
            fitted.rows,
            fitted.kinds,
            self._settings.store,
        )
        with tracker_errors("log parameters and metrics"):
            run = self._client.get_run(run_id)
            logged = self._client.get_logged_model(model_id)
            # What an earlier attempt wrote stays: MLflow refuses to change a parameter.
            missing = {name: value for name, value in parameters.items() if name not in run.data.params}
            for batch in _batches([Param(name, value) for name, value in missing.items()]):
                self._client.log_batch(run_id, params=batch)
            of_model = {name: value for name, value in parameters.items() if name not in logged.params}
            for names in _batches(list(of_model)):
                self._client.log_model_params(model_id, {name: of_model[name] for name in names})
            tags = [
                RunTag(key, value[:MAX_TAG_VAL_LENGTH]) for key, value in tags_of(request, fitted.estimator).items()
            ]
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
                for name, value in fitted.training.metrics.items()
            ]
            self._client.log_batch(run_id, metrics=metrics, tags=tags)
            self._client.log_inputs(run_id, datasets=[dataset_input(training, "train")])
            if not _has_output(run, model_id):
                self._client.log_outputs(run_id, [LoggedModelOutput(model_id, step=0)])

    def _log_files(self, fitted: FittedModel, folder: Path) -> None:
        folder.mkdir()
        (folder / "estimator.html").write_text(estimator_page(fitted.estimator), encoding="utf-8")
        draw_pictures(fitted.training, fitted.definition, folder)
        if fitted.code_folder is not None:
            shutil.copytree(fitted.code_folder, folder / "code", ignore=shutil.ignore_patterns("__pycache__"))
        with tracker_errors("store files of the run"):
            self._client.log_artifacts(self._run.run_id, str(folder))

    def _log_model(self, fitted: FittedModel, folder: Path) -> None:
        run_id, model_id = self._run.run_id, self._run.model_id
        with tracker_errors("read the logged model"):
            logged = self._client.get_logged_model(model_id)
        if logged.status == LoggedModelStatus.READY:
            return  # complete, and somebody may be reading it
        described = Model(
            artifact_path=logged.artifact_location,
            model_uuid=model_id,
            run_id=run_id,
            model_id=model_id,
            metadata={"reign": tags_of(self._request, fitted.estimator)},
        )
        save_model(fitted, folder, described)
        with tracker_errors("store the model"):
            self._client.log_model_artifacts(model_id, str(folder))
            self._client.finalize_logged_model(model_id, LoggedModelStatus.READY)

    def _end(self, result: FitResult) -> None:
        text = result.model_dump_json()
        with tracker_errors("end the run"):
            if len(text) <= MAX_TAG_VAL_LENGTH:
                self._client.set_tag(self._run.run_id, _RESULT_TAG, text)
            self._client.set_terminated(self._run.run_id, "FINISHED")


def timestamp_of(as_of: str) -> int:
    """Give a cycle's nominal time in milliseconds: metrics carry it, so that a retry repeats it."""
    return int(datetime.fromisoformat(as_of).timestamp() * 1000)


def _has_output(run: Run, model_id: str) -> bool:
    outputs = None if run.outputs is None else run.outputs.model_outputs
    return any(output.model_id == model_id for output in outputs or [])


def _batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    for start in range(0, len(items), MAX_PARAMS_TAGS_PER_BATCH):
        yield list(items[start : start + MAX_PARAMS_TAGS_PER_BATCH])
