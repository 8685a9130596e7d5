"""Everything that installing a list of requirements brings along."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from mlflow.models.model import Model
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from reign_trainer.environment import Fingerprint, fingerprint
from reign_trainer.work.model.requirements import ALWAYS

#: Says in a model's metadata that its requirements are meant to be enough. Versions of the first release, whose lists could
#: lack a library, do not say so: they go on being loaded with whatever is installed.
COMPLETE = {"reign_requirements": "complete"}


def libraries_of(folder: Path) -> frozenset[str] | None:
    """Give what may be imported where a model is loaded; None where its requirements do not claim to be enough.

    Parameters
    ----------
    folder : pathlib.Path
        The model's, with ``MLmodel`` and ``requirements.txt``.
    """
    known = Model.load(str(folder)).metadata or {}
    if known.items() >= COMPLETE.items():
        return closure([*ALWAYS, *(folder / "requirements.txt").read_text(encoding="utf-8").splitlines()])
    return None


def closure(requirements: Iterable[str]) -> frozenset[str]:
    """Give the names of the distributions that ``pip install`` of these lines would install, as far as they are here.

    Parameters
    ----------
    requirements : iterable of str
        Lines of a ``requirements.txt``; what is no requirement is passed over.
    """
    seen = fingerprint()
    waiting = [one for line in requirements if (one := _parsed(line)) is not None]
    found: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) not in found:
            found.add((name, extras))
            waiting += _needed_by(name, extras, seen)
    return frozenset(name for name, _ in found)


@functools.lru_cache(maxsize=4096)
def _needed_by(name: str, extras: frozenset[str], seen: Fingerprint) -> list[tuple[str, frozenset[str]]]:
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []
    return [one for line in lines if (one := _parsed(line, extras)) is not None]


def _parsed(line: str, extras: frozenset[str] = frozenset()) -> tuple[str, frozenset[str]] | None:
    """Give the name and the extras of a requirement, None where it is none or does not hold here."""
    try:
        requirement = Requirement(line.partition("#")[0].strip())
    except InvalidRequirement:
        return None
    marker = requirement.marker
    if marker is not None and not any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
        return None
    return canonicalize_name(requirement.name), frozenset(canonicalize_name(extra) for extra in requirement.extras)
