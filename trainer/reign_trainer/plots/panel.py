"""A rectangle of a picture with scales of its own: points are given in their units."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import MaxNLocator

from .paper import INK, Box, Colour, Paper, Shape, Style

_GRID = "#e6e6e6"
_TICK = 0.04
#: Of the numbers at the left edge: how far they stand from it.
_BESIDE = 0.07


@dataclass(frozen=True)
class Panel:
    """A part of a sheet.

    Attributes
    ----------
    paper : Paper
    box : tuple of four float
        Left, top, right, bottom.
    across, up : pair of float
        The values at the left and the right edge, at the lower and the upper one.
    """

    paper: Paper
    box: Box
    across: tuple[float, float]
    up: tuple[float, float]

    def x(self, value: float | np.ndarray) -> float | np.ndarray:
        """Give where a value lies across the sheet."""
        (low, high), (left, _, right, _) = self.across, self.box
        return left + (value - low) / (high - low) * (right - left)

    def y(self, value: float | np.ndarray) -> float | np.ndarray:
        """Give where a value lies down the sheet."""
        (low, high), (_, top, _, bottom) = self.up, self.box
        return bottom - (value - low) / (high - low) * (bottom - top)

    def title(self, text: str) -> None:
        """Write above the upper left corner."""
        self.paper.write(self.box[0], self.box[1] - 0.12, text, size=10)

    def scale_across(
        self,
        label: str = "",
        *,
        most: int = 6,
        ticks: Sequence[float] | None = None,
        names: Sequence[str] | None = None,
        size: float = 8.0,
    ) -> None:
        """Draw the lower edge with its numbers, or with names at given places, and a grid above."""
        _, top, _, bottom = self.box
        places = ticks_in(*self.across, most=most) if ticks is None else ticks
        texts = numbered(places) if names is None else names
        for value, text in zip(places, texts, strict=True):
            at = float(self.x(value))
            self.paper.line([at, at], [top, bottom], colour=_GRID, width=0.6)
            self.paper.line([at, at], [bottom, bottom + _TICK], width=0.8)
            self.paper.write(at, bottom + 0.12, text, size=size, across="centre")
        self.paper.line([self.box[0], self.box[2]], [bottom, bottom], width=0.8)
        if label:
            self.paper.write((self.box[0] + self.box[2]) / 2, bottom + 0.32, label, across="centre")

    def scale_up(
        self, label: str = "", *, most: int = 6, write: Callable[[float], str] | None = None, size: float = 8.0
    ) -> None:
        """Draw the left edge with its numbers, and a grid beside it."""
        left, top, right, bottom = self.box
        places = ticks_in(*self.up, most=most)
        texts = numbered(places) if write is None else [write(place) for place in places]
        for value, text in zip(places, texts, strict=True):
            at = float(self.y(value))
            self.paper.line([left, right], [at, at], colour=_GRID, width=0.6)
            self.paper.line([left - _TICK, left], [at, at], width=0.8)
            self.paper.write(left - _BESIDE, at, text, size=size, across="right")
        self.paper.line([left, left], [top, bottom], width=0.8)
        if label:
            self.paper.write(0.12, (top + bottom) / 2, label, across="centre", turned=True)

    def curve(
        self,
        x: Iterable[float],
        y: Iterable[float],
        *,
        colour: Colour = INK,
        width: float = 1.2,
        style: Style = "solid",
        opacity: float = 1.0,
    ) -> None:
        """Draw through points; what lies outside of the panel is cut off."""
        across, up = self.x(_array(x)), self.y(_array(y))
        self.paper.line(
            _array(across), _array(up), colour=colour, width=width, style=style, opacity=opacity, within=self.box
        )

    def marks(
        self,
        x: Iterable[float],
        y: Iterable[float],
        *,
        colour: Colour,
        size: float,
        shape: Shape = "o",
        edge: Colour | None = None,
        opacity: float = 1.0,
    ) -> None:
        """Put a mark on every point."""
        across, up = self.x(_array(x)), self.y(_array(y))
        self.paper.mark(_array(across), _array(up), colour=colour, size=size, shape=shape, edge=edge, opacity=opacity)

    def upright(self, value: float, *, colour: Colour = INK, width: float = 0.9, style: Style = "solid") -> None:
        """Draw a line from top to bottom at a value."""
        at = float(self.x(value))
        self.paper.line([at, at], [self.box[1], self.box[3]], colour=colour, width=width, style=style)

    def bar(self, x: tuple[float, float], y: tuple[float, float], colour: Colour, opacity: float = 1.0) -> None:
        """Fill between two values across and two up."""
        left, right = sorted(float(self.x(value)) for value in x)
        top, bottom = sorted(float(self.y(value)) for value in y)
        self.paper.fill((left, top, right, bottom), colour, opacity)


def ticks_in(low: float, high: float, most: int) -> list[float]:
    """Give round numbers between two, at most so many and one."""
    found = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    room = 1e-9 * (high - low)
    return [float(value) for value in found if low - room <= value <= high + room]


def room_beside(paper: Paper, up: tuple[float, float], *, most: int = 6, size: float = 8.0) -> float:
    """Give how much room the numbers of `scale_up` take to the left of its edge, in inches."""
    return _BESIDE + max(paper.width_of(text, size) for text in numbered(ticks_in(*up, most=most)))


def numbered(places: Sequence[float]) -> list[str]:
    """Write numbers that follow each other at one distance, with as many digits as tell them apart."""
    step = abs(places[1] - places[0]) if len(places) > 1 else abs(places[0]) if places else 1.0
    digits = next((count for count in range(7) if abs(round(step, count) - step) <= 1e-6 * step), None)
    if digits is None:
        return [f"{value:.3g}".replace("-", "−") for value in places]
    return [f"{value if round(value, digits) else 0.0:,.{digits}f}".replace("-", "−") for value in places]


def widened(values: Sequence[float], share: float) -> tuple[float, float]:
    """Give the smallest and the largest of values with a share of their distance on both sides; 1 where it is none."""
    low, high = min(values), max(values)
    room = share * (high - low) or 1.0
    return low - room, high + room


def _array(values: Iterable[float] | float | np.ndarray) -> np.ndarray:
    return values if isinstance(values, np.ndarray) else np.asarray(list(values), dtype=float)  # type: ignore[arg-type]
