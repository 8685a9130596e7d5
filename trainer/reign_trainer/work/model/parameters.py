"""An estimator's parameters, under autolog's own names."""

from __future__ import annotations

import re
from typing import Any

from mlflow.utils.validation import MAX_ENTITY_KEY_LENGTH, MAX_PARAM_VAL_LENGTH, path_not_unique

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
#: What MLflow refuses in a name.
_REFUSED = re.compile(r"[^\w\-. /:]")


def parameters_of(estimator: Any) -> dict[str, str]:
    """Give every parameter of every step as text.

    Parameters
    ----------
    estimator : estimator
        Anything; without ``get_params`` it has no parameters.

    Returns
    -------
    dict of str to str
        By autolog's names, with ``_`` for what MLflow refuses in them and cut to its limits; two that become the same
        are numbered. Memory addresses are taken out: a retry must write the same.
    """
    if not hasattr(estimator, "get_params"):
        return {}
    # Autolog does the same: what a search starts from says little about what it found.
    deep = not hasattr(estimator, "best_estimator_")
    found = dict(estimator.get_params(deep=deep))
    found |= {f"best_{name}": value for name, value in getattr(estimator, "best_params_", {}).items()}
    named = sorted((str(name), value) for name, value in found.items())
    # A name that MLflow takes as it stands keeps it, whatever another one becomes.
    taken = {name for name, _ in named if _accepted(name) == name}
    parameters = {}
    for name, value in named:
        key = name if name in taken else _distinct(_accepted(name), taken)
        taken.add(key)
        parameters[key] = _ADDRESS.sub("", str(value))[:MAX_PARAM_VAL_LENGTH]
    return parameters


def _accepted(name: str) -> str:
    accepted = _REFUSED.sub("_", name)[:MAX_ENTITY_KEY_LENGTH]
    # MLflow takes a name for a path as well: it must be the shortest one, and not lead upwards.
    if path_not_unique(accepted):  # type: ignore[no-untyped-call]
        accepted = f"_{accepted.replace('/', '_')}"[:MAX_ENTITY_KEY_LENGTH]
    return accepted


def _distinct(name: str, taken: set[str]) -> str:
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        end = f"_{number}"
        candidate = f"{name[: MAX_ENTITY_KEY_LENGTH - len(end)]}{end}"
    return candidate
