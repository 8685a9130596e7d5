"""The shift of one column, or of a model's scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reign_trainer.shapes import ColumnShift, Gate, ShiftPolicy

from .alarm import is_alarm, reference, rounded
from .sample import SAMPLED_ROWS, chosen_rows
from .sizes import NOTHING, Sizes, largest, sizes
from .view import number_view


def column_shift(
    column: str,
    found: Sizes,
    past: Sequence[ColumnShift],
    policy: ShiftPolicy,
    categories: tuple[pa.ChunkedArray, pa.ChunkedArray] | None = None,
) -> ColumnShift:
    """Put sizes, reference and alarm together.

    Parameters
    ----------
    column : str
    found : Sizes
    past : sequence of ColumnShift
        The same column, of earlier holdouts.
    policy : ShiftPolicy
    categories : pair of pyarrow.ChunkedArray, optional
        All rows of a text in training and in the holdout: a category that a sample lacks need not be new.
    """
    found = Sizes(rounded(found.psi), rounded(found.ks), rounded(found.auc))
    usual = reference(past)
    new, new_share, vanished, vanished_share = (None, None, None, None)
    if categories is not None:
        new, new_share = _only_in_first(categories[1], categories[0])
        vanished, vanished_share = _only_in_first(*categories)
    return ColumnShift(
        column=column,
        psi=found.psi,
        ks=found.ks,
        auc=found.auc,
        reference=usual,
        new_categories=new,
        new_category_share=new_share,
        vanished_categories=vanished,
        vanished_category_share=vanished_share,
        alarm=is_alarm(found, usual, policy),
    )


def score_shift(current: np.ndarray, last: np.ndarray, past: list[ColumnShift], gate: Gate) -> ColumnShift:
    """Hold a model's scores on this holdout against those on the last one.

    Parameters
    ----------
    current, last : ndarray of shape (n,) and (m,), or (n, k) and (m, k)
        Scores of one version. Of several classes the largest of each size counts.
    past : list of ColumnShift
        What this function gave for earlier holdouts.
    gate : Gate
        Has the sizes from which on there is an alarm.

    Returns
    -------
    ColumnShift
        Of the column ``score``; its sizes are None where one of the two has no rows, or other classes than the other.
    """
    found = NOTHING
    if current.size > 0 and last.size > 0 and current.shape[1:] == last.shape[1:]:
        generator = np.random.default_rng(0)
        now, then = (_some(scores, generator) for scores in (current, last))
        found = largest([sizes(number_view(then[:, at], now[:, at]), generator) for at in range(now.shape[1])])
    return column_shift("score", found, past, gate.shift)


def _some(scores: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Choose rows, and give them as a table of one column a class."""
    chosen = scores[chosen_rows(scores.shape[0], SAMPLED_ROWS, generator)]
    return np.asarray(chosen.reshape(chosen.shape[0], -1), dtype=np.float64)


def _only_in_first(first: pa.ChunkedArray, second: pa.ChunkedArray) -> tuple[int | None, float | None]:
    """Count the values (NULL is one) that only the first column has, and give the share of its rows with them."""
    if len(first) == 0 or len(second) == 0:
        return None, None
    counted = pc.value_counts(first)
    values, rows = counted.field("values"), counted.field("counts").to_numpy(zero_copy_only=False)
    only = ~pc.is_in(values, value_set=pc.unique(second)).to_numpy(zero_copy_only=False)
    return int(np.count_nonzero(only)), rounded(float(rows[only].sum() / len(first)))
