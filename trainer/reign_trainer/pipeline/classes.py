"""Class names of a declarative pipeline: scikit-learn's by their short name, others by dotted path."""

from __future__ import annotations

import functools
import importlib
import inspect
import os
from types import ModuleType
from typing import Any

from sklearn.utils.discovery import all_estimators

from .invalid import invalid, nearest

#: Packages that dotted paths may always lead into.
PACKAGES = ("sklearn", "lightgbm", "xgboost")


def resolve_class(name: str, where: str) -> type[Any]:
    """Find the class that a definition names.

    Parameters
    ----------
    name : str
        ``StandardScaler``: a transformer or estimator of scikit-learn. ``lightgbm.LGBMClassifier``: a class with
        ``fit`` in a package on the allow-list.
    where : str
        The field, for messages.

    Raises
    ------
    TrainerError
        ``PipelineInvalid``.
    """
    if "." in name:
        return _by_path(name, where)
    known = estimators()
    if name in known:
        return known[name]
    raise invalid(where, "classUnknown", name=name, hint=nearest(name, known))


@functools.cache
def estimators() -> dict[str, type[Any]]:
    """Give scikit-learn's transformers and estimators by name. The first call imports all of them: half a second."""
    found: dict[str, type[Any]] = {}
    for name, estimator in all_estimators():
        if found.setdefault(name, estimator) is not estimator:
            raise RuntimeError(f"scikit-learn has two classes of the name {name}")
    return found


def allowed_packages() -> tuple[str, ...]:
    """Give what dotted paths may lead into: `PACKAGES` and those of ``REIGN_TRAINER_PACKAGES``, comma separated."""
    more = os.environ.get("REIGN_TRAINER_PACKAGES", "").split(",")
    return (*PACKAGES, *(name.strip() for name in more if name.strip()))


def _by_path(path: str, where: str) -> type[Any]:
    packages = allowed_packages()
    if not _is_in(path, packages):
        raise invalid(where, "packageUnknown", path=path, packages=", ".join(packages))
    module_path, _, name = path.rpartition(".")
    module = _module(module_path, where)
    found = getattr(module, name, None)
    if found is None:
        raise invalid(where, "nameUnknown", module=module_path, name=name, hint=nearest(name, _classes_of(module)))
    if not inspect.isclass(found):
        raise invalid(where, "notAClass", path=path, type=type(found).__name__)
    # A module shows what it imports, too: what counts is where the class was made.
    if not _is_in(f"{found.__module__}.", packages):
        raise invalid(where, "foreignClass", path=path, module=found.__module__)
    if not callable(getattr(found, "fit", None)):
        raise invalid(where, "noFit", path=path)
    return found


def _is_in(path: str, packages: tuple[str, ...]) -> bool:
    return any(path.startswith(f"{package}.") for package in packages)


def _module(path: str, where: str) -> ModuleType:
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError as error:
        raise invalid(where, "moduleUnknown", module=str(error.name)) from None
    except Exception as error:  # noqa: BLE001
        raise invalid(where, "moduleFails", module=path, exception=type(error).__name__) from None


def _classes_of(module: ModuleType) -> list[str]:
    return [name for name, value in vars(module).items() if inspect.isclass(value)]
