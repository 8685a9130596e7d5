"""What a version needs to be loaded: given, since MLflow takes long to find it out."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from types import ModuleType
from typing import Any

import cloudpickle
from packaging.utils import canonicalize_name

from reign_trainer.environment import installed

_ALWAYS = ("mlflow", "scikit-learn", "pandas", "numpy", "scipy", "cloudpickle")
#: Libraries of estimators that the author's code may import only when it fits or predicts.
_WHERE_USED = ("lightgbm", "xgboost", "catboost")


def requirements(model: Any) -> list[str]:
    """Give the pip requirements of a model that this process has fitted.

    Parameters
    ----------
    model : estimator
        Everything that is pickled with it counts: its classes, and modules and functions that the author's code names.
        What travels by value counts for what it names itself.
    """
    modules = _modules_in(model) | {name for name in _WHERE_USED if name in sys.modules}
    names = dict.fromkeys([*_ALWAYS, *sorted(_distributions_of(modules))])
    return [f"{name}=={version}" for name in names if (version := installed(name)) is not None]


@cache
def providers() -> Mapping[str, list[str]]:
    """Give the distributions by the modules that they hold: reads every installed file's name, hence once a process."""
    return metadata.packages_distributions()


def _modules_in(model: Any) -> set[str]:
    walk = _Walk()
    walk.dump(model)
    return walk.modules - set(cloudpickle.list_registry_pickle_by_value())


class _Nowhere:
    def write(self, content: Any) -> int:
        return len(content)


class _Walk(cloudpickle.Pickler):  # type: ignore[misc]
    """Pickles to nowhere, and notes where all that it meets was defined."""

    def __init__(self) -> None:
        super().__init__(_Nowhere())
        self.modules: set[str] = set()

    def persistent_id(self, met: Any) -> None:
        """Note it. None: pickle it as ever."""
        if isinstance(met, ModuleType):
            self.modules.add(met.__name__)
            return
        # Only what has a name of its own is asked for its module: an object may answer anything.
        defined = met if isinstance(met, type) or type(met).__name__ in _FUNCTIONS else type(met)
        module = getattr(defined, "__module__", None)
        if isinstance(module, str):
            self.modules.add(module)


_FUNCTIONS = ("function", "builtin_function_or_method", "cython_function_or_method", "fused_cython_function", "ufunc")


def _distributions_of(modules: set[str]) -> set[str]:
    found: set[str] = set()
    for module in modules:
        names = set(providers().get(module.partition(".")[0], ()))
        if len(names) > 1:  # a namespace that several share: that one which has the module's file
            names = {name for name in names if _holds(name, module)}
        found |= {canonicalize_name(name) for name in names}
    return found


def _holds(distribution: str, module: str) -> bool:
    path = module.replace(".", "/")
    files = {str(file).replace("\\", "/") for file in metadata.files(distribution) or ()}
    return f"{path}.py" in files or f"{path}/__init__.py" in files
