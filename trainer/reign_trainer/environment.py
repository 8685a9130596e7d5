"""The environment that a version is fitted in: what is installed, named by a hash, so that a later one can be told from it."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping
from importlib import metadata

from reign_trainer.shapes import Environment

#: What is installed, as far as it can be seen at a glance: folders and the names in them.
Fingerprint = tuple[tuple[str, tuple[str, ...]], ...]


def environment() -> Environment:
    """Describe this Python environment as it is now: somebody may have installed a library since this process started.

    Returns
    -------
    Environment
        Its hash is over Python's minor version and every installed distribution with its version, whoever started the
        trainer.
    """
    return _environment_of(fingerprint())


def environment_hashes() -> list[str]:
    """Give the hashes under which versions of this environment are known: today's, and that of the first release.

    The first release took ``REIGN_LOCK_HASH`` (the hash of the lock file that the environment was made from) for what is
    installed, where it was given: its versions are still asked for under that name.
    """
    hashes = [environment().hash]
    if lock := os.environ.get("REIGN_LOCK_HASH"):
        hashes.append(_hash_of([lock]))
    return hashes


def fingerprint() -> Fingerprint:
    """Tell whether something was installed, removed or upgraded: differs then. Takes about a millisecond."""
    found = []
    for folder in isolated_path():
        try:
            names = sorted(
                name for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info", ".egg-link"))
            )
        except OSError:
            continue
        found.append((folder, tuple(names)))
    return tuple(found)


def installed(distribution: str) -> str | None:
    """Give the installed version of a distribution, None where it is absent."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def providers() -> Mapping[str, list[str]]:
    """Give the distributions by the modules that they hold, as they are installed now.

    Reads every installed file's name when something has changed: children of the forkserver inherit the answer until then.
    """
    return _providers_of(fingerprint())


@functools.cache
def isolated_path() -> tuple[str, ...]:
    """Give the ``sys.path`` of a clean process of this Python, as ``python -I`` would have it; asked once, by the forkserver."""
    asked = subprocess.run(
        [sys.executable, "-I", "-c", "import json, sys; print(json.dumps(sys.path))"],
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(json.loads(asked.stdout))


@functools.lru_cache(maxsize=1)
def _environment_of(seen: Fingerprint) -> Environment:
    return Environment(
        hash=_hash_of(_distributions()),
        python=platform.python_version(),
        scikit_learn=metadata.version("scikit-learn"),
        mlflow=metadata.version("mlflow"),
    )


def _hash_of(lines: list[str]) -> str:
    major, minor, _ = platform.python_version_tuple()
    return hashlib.sha256("\n".join([f"python {major}.{minor}", *lines]).encode()).hexdigest()


def _distributions() -> list[str]:
    found = {
        f"{re.sub(r'[-_.]+', '-', distribution.name).lower()}=={distribution.version}"
        # What only PYTHONPATH adds is not there where a version is loaded.
        for distribution in metadata.distributions(path=list(isolated_path()))
    }
    # Reign itself may change without changing what a pipeline sees.
    return sorted(line for line in found if not line.startswith("reign-trainer=="))


@functools.lru_cache(maxsize=1)
def _providers_of(seen: Fingerprint) -> Mapping[str, list[str]]:
    return metadata.packages_distributions()
