"""The environment that a version is fitted in: named by a hash, so that a later one can be told from it."""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import re
from importlib import metadata

from reign_trainer.shapes import Environment


@functools.cache
def environment() -> Environment:
    """Describe this Python environment.

    Returns
    -------
    Environment
        Its hash is over Python's minor version and ``REIGN_LOCK_HASH`` (the hash of the lock file that the
        environment was made from), or, where that is not given, every installed distribution with its version.
    """
    major, minor, _ = platform.python_version_tuple()
    lines = [f"python {major}.{minor}", os.environ.get("REIGN_LOCK_HASH") or "\n".join(_distributions())]
    return Environment(
        hash=hashlib.sha256("\n".join(lines).encode()).hexdigest(),
        python=platform.python_version(),
        scikit_learn=metadata.version("scikit-learn"),
        mlflow=metadata.version("mlflow"),
    )


def installed(distribution: str) -> str | None:
    """Give the installed version of a distribution, None where it is absent."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _distributions() -> list[str]:
    found = {
        f"{re.sub(r'[-_.]+', '-', distribution.name).lower()}=={distribution.version}"
        for distribution in metadata.distributions()
    }
    # Reign itself may change without changing what a pipeline sees.
    return sorted(line for line in found if not line.startswith("reign-trainer=="))
