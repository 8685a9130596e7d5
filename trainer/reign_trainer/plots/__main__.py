"""`python -m reign_trainer.plots EVIDENCE.json FOLDER`: draws, and prints the names of the pictures, one a line."""

from __future__ import annotations

import sys
from pathlib import Path

from reign_trainer.shapes import Evidence

from .draw_evidence import draw_evidence


def main(arguments: list[str]) -> int:
    """Draw the pictures of one document.

    Returns
    -------
    int
        0, or 2 where the arguments are not two.
    """
    if len(arguments) != 2:
        print("usage: python -m reign_trainer.plots EVIDENCE.json FOLDER", file=sys.stderr)
        return 2
    evidence = Evidence.model_validate_json(Path(arguments[0]).read_bytes())
    for name in draw_evidence(evidence, Path(arguments[1])):
        print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
