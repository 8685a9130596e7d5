"""A sheet of paper to draw on, measured in inches from its upper left corner.

Matplotlib's renderer does the drawing. Its axes are left out: they measure every text several times, and a picture of a few
lines took .1 s with them, which a cycle of a few seconds has not got. What a picture needs of them is in `Panel`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, cast

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path as Outline
from matplotlib.transforms import Affine2D, Bbox, IdentityTransform
from PIL import Image

Colour = str | tuple[float, float, float]
Style = Literal["solid", "dashed", "dotted"]
Shape = Literal["o", "s", "|"]
#: Left, top, right and bottom, in inches.
Box = tuple[float, float, float, float]

INK = "#000000"
_DASHES: dict[Style, Sequence[float] | None] = {"solid": None, "dashed": (3.7, 1.6), "dotted": (1.0, 1.65)}
#: Of PNG files: more makes them little smaller and takes longer.
_COMPRESSION = 1
_POINTS = 72.0
#: At which letters are measured, in points.
_MEASURED_SIZE = 100.0


class Paper:
    """A picture that is being drawn.

    Parameters
    ----------
    width, height : float
        In inches.
    dpi : int, default 100

    Attributes
    ----------
    texts : list of str
        What is written on it, in the order in which it was.
    """

    def __init__(self, width: float, height: float, dpi: int = 100) -> None:
        self.width, self.height = width, height
        self.texts: list[str] = []
        self._dpi = dpi
        self._renderer = RendererAgg(round(width * dpi), round(height * dpi), dpi)
        self.fill((0, 0, width, height), "#ffffff")

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 9.0,
        colour: Colour = INK,
        bold: bool = False,
        across: Literal["left", "centre", "right"] = "left",
        turned: bool = False,
    ) -> None:
        """Write text: a `$` in it is a `$`, and opens no formula.

        Parameters
        ----------
        x, y : float
            Where the text begins, ends or has its middle, by `across`; `y` is the middle of its height. Lines that follow
            stand below.
        text : str
        size : float
            In points.
        colour : str
        bold : bool
        across : {"left", "centre", "right"}
        turned : bool
            Upwards; then `x` is the middle of the letters' height, and `y` that of the text.
        """
        self.texts.append(text)
        lines = text.split("\n")
        for at, line in enumerate(lines):
            down = (at - (len(lines) - 1) / 2) * 1.3 * size / _POINTS
            width = 0.0 if across == "left" and not turned else self.width_of(line, size, bold=bold)
            self._write_line(x, y + down, line, width, _font(size, bold=bold), colour, across, turned=turned)

    def _write_line(
        self,
        x: float,
        y: float,
        text: str,
        width: float,
        font: FontProperties,
        colour: Colour,
        across: str,
        *,
        turned: bool,
    ) -> None:
        width *= self._dpi
        # Half the height of an x, more or less: words with and without descenders stand on one line.
        middle = 0.36 * font.get_size_in_points() * self._dpi / _POINTS
        x, y = x * self._dpi, y * self._dpi
        if turned:
            x, y = x + middle, y + width / 2
        else:
            x -= {"left": 0.0, "centre": width / 2, "right": width}[across]
            y += middle
        self._renderer.draw_text(self._pen(colour), x, y, text, font, 90.0 if turned else 0.0, ismath=False)

    def width_of(self, text: str, size: float = 9.0, *, bold: bool = False) -> float:
        """Give how wide a line of text would be, in inches: its letters one after the other.

        To lay it out as it is drawn takes as long as to draw it.
        """
        return sum(_advance(letter, bold=bold) for letter in text) * size / _POINTS

    def line(
        self,
        x: Iterable[float],
        y: Iterable[float],
        *,
        colour: Colour = INK,
        width: float = 1.0,
        style: Style = "solid",
        opacity: float = 1.0,
        within: Box | None = None,
    ) -> None:
        """Draw through points.

        Parameters
        ----------
        x, y : iterables of float
            A point that is not finite interrupts the line.
        colour, style
        width : float
            In points.
        opacity : float
        within : tuple of four float, optional
            Nothing is drawn outside.
        """
        pen = self._pen(colour, width=width, style=style, opacity=opacity, within=within)
        self._renderer.draw_path(pen, Outline(self._dots(x, y)), IdentityTransform(), None)

    def fill(self, box: Box, colour: Colour, opacity: float = 1.0) -> None:
        """Fill a rectangle."""
        left, top, right, bottom = box
        corners = self._dots([left, right, right, left, left], [bottom, bottom, top, top, bottom])
        pen = self._pen(colour, width=0.0, opacity=opacity)
        self._renderer.draw_path(pen, Outline(corners), IdentityTransform(), to_rgb(colour))

    def mark(
        self,
        x: Iterable[float],
        y: Iterable[float],
        *,
        colour: Colour,
        size: float,
        shape: Shape = "o",
        edge: Colour | None = None,
        opacity: float = 1.0,
        within: Box | None = None,
    ) -> None:
        """Put a mark of `size` points on every point."""
        line = shape == "|"
        pen = self._pen(colour if edge is None else edge, width=1.8 if line else 1.0, opacity=opacity, within=within)
        if not line and edge is None:
            pen.set_linewidth(0.0)
        scaled = Affine2D().scale(size * self._dpi / _POINTS)
        marker, turn = _marker(shape)
        points = Outline(self._dots(x, y))
        face = None if line else to_rgb(colour)
        self._renderer.draw_markers(pen, marker, turn + scaled, points, IdentityTransform(), face)

    def save(self, path: Path) -> None:
        """Write a PNG: the same bytes for the same picture, without time and program."""
        pixels = np.asarray(self._renderer.buffer_rgba())[:, :, :3]
        Image.fromarray(np.ascontiguousarray(pixels)).save(
            path, format="png", compress_level=_COMPRESSION, dpi=(self._dpi, self._dpi)
        )

    def _dots(self, x: Iterable[float], y: Iterable[float]) -> np.ndarray:
        across = np.asarray(list(x) if not isinstance(x, np.ndarray) else x, dtype=float)
        down = np.asarray(list(y) if not isinstance(y, np.ndarray) else y, dtype=float)
        return np.column_stack([across, self.height - down]) * self._dpi

    def _pen(
        self,
        colour: Colour,
        *,
        width: float = 1.0,
        style: Style = "solid",
        opacity: float = 1.0,
        within: Box | None = None,
    ) -> GraphicsContextBase:
        pen = self._renderer.new_gc()
        scale = self._dpi / _POINTS
        pen.set_foreground(colour)
        pen.set_linewidth(width * scale)
        pen.set_capstyle("butt")
        if opacity < 1:
            pen.set_alpha(opacity)
        dashes = _DASHES[style]
        if dashes is not None:
            pen.set_dashes(0, [part * width * scale for part in dashes])
        if within is not None:
            left, top, right, bottom = within
            corners = self._dots([left, right], [bottom, top])
            pen.set_clip_rectangle(Bbox(corners))
        return pen


@functools.cache
def _font(size: float, *, bold: bool = False) -> FontProperties:
    return FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")


@functools.cache
def _advance(letter: str, *, bold: bool) -> float:
    """Give how far the next letter stands from one, in sizes of the font."""
    font = get_font(findfont(_font(_MEASURED_SIZE, bold=bold)))
    font.set_size(_MEASURED_SIZE, _POINTS)
    return float(font.load_char(ord(letter), LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / _MEASURED_SIZE)


@functools.cache
def _marker(shape: Shape) -> tuple[Outline, Affine2D]:
    style = MarkerStyle(shape)
    return style.get_path(), cast("Affine2D", style.get_transform())
