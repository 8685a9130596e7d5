"""What every picture of evidence has in common: colours, title, legend, and how it reaches a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl

from reign_trainer.shapes import Evidence

from .paper import Colour, Paper, Shape, Style

#: Blue and vermilion: told apart also by those who see few colours (Okabe and Ito, 2008).
CHALLENGER = "#0072B2"
CHAMPION = "#D55E00"
BETTER = "#009E73"
WORSE = "#D55E00"
UNDECIDED = "#555555"
QUIET = "#999999"


@dataclass(frozen=True)
class Entry:
    """A line of a legend: a piece of line, a mark, or both, and what they mean."""

    text: str
    colour: Colour
    width: float = 1.2
    style: Style | None = "solid"
    shape: Shape | None = None
    opacity: float = 1.0


def draw_title(paper: Paper, evidence: Evidence, what: str) -> None:
    """Write what the picture shows, and a second line that tells it from that of another cycle."""
    paper.write(0.08, 0.16, what, size=11)
    paper.write(0.08, 0.37, f"{evidence.model}, as of {evidence.as_of.removesuffix('T00:00:00Z')}", size=9.5)


def draw_legend(paper: Paper, left: float, top: float, entries: Sequence[Entry], columns: int = 1) -> None:
    """Write entries one below the other, in columns of equal height."""
    rows = -(-len(entries) // columns)
    for begin in range(0, len(entries), rows):
        widest = 0.0
        for at, entry in enumerate(entries[begin : begin + rows]):
            y = top + 0.17 * at
            if entry.style is not None:
                paper.line(
                    [left, left + 0.25],
                    [y, y],
                    colour=entry.colour,
                    width=entry.width,
                    style=entry.style,
                    opacity=entry.opacity,
                )
            if entry.shape is not None:
                size = 9 if entry.shape == "|" else 4
                paper.mark([left + 0.125], [y], colour=entry.colour, size=size, shape=entry.shape)
            paper.write(left + 0.33, y, entry.text, size=8)
            widest = max(widest, paper.width_of(entry.text, 8))
        left += 0.33 + widest + 0.3


def save_picture(draw: Callable[[], Paper | None], path: Path) -> bool:
    """Draw into a file.

    Parameters
    ----------
    draw : callable
        Gives the picture, or None where there is nothing to draw.
    path : pathlib.Path
        A PNG; an older one of that name goes.

    Returns
    -------
    bool
        Whether there is a picture. One that cannot be drawn is left out: no judgement and no fit fails for it.
    """
    path.unlink(missing_ok=True)
    try:
        # Letters that are not fitted to the pixels are drawn sooner, and stand at even distances.
        with mpl.rc_context({"text.hinting": "none"}):
            paper = draw()
        if paper is None:
            return False
        paper.save(path)
    except Exception:  # noqa: BLE001
        path.unlink(missing_ok=True)
        return False
    return True


def signed(value: float) -> str:
    """Write a difference with its sign; a tiny one keeps two digits, a large one no fraction."""
    size = abs(value)
    digits = (
        f"{size:.2g}" if 0 < size < 0.001 else f"{size:.4f}" if size < 10 else f"{size:,.{0 if size >= 1000 else 2}f}"
    )
    return digits if value == 0 else f"{'+' if value > 0 else '−'}{digits}"
