"""Where a rising measurement passes zero, found with few looks at many rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scipy.optimize import brentq

Measurement = Callable[[float], float]

ROUNDS = 6
"""How often all rows are looked at, at most, where a sample leads the way."""


@dataclass(frozen=True)
class Crossing:
    """Two strengths from 0 to 1 between which the measurement passes zero.

    Attributes
    ----------
    low, high : float
        Measurement below zero, and not below.
    beyond : float
        What was measured at ``high``.
    """

    low: float
    high: float
    beyond: float


def cross(looks: Sequence[Measurement], close: float) -> Crossing | None:
    """Look for a strength at which a measurement lies from zero to ``close``.

    Parameters
    ----------
    looks : sequence of callable
        The measurement of a strength, and, second, where that costs much, the same of a sample of the rows. A sample has
        an error of its own, but that hardly changes with the strength: where all rows find the place that the sample
        found to be wrong by some amount, the sample is asked for a place so much further on.
    close : float

    Returns
    -------
    Crossing or None
        ``beyond`` exceeds ``close`` where the measurement jumps over zero. None where it is below zero everywhere, or
        nowhere.
    """
    measured = looks[0]
    if len(looks) == 1:
        return _followed(measured, close)
    found = _Narrowing()
    wanted = 0.0
    for _ in range(ROUNDS):
        guess = _followed(_less(looks[1], wanted), close / 4)
        if guess is None:
            break
        value = measured(guess.high)
        found.note(guess.high, value)
        if 0 <= value <= close:
            break
        if guess.beyond > close / 4:  # the sample jumps: all rows are likely to do so at the same place
            found.note(guess.low, measured(guess.low))
            if (found.low, found.high) == (guess.low, guess.high):
                break
        wanted += guess.beyond - (value - close / 2)
    return _ends(found, measured)


def _less(measured: Measurement, amount: float) -> Measurement:
    return lambda strength: measured(strength) - amount


def _followed(measured: Measurement, close: float) -> Crossing | None:
    found = _Narrowing()

    def noted(strength: float) -> float:
        value = measured(strength)
        found.note(strength, value)
        # A root finder stops where it is told that it has arrived.
        return 0.0 if 0 <= value <= close else value - close / 2

    ends = [noted(0.0), noted(1.0)]
    if found.low is not None and found.high is not None and ends[1] != 0:
        brentq(noted, 0.0, 1.0, xtol=1e-9, rtol=1e-9, maxiter=60, disp=False)
    return _ends(found, measured)


def _ends(found: _Narrowing, measured: Measurement) -> Crossing | None:
    if found.low is None:
        found.note(0.0, measured(0.0))
    if found.high is None:
        found.note(1.0, measured(1.0))
    return None if found.low is None or found.high is None else Crossing(found.low, found.high, found.beyond)


@dataclass
class _Narrowing:
    """The nearest strengths so far; None on the side where nothing was measured."""

    low: float | None = None
    high: float | None = None
    beyond: float = float("inf")

    def note(self, strength: float, value: float) -> None:
        if value < 0:
            self.low = strength if self.low is None else max(self.low, strength)
        elif self.high is None or strength <= self.high:
            self.high, self.beyond = strength, value
