"""The version that reigns."""

from __future__ import annotations

import tempfile
from pathlib import Path

import mlflow
from mlflow.pyfunc import PyFuncModel, load_model
from mlflow.store.artifact.models_artifact_repo import REGISTERED_MODEL_META_FILE_NAME
from reign_trainer.errors import TrainerError
from reign_trainer.version_files import check_files
from reign_trainer.work.lend import hash_files

from reign.command import ReignError, ask


def champion(model: str) -> PyFuncModel:
    """Load the champion of a model, as the ledger names it, after its files were checked against the ledger's digest.

    Parameters
    ----------
    model : str

    Returns
    -------
    mlflow.pyfunc.PyFuncModel
        Of a classifier that Reign fitted, ``predict`` gives probabilities in the order of the definition's classes. A
        version that was fitted outside answers as it was logged.

    Raises
    ------
    ReignError
        Where nobody reigns, and ``VersionAltered`` where its files are not those that were judged.

    Notes
    -----
    The model is loaded into this process. Python may mix up the modules of two versions in one process: load another
    one in another process.

    Examples
    --------
    >>> reign.champion("flight-delay").predict(holdout.X)
    """
    answer = ask("champion", model)
    with tempfile.TemporaryDirectory(prefix="reign-champion-") as name:
        folder = Path(name, "model")
        folder.mkdir()
        mlflow.artifacts.download_artifacts(artifact_uri=answer["modelUri"], dst_path=str(folder))
        # MLflow's client adds this file to what it downloads.
        (folder / REGISTERED_MODEL_META_FILE_NAME).unlink(missing_ok=True)
        if answer["digest"] is not None:
            try:
                check_files(hash_files(folder), answer["digest"], f"{model} version {answer['version']}")
            except TrainerError as error:
                raise ReignError(error.code, error.message) from None
        return load_model(str(folder))
