"""Every picture that a document of evidence has something for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from reign_trainer.shapes import Evidence

from .calibration import draw_calibration
from .differences import draw_differences
from .labels import draw_labels
from .paper import Paper
from .picture import save_picture
from .shift import draw_shift
from .slices import draw_slices

#: By the name of the file, without `.png`.
PICTURES: dict[str, Callable[[Evidence], Paper | None]] = {
    "differences": draw_differences,
    "slices": draw_slices,
    "calibration": draw_calibration,
    "score_shift": draw_shift,
    "labels": draw_labels,
}


def draw_evidence(evidence: Evidence, folder: Path) -> Iterator[str]:
    """Draw into a folder, one picture after the other.

    Parameters
    ----------
    evidence : Evidence
    folder : pathlib.Path
        Made where it is missing; pictures of these names in it are replaced.

    Yields
    ------
    str
        The name of a file, as soon as it is there: what the evidence does not hold has no picture.

    Notes
    -----
    The same evidence gives the same bytes with the same version of matplotlib.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in PICTURES.items():
        if save_picture(partial(draw, evidence), folder / f"{name}.png"):
            yield f"{name}.png"
