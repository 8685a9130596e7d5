"""How values of columns are written where a slice is named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np

from reign_trainer.evidence.measure.arrays import Floats

LONGEST = 60
"""Longer texts are shown by their beginning and a hash."""

_DAY = 86_400_000_000
_UNITS = (_DAY, 3_600_000_000, 60_000_000, 1_000_000)
_EPOCH = datetime(1970, 1, 1)


def text_name(text: str) -> str:
    """Show a text.

    A text that reads ``(other)`` is shown in quotes, and one that has such quotes already gets another pair, so that
    none can be taken for the rest of the texts. One of more than `LONGEST` characters is shown by 48 of them and 12
    hexadecimal digits of its SHA-256: 61 characters, which no text has that is shown whole.
    """
    if len(text) > LONGEST:
        return f"{text[:48]}\u2026{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    return f'"{text}"' if text.strip('"') == "(other)" else text


class Names(Protocol):
    """How numbers of one kind are written."""

    def all_of(self, numbers: Floats) -> list[str]:
        """Write numbers: different ones differently."""

    def shortened(self, edges: Floats) -> Iterator[Floats]:
        """Give shorter numbers near these, the shortest first."""


@dataclass(frozen=True)
class _Numbers:
    def all_of(self, numbers: Floats) -> list[str]:
        return [str(int(one)) if one.is_integer() and abs(one) < 1e15 else repr(one) for one in numbers.tolist()]

    def shortened(self, edges: Floats) -> Iterator[Floats]:
        for digits in range(2, 16):
            yield np.array([float(f"{edge:.{digits}g}") for edge in edges.tolist()])


@dataclass(frozen=True)
class _Truths:
    def all_of(self, numbers: Floats) -> list[str]:
        return ["true" if one else "false" for one in numbers.tolist()]

    def shortened(self, edges: Floats) -> Iterator[Floats]:
        return iter(())


@dataclass(frozen=True)
class _Times:
    """Microseconds since 1970 in UTC: as days where all of them are."""

    def all_of(self, numbers: Floats) -> list[str]:
        times = [_EPOCH + timedelta(microseconds=int(one)) for one in numbers.tolist()]
        if not np.any(numbers % _DAY):
            return [time.date().isoformat() for time in times]
        return [f"{time.isoformat()}Z" for time in times]

    def shortened(self, edges: Floats) -> Iterator[Floats]:
        for unit in _UNITS:
            yield np.floor(edges / unit) * unit


number_name: Names = _Numbers()
truth_name: Names = _Truths()
time_name: Names = _Times()
