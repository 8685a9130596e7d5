"""An estimator's parameters, under autolog's own names."""

from __future__ import annotations

import re
from typing import Any

from mlflow.utils.validation import MAX_ENTITY_KEY_LENGTH, MAX_PARAM_VAL_LENGTH

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def parameters_of(estimator: Any) -> dict[str, str]:
    """Give every parameter of every step as text.

    Parameters
    ----------
    estimator : estimator
        Anything; without ``get_params`` it has no parameters.

    Returns
    -------
    dict of str to str
        By autolog's names, cut to MLflow's limits. Memory addresses are taken out: a retry must write the same.
    """
    if not hasattr(estimator, "get_params"):
        return {}
    # Autolog does the same: what a search starts from says little about what it found.
    deep = not hasattr(estimator, "best_estimator_")
    found = dict(estimator.get_params(deep=deep))
    found |= {f"best_{name}": value for name, value in getattr(estimator, "best_params_", {}).items()}
    return {
        str(name)[:MAX_ENTITY_KEY_LENGTH]: _ADDRESS.sub("", str(value))[:MAX_PARAM_VAL_LENGTH]
        for name, value in sorted(found.items())
    }
