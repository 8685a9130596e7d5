"""The declarative form: columns, their transformers by name, an estimator."""

from __future__ import annotations

import inspect
from collections import Counter
from typing import Any

from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline

from reign_trainer.shapes import ColumnSteps, DeclarativePipeline, Step

from .classes import resolve_class
from .invalid import invalid
from .parameters import make_step


def build_declarative(pipeline: DeclarativePipeline) -> Pipeline:
    """Build what a declarative pipeline describes.

    Parameters
    ----------
    pipeline : DeclarativePipeline

    Returns
    -------
    sklearn.pipeline.Pipeline
        Two steps: ``columns``, a ColumnTransformer with a transformer (or a Pipeline of several) for each group of
        columns, and the estimator under its class's name in lower case. A feature is called
        ``<transformer>__<name>`` after the first step.

    Raises
    ------
    TrainerError
        ``PipelineInvalid``, with the field.
    """
    groups = [_group(group, f"pipeline.columns[{at}]") for at, group in enumerate(pipeline.columns)]
    names = _unique([name for name, _ in groups])
    columns = ColumnTransformer(
        [
            (name, made, list(group.columns))
            for name, (_, made), group in zip(names, groups, pipeline.columns, strict=True)
        ],
        remainder=pipeline.remainder,
    )
    estimator = _make(pipeline.estimator, "pipeline.estimator")
    if not hasattr(estimator, "predict"):
        raise invalid("pipeline.estimator.class", "noPredict", step=type(estimator).__name__)
    return Pipeline([("columns", columns), (type(estimator).__name__.lower(), estimator)])


def _group(group: ColumnSteps, where: str) -> tuple[str, Any]:
    made = [_transformer(step, f"{where}.steps[{at}]") for at, step in enumerate(group.steps)]
    names = [type(one).__name__.lower() for one in made]
    if len(made) == 1:
        return names[0], made[0]
    return "_".join(names), Pipeline(list(zip(_unique(names), made, strict=True)))


def _transformer(step: Step, where: str) -> Any:
    made = _make(step, where)
    if not hasattr(made, "transform"):
        raise invalid(f"{where}.class", "noTransform", step=type(made).__name__)
    if next(iter(inspect.signature(made.fit).parameters), "") == "y":
        raise invalid(f"{where}.class", "encodesLabels", step=type(made).__name__)
    return made


def _make(step: Step, where: str) -> Any:
    return make_step(resolve_class(step.class_, f"{where}.class"), step.parameters, where)


def _unique(names: list[str]) -> list[str]:
    """Number the names that occur more than once: ``onehotencoder-1``, ``onehotencoder-2``."""
    total, seen = Counter(names), Counter[str]()
    unique = []
    for name in names:
        seen[name] += 1
        unique.append(f"{name}-{seen[name]}" if total[name] > 1 else name)
    return unique
