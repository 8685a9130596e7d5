"""A version as a clean process loads it."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mlflow.artifacts
import mlflow.pyfunc
import pandas as pd
from packaging.requirements import InvalidRequirement, Requirement

from reign_trainer.children.clean_room import clean_room
from reign_trainer.environment import installed, providers
from reign_trainer.errors import TrainerError
from reign_trainer.settings import Settings
from reign_trainer.tracking.closure import libraries_of
from reign_trainer.tracking.tracker_errors import tracker_errors, tracking_uri


class LoadedVersion:
    """A loaded version. Valid inside of :func:`with_version` only.

    Parameters
    ----------
    model : PyFuncModel
    name : str
        For messages: ``flight-delay version 3``.
    """

    def __init__(self, model: Any, name: str) -> None:
        self._model = model
        self._name = name

    @property
    def input_schema(self) -> Any:
        """The model's own signature."""
        return self._model.metadata.get_input_schema()

    def predict(self, frame: pd.DataFrame) -> Any:
        """Ask it, as MLflow's scoring server would: through the signature.

        Raises
        ------
        TrainerError
            ``PredictionsInvalid``; names the exception's class, never its text.
        """
        return self._ask(self._model.predict, frame)

    def score(self, frame: pd.DataFrame) -> Any:
        """Ask the model behind the signature: the same answers, for a frame whose types are those of the signature.

        MLflow looks at every single value of a time column, a second for 200,000 rows. That both ways answer alike is
        what the rehearsal checks.

        Raises
        ------
        TrainerError
            As `predict`.
        """
        function = self._model.metadata.flavors["python_function"].get("predict_fn", "predict")
        return self._ask(getattr(self._model.get_raw_model(), function), frame)

    def _ask(self, answer: Callable[[pd.DataFrame], Any], frame: pd.DataFrame) -> Any:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return answer(frame)
        except MemoryError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001
            raise TrainerError("PredictionsInvalid", self._failure(error)) from None

    def _failure(self, error: BaseException) -> str:
        if isinstance(error, ImportError) and error.name:
            return (
                f"{self._name} needs {_library_of(error.name)} when it predicts, and does not bring it along:"
                " import it at the top of the file, so that it belongs to the version."
            )
        return f"{self._name} raises {type(error).__name__} when it is asked for predictions."


@contextmanager
def with_version(model_uri: str, name: str, settings: Settings) -> Iterator[LoadedVersion]:
    """Load a version where nothing of Reign or of its author's folder is; the only one of this process.

    Parameters
    ----------
    model_uri : str
        ``models:/m-...``, downloaded through MLflow, or a folder.
    name : str
        For messages.
    settings : Settings

    Raises
    ------
    TrainerError
        ``VersionUnloadable``, with the libraries that it wants in other versions than are installed;
        ``TrackerUnavailable``, ``TrackerRefused``.
    """
    logging.getLogger("mlflow").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as scratch:
        folder = _fetch(model_uri, Path(scratch) / "version", settings)
        empty = Path(scratch) / "empty"
        empty.mkdir()
        with clean_room(empty, libraries_of(folder)):
            yield LoadedVersion(_load(folder, name), name)


def _fetch(model_uri: str, target: Path, settings: Settings) -> Path:
    if ":" not in model_uri:
        if not (Path(model_uri) / "MLmodel").is_file():
            raise TrainerError("VersionUnloadable", "The model's folder is not there any more.")
        return Path(model_uri)
    target.mkdir()
    with tracker_errors("give the model's files"):
        path = mlflow.artifacts.download_artifacts(
            artifact_uri=model_uri, dst_path=str(target), tracking_uri=tracking_uri(settings)
        )
    return Path(path)


def _load(folder: Path, name: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return mlflow.pyfunc.load_model(str(folder))
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001
        # The name of a missing module is what a reader needs, and no row's value.
        missing = f" ({_library_of(error.name)})" if isinstance(error, ImportError) and error.name else ""
        wants = "; ".join(_differences(folder)) or "the installed libraries are those that it wants"
        raise TrainerError(
            "VersionUnloadable", f"{name} cannot be loaded: {type(error).__name__}{missing}; {wants}."
        ) from None


def _library_of(module: str) -> str:
    """Name a module, and the library that brings it where one is installed."""
    libraries = providers().get(module.partition(".")[0], ())
    return f"the module {module}" + (f" of {' or '.join(sorted(set(libraries)))}" if libraries else "")


def _differences(folder: Path) -> list[str]:
    """Name every library that the version wants in another version than is installed."""
    try:
        lines = (folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            requirement = Requirement(line.strip())
        except InvalidRequirement:
            continue
        here = installed(requirement.name)
        if here is None:
            found.append(f"it wants {requirement}, which is not installed")
        elif not requirement.specifier.contains(here, prereleases=True):
            found.append(f"it wants {requirement}, installed is {here}")
    return found
