"""Whom the challenger would accept and the champion would not, and the other way round."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from reign_trainer.evidence.measure.arrays import Bools, Floats
from reign_trainer.evidence.rows.columns import numbers
from reign_trainer.labels import positive_index
from reign_trainer.shapes import CutoffPolicy, Definition, Gate, Swapped, SwapSet

SCORE = "score"


def swap_set(challenger: pa.Table, champion: pa.Table | None, gate: Gate, definition: Definition) -> SwapSet | None:
    """Count the four ways in which two models agree or differ at the policy's cut-off.

    Swap-ins of selected labels mostly have no label: they are counted, and their outcome is not imputed.

    Parameters
    ----------
    challenger, champion : pyarrow.Table
        Stored predictions of every row of the holdout, labelled or not, row for row: ``score`` and ``label``.
    gate : Gate
    definition : Definition

    Returns
    -------
    SwapSet or None
        None without champion or cut-off, for other tasks than a binary one, and where the champion has scores of
        another task.
    """
    accepted = _accepted(challenger, champion, gate, definition)
    if accepted is None or gate.cutoff is None:
        return None
    ours, theirs = accepted
    positive = numbers(challenger, "label")
    positive = np.where(np.isnan(positive), np.nan, positive == positive_index(definition))
    return SwapSet(
        cutoff=gate.cutoff.score,
        accept=gate.cutoff.accept,
        swap_ins=_swapped(ours & ~theirs, positive),
        swap_outs=_swapped(theirs & ~ours, positive),
        accepted_by_both=_swapped(ours & theirs, positive),
        rejected_by_both=_swapped(~ours & ~theirs, positive),
    )


def swap_ins(challenger: pa.Table, champion: pa.Table | None, gate: Gate, definition: Definition) -> Bools | None:
    """Tell which rows the challenger alone would accept; None where `swap_set` is None."""
    accepted = _accepted(challenger, champion, gate, definition)
    return None if accepted is None else accepted[0] & ~accepted[1]


def _accepted(
    challenger: pa.Table, champion: pa.Table | None, gate: Gate, definition: Definition
) -> tuple[Bools, Bools] | None:
    if champion is None or gate.cutoff is None or definition.task != "binary" or SCORE not in champion.column_names:
        return None
    return _accepts(challenger, gate.cutoff), _accepts(champion, gate.cutoff)


def _accepts(rows: pa.Table, cutoff: CutoffPolicy) -> Bools:
    flagged: npt.NDArray[np.bool_] = numbers(rows, SCORE) >= cutoff.score
    return flagged if cutoff.accept == "above" else ~flagged


def _swapped(rows: Bools, positive: Floats) -> Swapped:
    outcomes = positive[rows]
    labelled = outcomes[~np.isnan(outcomes)]
    return Swapped(
        rows=int(np.count_nonzero(rows)),
        labelled=labelled.size,
        positive_rate=float(labelled.mean()) if labelled.size else None,
    )
