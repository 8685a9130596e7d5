"""A version as a clean process loads it."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mlflow.pyfunc
import pandas as pd
from packaging.requirements import InvalidRequirement, Requirement

from reign_trainer.children.clean_room import clean_room
from reign_trainer.environment import installed, providers
from reign_trainer.errors import TrainerError
from reign_trainer.pipeline.author_error import author_error
from reign_trainer.store import Store
from reign_trainer.work.model.closure import libraries_of
from reign_trainer.work.model.warnings import KeptWarnings


class LoadedVersion:
    """A loaded version. Valid inside of :func:`with_version` only.

    Parameters
    ----------
    model : PyFuncModel
    name : str
        For messages: ``flight-delay version 3``.
    heard : KeptWarnings
        Takes what the author's code warns of.
    store : Store
        Takes the full traceback of an exception.
    """

    def __init__(self, model: Any, name: str, heard: KeptWarnings, store: Store) -> None:
        self._model = model
        self._name = name
        self._heard = heard
        self._store = store

    @property
    def input_schema(self) -> Any:
        """The model's own signature."""
        return self._model.metadata.get_input_schema()

    @property
    def raw(self) -> Any:
        """The model behind MLflow's wrapper; None where its flavor does not give it."""
        try:
            return self._model.get_raw_model()
        except Exception:  # noqa: BLE001
            return None

    @property
    def flavors(self) -> dict[str, Any]:
        """How MLflow keeps it."""
        return dict(self._model.metadata.flavors)

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
            with self._heard.listening():
                return answer(frame)
        except MemoryError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001
            raise self._failure(error, len(frame)) from None

    def _failure(self, error: BaseException, rows: int) -> TrainerError:
        if isinstance(error, ImportError) and error.name:
            return TrainerError.of(
                "PredictionsInvalid", "moduleMissing", version=self._name, module=_library_of(error.name)
            )
        # Some fail for few rows only: a batch of one NULL has no categories.
        exception, where, detail = author_error(error, self._store)
        return TrainerError.of(
            "PredictionsInvalid",
            "raised",
            version=self._name,
            exception=exception,
            rows=f"{rows:,} row{'' if rows == 1 else 's'}",
            where=where,
            detail=detail,
        )


@contextmanager
def with_version(folder: Path, name: str, heard: KeptWarnings, store: Store) -> Iterator[LoadedVersion]:
    """Load a version where nothing of Reign or of its author's folder is; the only one of this process.

    Parameters
    ----------
    folder : pathlib.Path
        Its files, in MLflow's format.
    name : str
        For messages.
    heard : KeptWarnings
    store : Store
        Takes the full traceback of an exception.

    Raises
    ------
    TrainerError
        ``VersionUnloadable``, with the libraries that it wants in other versions than are installed.
    """
    logging.getLogger("mlflow").setLevel(logging.CRITICAL)
    if not (folder / "MLmodel").is_file():
        raise TrainerError.of("VersionUnloadable", "noModelFile", version=name)
    with tempfile.TemporaryDirectory() as empty, clean_room(Path(empty), libraries_of(folder)):
        yield LoadedVersion(_load(folder, name), name, heard, store)


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
        raise TrainerError.of(
            "VersionUnloadable",
            "cannotLoad",
            version=name,
            exception=f"{type(error).__name__}{missing}",
            libraries=wants,
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
