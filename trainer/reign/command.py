"""Asking the ``reign`` command: what the ledger says, and where windows and queries are planned, is written once."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from typing import Any

_VARIABLE = "REIGN_COMMAND"


class ReignError(RuntimeError):
    """What the command refused, in its own words.

    Parameters
    ----------
    code : str
        Of ``docs/errors.md``.
    message : str
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


def ask(*arguments: str) -> dict[str, Any]:
    """Run ``reign ARGUMENTS --json``.

    Parameters
    ----------
    *arguments : str
        The command runs in this process's folder and with its environment, so it finds the same installation as in a
        terminal. ``REIGN_COMMAND`` says how it is called where it is not ``reign`` on the PATH, such as
        ``npm run -s reign --``.

    Returns
    -------
    dict
        The document that it prints.

    Raises
    ------
    ReignError
        What the command refuses; ``CommandMissing`` where there is none.
    """
    given = os.environ.get(_VARIABLE)
    command = shlex.split(given) if given else ["reign"]
    if not command or shutil.which(command[0]) is None:
        raise ReignError(
            "CommandMissing",
            f"there is no command {' '.join(command)}. Install Reign, or say how it is called in {_VARIABLE}.",
        )
    ran = subprocess.run([*command, *arguments, "--json"], capture_output=True, text=True, check=False)
    try:
        document: dict[str, Any] = json.loads(ran.stdout)
    except ValueError:
        raise ReignError("Internal", ran.stderr.strip()[-2000:] or "the command printed no document") from None
    if "error" in document:
        raise ReignError(str(document["error"]["code"]), str(document["error"]["message"]))
    return document
