"""What a version needs to be loaded: given, since MLflow takes long to find it out."""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterator
from importlib import metadata
from types import CodeType, FunctionType, ModuleType
from typing import Any

import cloudpickle
from packaging.utils import canonicalize_name

from reign_trainer.environment import installed, providers

#: Of every version.
ALWAYS = ("mlflow", "scikit-learn", "pandas", "numpy", "scipy", "cloudpickle")


def requirements(model: Any) -> list[str]:
    """Give the pip requirements of a model that this process has fitted.

    Parameters
    ----------
    model : estimator
        Everything that is pickled with it counts: its classes, and modules and functions that the author's code names.
        What travels by value counts for what it names itself, and for what its functions import when they are called.

    Notes
    -----
    A library that is imported in no such way (``importlib.import_module(name)``) is not found here. The version is then
    refused before it is judged: it is loaded where nothing else than these requirements can be imported.
    """
    names = dict.fromkeys([*ALWAYS, *sorted(_distributions_of(_modules_in(model)))])
    return [f"{name}=={version}" for name in names if (version := installed(name)) is not None]


def _modules_in(model: Any) -> set[str]:
    walk = _Walk()
    walk.dump(model)
    return walk.modules - set(cloudpickle.list_registry_pickle_by_value())


class _Nowhere:
    def write(self, content: Any) -> int:
        # Large arrays arrive as a buffer, which has no `len`.
        return memoryview(content).nbytes


class _Walk(cloudpickle.Pickler):  # type: ignore[misc]
    """Pickles to nowhere, and notes where all that it meets was defined, and what travels by value imports."""

    def __init__(self) -> None:
        super().__init__(_Nowhere())
        self.modules: set[str] = set()
        self._by_value = set(cloudpickle.list_registry_pickle_by_value())

    def persistent_id(self, met: Any) -> str | None:
        """Note it. None: pickle it as ever; anything else stands for what is not looked into."""
        if isinstance(met, (type, FunctionType)) and _is_ours(getattr(met, "__module__", None)):
            return "Reign"
        if isinstance(met, ModuleType):
            self.modules.add(met.__name__)
            return None
        if isinstance(met, FunctionType) and self._travels(met):
            self.modules |= set(_imported_in(met.__code__))
        # Only what has a name of its own is asked for its module: an object may answer anything.
        defined = met if isinstance(met, type) or type(met).__name__ in _FUNCTIONS else type(met)
        module = getattr(defined, "__module__", None)
        if isinstance(module, str):
            self.modules.add(module)
        return None

    def _travels(self, function: FunctionType) -> bool:
        module = function.__module__
        return module in self._by_value or module not in sys.modules or "<locals>" in function.__qualname__


def _is_ours(module: object) -> bool:
    """Say whether a module is Reign's: its classes travel with every version, and need what every version needs."""
    return isinstance(module, str) and module.partition(".")[0] == "reign_trainer"


def _imported_in(code: CodeType) -> Iterator[str]:
    """Give the modules that a function imports when it is called; what is inside of it too."""
    for instruction in dis.get_instructions(code):
        if instruction.opname == "IMPORT_NAME":
            yield str(instruction.argval)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _imported_in(constant)


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
