"""What Reign asks of a pipeline before it is fitted."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from sklearn.base import is_classifier, is_regressor
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.utils._param_validation import InvalidParameterError

from reign_trainer.shapes import Definition

from .invalid import invalid, nearest
from .parts import answers, check_clonable, check_labels
from .weights import weight_parameter


def check_estimator(estimator: Any, definition: Definition, where: str) -> None:
    """Check that an unfitted estimator can do what the definition's task needs.

    Parameters
    ----------
    estimator : object
        What an author's function returned, or the declarative pipeline.
    definition : Definition
    where : str
        The function, or the field, for messages.

    Raises
    ------
    TrainerError
        ``PipelineInvalid``.
    """
    if inspect.isclass(estimator):
        raise invalid(where, "returnedClass", estimator=estimator.__name__)
    for step_where, step in _steps(estimator, where):
        _check_transformers(step, step_where)
    if not callable(getattr(estimator, "fit", None)) or not answers(estimator, "predict"):
        raise invalid(where, "noEstimator", found=_described(estimator))
    _check_task(estimator, definition, where)
    _check_unfitted(estimator, where)
    for part in _parts(estimator, where):
        _check_parameters(part, where)
    _check_columns(estimator, definition.source.features, where)
    check_clonable(estimator, where)
    check_labels(estimator, definition, where)
    if definition.source.weight is not None:
        try:
            weight_parameter(estimator)
        except TypeError as error:
            raise invalid(where, "weightAt", problem=str(error)) from None


def final_step(estimator: Any) -> Any:
    """Give the estimator at the end of a Pipeline, of Pipelines too."""
    while isinstance(estimator, Pipeline) and estimator.steps:
        estimator = estimator.steps[-1][1]
    return estimator


def _parts(estimator: Any, where: str) -> list[Any]:
    """Give the estimator and everything inside it that has parameters, each once."""
    found = [estimator]
    try:
        parameters = estimator.get_params(deep=True) if hasattr(estimator, "get_params") else {}
    except (AttributeError, RuntimeError) as error:
        raise invalid(where, "parametersUnreadable", exception=type(error).__name__) from None
    found += [value for value in parameters.values() if hasattr(value, "get_params")]
    return list({id(part): part for part in found if not inspect.isclass(part)}.values())


def describe_steps(estimator: Any) -> list[str]:
    """Name the classes of the steps, in order.

    A ColumnTransformer names what it holds: ``ColumnTransformer(HourOfDay, OrdinalEncoder)``.
    """
    steps = estimator.steps if isinstance(estimator, Pipeline) else [("", estimator)]
    return [_name(step) for _, step in steps]


def _name(step: Any) -> str:
    if isinstance(step, str):
        return step
    if isinstance(step, ColumnTransformer):
        return f"ColumnTransformer({', '.join(_name(one) for _, one, _ in step.transformers)})"
    if isinstance(step, Pipeline):
        return " > ".join(_name(one) for _, one in step.steps)
    return type(step).__name__


def _described(thing: Any) -> str:
    return "nothing" if thing is None else f"a {type(thing).__name__}"


def _steps(estimator: Any, where: str) -> Iterator[tuple[str, Any]]:
    if isinstance(estimator, Pipeline):
        for name, step in estimator.steps:
            yield f"{where}, step `{name}`", step
        for at, (name, step) in enumerate(estimator.steps):
            last = at == len(estimator.steps) - 1
            if _resamples(step) and not last:
                _check_resampling(estimator, f"{where}, step `{name}`", step)
            elif not (last or step is None or step == "passthrough" or _transforms(step)):
                raise invalid(f"{where}, step `{name}`", "noTransformer", found=_described(step))


def _check_transformers(step: Any, where: str) -> None:
    """Check what a ColumnTransformer holds: unlike a Pipeline it clones its transformers by their parameters."""
    if not isinstance(step, ColumnTransformer):
        return
    for name, transformer, _ in step.transformers:
        if isinstance(transformer, str):
            continue
        if not _transforms(transformer):
            raise invalid(f"{where}, `{name}`", "noTransformer", found=_described(transformer))
        if not hasattr(transformer, "get_params"):
            raise invalid(f"{where}, `{name}`", "ownTransformer", transformer=type(transformer).__name__)


def _resamples(step: Any) -> bool:
    return _has(step, "fit_resample") and not _has(step, "transform")


def _check_resampling(pipeline: Pipeline, where: str, step: Any) -> None:
    if type(pipeline).__module__.startswith("sklearn."):
        raise invalid(where, "resampling", step=type(step).__name__)


def _transforms(step: Any) -> bool:
    return (_has(step, "fit") or _has(step, "fit_transform")) and _has(step, "transform")


def _has(thing: Any, method: str) -> bool:
    try:
        return callable(getattr(thing, method, None))
    except Exception:  # noqa: BLE001
        # A method that depends on another step which is broken: that step's own check says more.
        return False


def _check_task(estimator: Any, definition: Definition, where: str) -> None:
    name = type(final_step(estimator)).__name__
    if definition.label is None:
        if _is(is_classifier, estimator):
            raise invalid(where, "classifier", estimator=name)
        return
    if _is(is_regressor, estimator):
        raise invalid(where, "regressor", estimator=name, task=definition.task)
    if not answers(estimator, "predict_proba"):
        raise invalid(where, "noProbabilities", estimator=name)


def _is(question: Any, estimator: Any) -> bool:
    try:
        return bool(question(estimator))
    except (AttributeError, TypeError, ValueError):  # an estimator of the author's own, without tags
        return False


def _check_unfitted(estimator: Any, where: str) -> None:
    last = final_step(estimator)
    own = getattr(last, "__sklearn_is_fitted__", None)
    fitted = own() if callable(own) else any(name.endswith("_") and not name.startswith("_") for name in vars(last))
    if fitted:
        raise invalid(where, "fitted", estimator=type(last).__name__)


def _check_parameters(part: Any, where: str) -> None:
    if not (hasattr(part, "_validate_params") and hasattr(part, "_parameter_constraints")):
        return
    try:
        part._validate_params()
    except InvalidParameterError as error:
        # Names class, parameter and what the author wrote: no row is known yet.
        raise invalid(where, "parameterInvalid", problem=str(error)) from None


def _check_columns(estimator: Any, features: list[str], where: str) -> None:
    """Check the columns of a ColumnTransformer that sees the features as they come: the first step."""
    first = estimator
    while isinstance(first, Pipeline) and first.steps:
        first = first.steps[0][1]
    if not isinstance(first, ColumnTransformer):
        return
    for name, _, columns in first.transformers:
        for column in _named(columns):
            if column not in features:
                raise invalid(
                    f"{where}, ColumnTransformer `{name}`",
                    "featureUnknown",
                    column=column,
                    hint=nearest(column, features),
                    features=", ".join(features),
                )


def _named(columns: Any) -> list[str]:
    if isinstance(columns, str):
        return [columns]
    if isinstance(columns, slice):
        return [end for end in (columns.start, columns.stop) if isinstance(end, str)]
    if callable(columns):
        return []
    try:
        return [column for column in columns if isinstance(column, str)]
    except TypeError:
        return []
