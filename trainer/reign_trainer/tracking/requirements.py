"""What a version needs to be loaded: given, since MLflow takes long to find it out."""

from __future__ import annotations

import sys

from reign_trainer.environment import installed

_ALWAYS = ("mlflow", "scikit-learn", "pandas", "numpy", "scipy", "cloudpickle")
#: Libraries of estimators: module name to the distributions that it may come from.
_WHERE_USED = {"lightgbm": ("lightgbm",), "xgboost": ("xgboost", "xgboost-cpu"), "catboost": ("catboost",)}


def requirements() -> list[str]:
    """Give the pip requirements of the model that this process has fitted."""
    names = [*_ALWAYS]
    for module, distributions in _WHERE_USED.items():
        if module in sys.modules:
            names += [name for name in distributions if installed(name) is not None][:1]
    return [f"{name}=={version}" for name in names if (version := installed(name)) is not None]
