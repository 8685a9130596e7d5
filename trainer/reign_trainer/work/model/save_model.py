"""A fitted model as a folder in MLflow's format."""

from __future__ import annotations

import logging
import shutil
import tempfile
import warnings
from pathlib import Path

import mlflow.sklearn
from mlflow.models.model import Model

from reign_trainer.disk import disk_full
from reign_trainer.errors import TrainerError
from reign_trainer.work.model.by_value import pickle_by_value
from reign_trainer.work.model.closure import COMPLETE
from reign_trainer.work.model.fitted_model import FittedModel
from reign_trainer.work.model.requirements import requirements
from reign_trainer.work.model.signature import signature_of, synthetic_example


def save_model(fitted: FittedModel, path: Path, mlflow_model: Model | None = None) -> None:
    """Write the model, all at once.

    Parameters
    ----------
    fitted : FittedModel
    path : pathlib.Path
        A folder; one that is there is replaced.
    mlflow_model : Model, optional
        Names run and logged model.

    Raises
    ------
    TrainerError
        ``PipelineInvalid`` where something in the fitted pipeline cannot be pickled; ``StoreUnavailable``.
    """
    # MLflow's advice to prefer skops, and its remarks on NaN in examples, help nobody here.
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".saving-") as scratch:
            saved = Path(scratch) / "model"
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                pickle_by_value(fitted.code_folder)
                _save(fitted, saved, mlflow_model)
            if path.exists():
                shutil.rmtree(path)
            saved.rename(path)
    except OSError as error:
        if (full := disk_full(error, path)) is not None:
            raise full from None
        raise TrainerError.of(
            "StoreUnavailable", "failed", attempt="save the model", reason=error.strerror or "I/O error"
        ) from None


def _save(fitted: FittedModel, path: Path, mlflow_model: Model | None) -> None:
    try:
        mlflow.sklearn.save_model(
            fitted.typed,
            str(path),
            mlflow_model=mlflow_model,
            serialization_format=mlflow.sklearn.SERIALIZATION_FORMAT_CLOUDPICKLE,
            signature=signature_of(fitted.kinds, fitted.definition),
            input_example=synthetic_example(fitted.kinds),
            pip_requirements=requirements(fitted.typed),
            metadata={**((mlflow_model and mlflow_model.metadata) or {}), **COMPLETE},
            pyfunc_predict_fn="predict" if fitted.definition.label is None else "predict_proba",
        )
    except (OSError, MemoryError):
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001
        # The text of the exception is left out: it may quote what it could not write.
        raise TrainerError.of("PipelineInvalid", "notPickled", exception=type(error).__name__) from None
