"""A version that was fitted outside of Reign: asked by its own signature, and for probabilities."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mlflow.models import Model
from mlflow.types import DataType
from mlflow.types.schema import AnyType

from reign_trainer.errors import TrainerError
from reign_trainer.frame import TEXT_DTYPE
from reign_trainer.shapes import Definition
from reign_trainer.work.score.loaded_version import LoadedVersion

#: MLflow's name for what ``mlflow.sklearn`` logs.
SKLEARN = "sklearn"

_MLMODEL = "MLmodel"

Inputs = dict[str, tuple[DataType | AnyType, bool]]


def ask_for_probabilities(folder: Path, definition: Definition) -> None:
    """Let MLflow ask a classifier for probabilities, where it was logged to be asked for labels.

    That is how autolog logs every classifier. The version's files were checked before, and this is a copy.

    Parameters
    ----------
    folder : pathlib.Path
        The files of the version. Changed.
    definition : Definition
    """
    if definition.label is None or not (folder / _MLMODEL).is_file():
        return
    model = Model.load(str(folder))
    function = model.flavors.get("python_function", {})
    if SKLEARN in model.flavors and function.get("predict_fn", "predict") == "predict":
        function["predict_fn"] = "predict_proba"
        model.save(str(folder / _MLMODEL))


def named_inputs(version: LoadedVersion, name: str) -> Inputs:
    """Give the columns of a version's signature with their types, and whether they are required.

    Raises
    ------
    TrainerError
        ``VersionUnfit`` where it has no signature, or one without named columns.
    """
    schema = version.input_schema
    if schema is None:
        raise TrainerError.of("VersionUnfit", "noSignature", version=name)
    if schema.is_tensor_spec() or not schema.has_input_names():
        raise TrainerError.of("VersionUnfit", "noColumns", version=name)
    return {spec.name: (spec.type, bool(spec.required)) for spec in schema.inputs}


def classes_of(raw: Any) -> list[Any] | None:
    """Give the classes that a classifier was fitted on, None where it is none."""
    classes = getattr(raw, "classes_", None)
    return None if classes is None else np.asarray(classes).tolist()


def class_order(classes: list[Any], definition: Definition) -> list[int] | None:
    """Give for each of the definition's classes its position in a version's.

    Returns
    -------
    list of int or None
        None where they are not the same classes. 0 and 1 are the same as false and true.
    """
    wanted = [] if definition.label is None else definition.label.classes
    keys = [_key(one) for one in classes]
    order = [keys.index(_key(one)) for one in wanted if _key(one) in keys]
    return order if len(order) == len(wanted) == len(classes) else None


def shared_classes(classes: list[Any], definition: Definition) -> int:
    """Count the classes that both know. A version's own are not named: nobody knows what it was fitted on."""
    wanted = set() if definition.label is None else {_key(one) for one in definition.label.classes}
    return sum(_key(one) in wanted for one in classes)


def _key(value: Any) -> str | float:
    return value if isinstance(value, str) else float(value)


class VersionFromOutside:
    """A version from outside, asked like one that Reign fitted.

    Parameters
    ----------
    version : LoadedVersion
    name : str
        For messages.
    definition : Definition
        By which it is judged: its probabilities come in the order of these classes.
    """

    def __init__(self, version: LoadedVersion, name: str, definition: Definition) -> None:
        self._version = version
        self._name = name
        self._inputs = named_inputs(version, name)
        classes = classes_of(version.raw)
        self._order = None if classes is None or definition.label is None else class_order(classes, definition)

    @property
    def input_schema(self) -> Any:
        """The model's own signature."""
        return self._version.input_schema

    def score(self, frame: pd.DataFrame) -> Any:
        """Cast a frame to the signature, and ask the model behind it.

        Raises
        ------
        TrainerError
            ``VersionUnfit`` where a cast would lose something; ``PredictionsInvalid``.
        """
        return self._ordered(self._version.score(self._cast(frame)))

    def predict(self, frame: pd.DataFrame) -> Any:
        """Ask it through the signature, as a service of Reign does: a string that is missing is NaN, as it was in training."""
        texts = [
            name for name, (wanted, _) in self._inputs.items() if wanted == DataType.string and name in frame.columns
        ]
        return self._ordered(self._version.predict(frame.astype(dict.fromkeys(texts, TEXT_DTYPE))))

    def _cast(self, frame: pd.DataFrame) -> pd.DataFrame:
        columns = {
            name: frame[name] if isinstance(wanted, AnyType) else self._cast_column(frame[name], wanted)
            for name, (wanted, _) in self._inputs.items()
            if name in frame.columns
        }
        return pd.DataFrame(columns, columns=pd.Index(list(columns)))

    def _cast_column(self, column: pd.Series, wanted: DataType) -> pd.Series:
        if wanted in (DataType.string, DataType.double, DataType.datetime):
            return column
        values = column.to_numpy(dtype=np.float64)
        with np.errstate(invalid="ignore", over="ignore"):
            cast = values.astype(wanted.to_numpy())
        lost = ~((cast.astype(np.float64) == values) | (np.isnan(values) & np.isnan(cast.astype(np.float64))))
        if lost.any():
            raise TrainerError.of(
                "VersionUnfit",
                "lossyCast",
                version=self._name,
                column=str(column.name),
                wanted=wanted.name,
                rows=int(np.count_nonzero(lost)),
            )
        return pd.Series(cast, name=column.name)

    def _ordered(self, answers: Any) -> Any:
        if self._order is None:
            return answers
        found = np.asarray(answers)
        # Any other shape is refused where answers are checked.
        return found[:, self._order] if found.ndim == 2 and found.shape[1] == len(self._order) else answers
