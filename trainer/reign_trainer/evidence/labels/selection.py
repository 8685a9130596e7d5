"""Where only accepted rows show a label: whom the labelled ones stand for.

D. G. Horvitz, D. J. Thompson, "A generalization of sampling without replacement from a finite universe", Journal of the
American Statistical Association 47, 1952; the effective number of rows is Kish's ("Survey Sampling", Wiley, 1965).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reign_trainer.evidence.measure import MeasureError
from reign_trainer.evidence.measure.arrays import Bools, Floats
from reign_trainer.evidence.rows.columns import accepted_rows, numbers
from reign_trainer.shapes import Definition, Selection

from .kept_promise import contradicted, disagreement

DECIDERS = 10


def selection(
    table: pa.Table, definition: Definition, labelled: Bools, swap_ins: Bools | None
) -> tuple[Selection, Floats | None]:
    """Weigh accepted rows by how unlikely it was that they would be, and say how far that carries.

    Parameters
    ----------
    table : pyarrow.Table
        Stored predictions of every row of the holdout, with the columns that ``source.selection`` names.
    definition : Definition
        With ``source.selection``.
    labelled : ndarray of shape (n,), bool
        Rows of the table that have a label and may be judged on.
    swap_ins : ndarray of shape (n,), bool, or None
        Rows that the challenger alone would accept; None where there is no cut-off.

    Returns
    -------
    selection : Selection
        Largest weight and effective rows are of the weights times the rows' own (``weight``), as they are measured with.
    weights : ndarray of shape (n,) or None
        One over the probability for rows that were accepted, are labelled and had a chance; zero for the others. A row
        that was rejected and has a label all the same stands for nobody: its label came from somewhere else. Without the
        rows' own weights. None where the source names no probability.

    Raises
    ------
    MeasureError
        Where probabilities are NULL or outside [0, 1]. The message counts rows and quotes none.
    """
    columns = definition.source.selection
    if columns is None:
        raise ValueError("the definition has no source.selection")
    accepted = accepted_rows(table, definition)
    shown = accepted & labelled
    counts = {
        "accepted": int(np.count_nonzero(accepted)),
        "labelled": int(np.count_nonzero(shown)),
        "decided_by": [] if columns.decided_by is None else _deciders(table.column(columns.decided_by)),
    }
    asked = np.ones(table.num_rows, dtype=np.bool_) if swap_ins is None else swap_ins
    if columns.probability is None:
        return Selection(
            **counts,
            weighted=False,
            overlap=None,
            randomised=None,
            largest_weight=None,
            effective_rows=None,
            unreachable=_share(~accepted, asked),
            contradicted=None,
            disagreement=None,
        ), None
    probability = _probabilities(table, columns.probability)
    everyone = np.ones(table.num_rows, dtype=np.bool_)
    weights = np.zeros(table.num_rows)
    usable = shown & (probability > 0)
    weights[usable] = 1 / probability[usable]
    total = weights * numbers(table, "weight") if definition.source.weight is not None else weights
    # A broken weight is reported where it is measured with; here it must not become NaN.
    total = np.where(np.isfinite(total) & (total > 0), total, 0.0)
    return Selection(
        **counts,
        weighted=True,
        overlap=_share(probability > 0, everyone),
        randomised=_share((probability > 0) & (probability < 1), everyone),
        largest_weight=float(total.max() / total.sum()) if total.any() else None,
        effective_rows=_effective(total) if total.any() else 0.0,
        unreachable=_share(probability == 0, asked),
        contradicted=contradicted(accepted, probability),
        disagreement=disagreement(table, accepted, probability),
    ), weights


def _effective(weights: Floats) -> float:
    scaled = weights / weights.max()
    return float(scaled.sum() ** 2 / np.sum(np.square(scaled)))


def _share(rows: Bools, among: Bools) -> float | None:
    count = int(np.count_nonzero(among))
    return float(np.count_nonzero(rows & among) / count) if count else None


def _probabilities(table: pa.Table, name: str) -> Floats:
    probability = numbers(table, name)
    absent = int(np.count_nonzero(np.isnan(probability)))
    if absent:
        raise MeasureError(
            f"the approval probability is NULL in {absent} of {probability.size} rows of the holdout: "
            "give one for every row, 0 for those that had no chance"
        )
    outside = int(np.count_nonzero((probability < 0) | (probability > 1)))
    if outside:
        raise MeasureError(
            f"the approval probability is outside [0, 1] in {outside} of {probability.size} rows of the holdout: "
            "give the chance, known at the decision, with which the row was to be accepted"
        )
    return probability


def _deciders(column: pa.ChunkedArray) -> list[str]:
    """Name who decided, the most frequent first, of equally frequent ones by name."""
    counted = pc.value_counts(column.cast(pa.string()).combine_chunks().drop_null())
    named = [(-one["counts"], one["values"]) for one in counted.to_pylist()]
    return [name for _, name in sorted(named)[:DECIDERS]]
