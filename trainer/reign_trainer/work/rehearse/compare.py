"""Are the answers to raw JSON those that the version gave on the holdout?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reign_trainer.shapes import Rehearsal

#: Answers that differ by more are different answers, relatively where they are larger than 1. Batches of another size
#: may round differently in the last bit.
_TOLERANCE = 1e-12


def compared(answers: np.ndarray, expected: np.ndarray, alone: Sequence[int]) -> Rehearsal:
    """Compare answers row by row.

    Parameters
    ----------
    answers : ndarray of shape (n + len(alone), scores)
        To one request with all rows, then to one request each of those that were sent alone too.
    expected : ndarray of shape (n, scores)
    alone : sequence of int
        Positions.

    Returns
    -------
    Rehearsal
        A row is a mismatch where any of its scores differs, in either way of asking.
    """
    differences = np.abs(answers[: len(expected)] - expected)
    for at, answer in zip(alone, answers[len(expected) :], strict=True):
        differences[at] = np.maximum(differences[at], np.abs(answer - expected[at]))
    return Rehearsal(
        rows=len(expected),
        mismatches=count_mismatches(differences, expected),
        largest_difference=float(differences.max()) if len(expected) > 0 else None,
    )


def count_mismatches(differences: np.ndarray, expected: np.ndarray) -> int:
    """Count the rows in which a score differs by more than rounding does.

    Parameters
    ----------
    differences, expected : ndarray of shape (n, scores)
        How far the answers are from what was expected, and that.
    """
    differ = differences > _TOLERANCE * np.maximum(1, np.abs(expected))
    return int(np.count_nonzero(differ.any(axis=1)))
