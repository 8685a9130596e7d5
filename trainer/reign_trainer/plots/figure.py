"""What every picture has in common: size, colours, how it is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from reign_trainer.shapes import Evidence

DPI = 100
#: Of PNG files: more makes them little smaller and takes longer.
_COMPRESSION = 3

#: Blue and vermilion: told apart also by those who see few colours (Okabe and Ito, 2008).
CHALLENGER = "#0072B2"
CHAMPION = "#D55E00"
BETTER = "#009E73"
WORSE = "#D55E00"
UNDECIDED = "#555555"
QUIET = "#999999"

_STYLE: dict[Any, Any] = {
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 8.0,
    # A `$` in the name of a column is a `$`, and opens no formula.
    "text.parse_math": False,
}


def new_figure(width: float, height: float, margins: tuple[float, float, float, float] | None = None) -> Figure:
    """Give an empty figure of so many inches, drawn without a screen.

    Parameters
    ----------
    width, height : float
    margins : tuple of four float, optional
        Left, right, top and bottom of the axes, in inches. Where they are known, nothing has to be measured: that takes
        longer than drawing. Default: the figure finds room for whatever is in it.
    """
    figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained" if margins is None else None)
    FigureCanvasAgg(figure)
    if margins is not None:
        left, right, top, bottom = margins
        figure.subplots_adjust(left=left / width, right=1 - right / width, top=1 - top / height, bottom=bottom / height)
    return figure


def write_png(figure: Figure, path: Path) -> None:
    """Draw a figure into a file, once: ``savefig`` draws everything twice. No time and no program is in the file."""
    canvas = FigureCanvasAgg(figure)
    # Laid out here, drawing does not do it again.
    if (engine := figure.get_layout_engine()) is not None:
        engine.execute(figure)
        figure.set_layout_engine("none")
    canvas.draw()  # type: ignore[no-untyped-call]
    dots = (figure.dpi, figure.dpi)
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    Image.fromarray(pixels).save(path, format="png", compress_level=_COMPRESSION, dpi=dots)


def title_of(evidence: Evidence, what: str) -> str:
    """Give a title that tells the picture of one cycle from that of another."""
    return f"{what}\n{evidence.model}, as of {evidence.as_of.removesuffix('T00:00:00Z')}"


def save(draw: Callable[[], Figure | None], path: Path) -> bool:
    """Draw into a file.

    Parameters
    ----------
    draw : callable
        Gives the figure, or None where the evidence has nothing to draw.
    path : pathlib.Path
        A PNG; an older one of that name goes.

    Returns
    -------
    bool
        Whether there is a picture. One that cannot be drawn is left out: no judgement fails for it.
    """
    path.unlink(missing_ok=True)
    try:
        with mpl.rc_context(_STYLE):
            figure = draw()
            if figure is None:
                return False
            write_png(figure, path)
    except Exception:  # noqa: BLE001
        path.unlink(missing_ok=True)
        return False
    return True


def signed(value: float) -> str:
    """Write a difference with its sign; a tiny one keeps two digits."""
    size = abs(value)
    digits = f"{size:.2g}" if 0 < size < 0.001 else f"{size:.4f}" if size < 10 else f"{size:.2f}"
    return digits if value == 0 else f"{'+' if value > 0 else '−'}{digits}"


def quiet_axis(axes: Axes) -> None:
    """Take away what an axis of names does not need."""
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
