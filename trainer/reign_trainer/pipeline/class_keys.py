"""Parameters that name classes: a definition is kept as JSON, whose keys are strings only."""

from __future__ import annotations

from typing import Any

from reign_trainer.shapes import Definition

from .labelled import declared_array


def with_class_keys(estimator: Any, definition: Definition) -> Any:
    """Give the keys of mappings such as ``class_weight: {1: 1, 0: 8}`` the type of the declared classes.

    Parameters
    ----------
    estimator : estimator
        Of a declarative pipeline. Changed: a mapping whose keys are all declared classes, as JSON writes them.
    definition : Definition

    Returns
    -------
    estimator
        The same.
    """
    if definition.label is None or isinstance(definition.label.classes[0], str):
        return estimator
    by_text = {_text(one): one for one in declared_array(definition.label.classes).tolist()}
    for name, value in estimator.get_params(deep=True).items():
        if isinstance(value, dict) and value and all(isinstance(key, str) and key in by_text for key in value):
            estimator.set_params(**{name: {by_text[key]: one for key, one in value.items()}})
    return estimator


def _text(one: Any) -> str:
    return str(one).lower() if isinstance(one, bool) else str(one)
