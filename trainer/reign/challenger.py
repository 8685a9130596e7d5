"""A version of one's own against the champion."""

from __future__ import annotations

from typing import Any

from reign.command import ask


def challenge(
    model: str,
    version: int | str,
    reason: str,
    *,
    as_of: str | None = None,
    now: bool = False,
    trained_on: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """Let the gate judge a version that was registered in MLflow, as ``reign challenge`` does.

    Parameters
    ----------
    model : str
    version : int or str
        Its number in MLflow's registry.
    reason : str
        Why. The ledger keeps it.
    as_of : str, optional
        Judge it at once, on the holdout of this time: the verdict is then ``review`` at best where the holdout begins
        before the registration.
    now : bool
        The same, of the present time.
    trained_on : tuple of str, optional
        From when to when the rows are that it was fitted on, where `reign.load` did not log them in its run.

    Returns
    -------
    dict
        The cycle: ``id``, ``status`` (``waiting`` where it waits for a person or for rows, see ``waitsFor``),
        ``verdict``, ``summary`` and more.

    Raises
    ------
    ReignError
        What the command refuses.
    """
    options = ["--version", str(version), "--reason", reason]
    options += [] if as_of is None else ["--as-of", as_of]
    options += ["--now"] if now else []
    options += [] if trained_on is None else ["--trained-on", "/".join(trained_on)]
    # Rows that nobody has seen mature in weeks: only what is judged at once is waited for.
    return ask("challenge", model, *options, *(["--wait"] if now or as_of is not None else []))
