"""What is inside of an estimator, and what Reign asks of it there."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import StackingClassifier, StackingRegressor, VotingClassifier
from sklearn.ensemble._bagging import BaseBagging
from sklearn.feature_selection import RFE
from sklearn.model_selection._search import BaseSearchCV
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier, OutputCodeClassifier
from sklearn.pipeline import FeatureUnion, Pipeline

from reign_trainer.errors import TrainerError
from reign_trainer.shapes import Definition

from .encoding import are_codes, takes_codes_only
from .invalid import invalid

_LISTS = ("steps", "transformer_list", "transformers", "estimators")
#: These hand numbers from 0 to what is inside of them, whatever the labels are.
_ENCODE = (
    VotingClassifier,
    StackingClassifier,
    BaseBagging,
    OneVsRestClassifier,
    OneVsOneClassifier,
    OutputCodeClassifier,
)


def inner_estimators(estimator: Any) -> list[Any]:
    """Give the estimators directly inside of one of scikit-learn's or imbalanced-learn's; none for any other."""
    return list(named_estimators(estimator).values())


def named_estimators(estimator: Any) -> dict[str, Any]:
    """Give them by the names that they have there."""
    if not _is_composite(estimator):
        return {}
    found: dict[str, Any] = {}
    for name in _LISTS:
        for entry in getattr(estimator, name, None) or []:
            if isinstance(entry, tuple) and len(entry) > 1:
                found[entry[0]] = entry[1]
    if not isinstance(estimator, Pipeline | FeatureUnion):
        found |= estimator.get_params(deep=False)
    return {name: one for name, one in found.items() if hasattr(one, "fit") and not inspect.isclass(one)}


def answers(estimator: Any, method: str) -> bool:
    """Say whether an estimator will have a method once it is fitted.

    A stacking without a final estimator of its own makes one in ``fit``; until then it denies that it predicts.
    """
    at = estimator
    while True:
        if isinstance(at, Pipeline) and at.steps:
            at = at.steps[-1][1]
        elif isinstance(at, BaseSearchCV | RFE):
            at = at.estimator
        elif isinstance(at, TransformedTargetRegressor) or _makes_its_own(at):
            return hasattr(type(at), method)
        else:
            break
    try:
        return callable(getattr(at, method, None))
    except Exception:  # noqa: BLE001
        # A method that depends on another step which is broken: that step's own check says more.
        return False


def _makes_its_own(estimator: Any) -> bool:
    return isinstance(estimator, StackingClassifier | StackingRegressor) and estimator.final_estimator is None


def check_clonable(estimator: Any, where: str) -> None:
    """Refuse what scikit-learn will want to clone inside of a search or an ensemble, and cannot.

    Reign clones nothing, and a Pipeline does not clone its steps.
    """
    for owner in _walk(estimator):
        if isinstance(owner, FeatureUnion) or (isinstance(owner, Pipeline) and owner.memory is None):
            continue
        for part in inner_estimators(owner):
            if not hasattr(part, "get_params"):
                continue  # refused by its owner's own check
            try:
                clone(part)
            except Exception as error:  # noqa: BLE001
                raise _not_clonable(where, type(owner).__name__, type(part).__name__, error) from None


def check_labels(estimator: Any, definition: Definition, where: str) -> None:
    """Refuse an XGBoost classifier that another estimator hands labels which it does not take."""
    if definition.label is None or are_codes(definition.label.classes):
        return
    if any(isinstance(one, float) and one != int(one) for one in definition.label.classes):
        raise invalid("label.classes", "fractionalClasses")
    last = estimator
    while isinstance(last, Pipeline) and last.steps:
        last = last.steps[-1][1]
    for owner, part in _with_real_labels(estimator):
        if part is not last and takes_codes_only(part):
            name = type(part).__name__
            raise invalid(where, "codesOnly", owner=type(owner).__name__, estimator=name)


def _with_real_labels(estimator: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(estimator, _ENCODE):
        return
    for part in inner_estimators(estimator):
        yield estimator, part
        yield from _with_real_labels(part)


def _walk(estimator: Any) -> Iterator[Any]:
    yield estimator
    for part in inner_estimators(estimator):
        yield from _walk(part)


def _is_composite(estimator: Any) -> bool:
    return type(estimator).__module__.partition(".")[0] in ("sklearn", "imblearn") and hasattr(estimator, "get_params")


def _not_clonable(where: str, owner: str, part: str, error: Exception) -> TrainerError:
    named = re.search(r"(?:sets or modifies|not set or modifies|modifies) parameter (\w+)", str(error))
    parameter = "its parameters" if named is None else f"`{named[1]}`"
    raised = type(error).__name__
    return invalid(where, "notClonable", owner=owner, part=part, exception=raised, parameter=parameter)
