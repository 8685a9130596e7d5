"""Whether a version from outside can be asked what a definition asks. Runs in a child that has its files, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow.types import DataType
from mlflow.types.schema import AnyType
from pydantic import BaseModel

from reign_trainer.children.report import Report
from reign_trainer.errors import TrainerError
from reign_trainer.shapes import Column, Definition
from reign_trainer.work.lend import lent_store
from reign_trainer.work.model.warnings import KeptWarnings
from reign_trainer.work.score.asked_files import MODEL
from reign_trainer.work.score.from_outside import SKLEARN, class_order, classes_of, named_inputs, shared_classes
from reign_trainer.work.score.loaded_version import LoadedVersion, with_version

#: The types of a signature that a column of each kind can be cast to.
_TYPES: dict[str, set[DataType]] = {
    "number": {DataType.double, DataType.float, DataType.long, DataType.integer, DataType.boolean},
    "text": {DataType.string},
    "time": {DataType.datetime},
}


class ExamineTask(BaseModel):
    """What is to be known about a version.

    Attributes
    ----------
    name : str
        For messages.
    definition : Definition
        By which it is to be judged.
    columns : list of Column
        What the definition's query gives.
    """

    name: str
    definition: Definition
    columns: list[Column]


def examine(request: ExamineTask, folder: Path, report: Report) -> None:
    """Load a version, and check its signature, its task and its classes.

    Raises
    ------
    TrainerError
        ``VersionUnloadable``, ``VersionUnfit``.
    """
    report("loading")
    with with_version(folder / MODEL, request.name, KeptWarnings("predict"), lent_store(folder)) as version:
        report("examining")
        _check_inputs(version, request)
        _check_task(version, request)


def _check_inputs(version: LoadedVersion, request: ExamineTask) -> None:
    source, model = request.definition.source, request.definition.model
    inputs = named_inputs(version, request.name)
    missing = [name for name, (_, required) in inputs.items() if required and name not in source.features]
    if missing:
        raise TrainerError.of(
            "VersionUnfit", "featureMissing", version=request.name, columns=", ".join(missing), model=model
        )
    kinds = {column.name: str(column.kind) for column in request.columns}
    for name, (wanted, _) in inputs.items():
        kind = kinds.get(name)
        if kind is None or name not in source.features or isinstance(wanted, AnyType) or wanted in _TYPES[kind]:
            continue
        given = {"number": "a number", "text": "a string", "time": "a time"}[kind]
        raise TrainerError.of(
            "VersionUnfit",
            "otherKind",
            version=request.name,
            column=name,
            wanted=getattr(wanted, "name", str(wanted)),
            model=model,
            given=given,
        )


def _check_task(version: LoadedVersion, request: ExamineTask) -> None:
    definition = request.definition
    raw = version.raw
    classes = classes_of(raw)
    if definition.label is None:
        if classes is not None:
            _refuse_task("a classifier", request)
        return
    if raw is None:
        # What it answers is looked at when it is scored.
        return
    if classes is None:
        if _is_estimator(raw):
            _refuse_task("a regressor", request)
        return
    if not _answers_probabilities(version, raw):
        raise TrainerError.of("VersionUnfit", "labels", version=request.name)
    if class_order(classes, definition) is None:
        raise TrainerError.of(
            "VersionUnfit",
            "otherClasses",
            version=request.name,
            found=len(classes),
            shared=shared_classes(classes, definition),
            classes=len(definition.label.classes),
            model=definition.model,
            named=_listed(definition.label.classes),
        )


def _answers_probabilities(version: LoadedVersion, raw: Any) -> bool:
    function = version.flavors["python_function"].get("predict_fn", "predict")
    return function == "predict_proba" or (SKLEARN in version.flavors and hasattr(raw, "predict_proba"))


def _is_estimator(raw: Any) -> bool:
    return hasattr(raw, "fit") and hasattr(raw, "predict")


def _refuse_task(found: str, request: ExamineTask) -> None:
    definition = request.definition
    raise TrainerError.of(
        "VersionUnfit", "otherTask", version=request.name, found=found, model=definition.model, task=definition.task
    )


def _listed(classes: list[Any]) -> str:
    shown = [str(one).lower() if isinstance(one, bool) else str(one) for one in classes[:10]]
    return ", ".join(shown) + (" and others" if len(classes) > len(shown) else "")
