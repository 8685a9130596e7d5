"""The slices that the policy declares, each measured for itself and all of them judged together."""

from __future__ import annotations

import pyarrow as pa

from reign_trainer.evidence.measure import MeasureError
from reign_trainer.evidence.rows.comparison import Comparison
from reign_trainer.evidence.rows.gate_parameters import gate_parameters
from reign_trainer.shapes import Gate, SliceEvidence, SlicePolicy

from .compared_rows import ComparedRows
from .grouping import Grouping, Key
from .groupings import groupings
from .holm import holm_upper_bounds
from .measure_slices import MeasuredSlice, measure_slices
from .slice_evidence import slice_evidence

VALUES = 50
"""The most slices of one column, besides that of rows without a value."""

SLICES = 240
"""The most slices in all: a document of evidence has to stay small. About 600 bytes each."""


def declared_slices(comparison: Comparison, gate: Gate) -> list[SliceEvidence]:
    """Measure challenger against champion within every declared slice.

    Each value of a declared column is a slice (`column_values` says which), with an interval of its own by the clusters
    that have rows in it. Over all of them that could be measured, whatever their column and metric, losses are judged by
    Holm's procedure: see `holm_upper_bounds`.

    Parameters
    ----------
    comparison : Comparison
    gate : Gate

    Returns
    -------
    list of SliceEvidence
        In the order of the policy, within a column as `column_values` has them. Empty without a champion, and where the
        rows cannot be measured at all: then the metrics say why. A column that cannot be sliced is one slice of no rows.
    """
    if comparison.champion is None or not gate.slices:
        return []
    try:
        compared = ComparedRows.of(comparison, comparison.champion, gate_parameters(gate, comparison.table))
    except MeasureError:
        return []
    kept = compared.holdout.kept
    table = comparison.table if kept is None else comparison.table.filter(pa.array(kept))
    by_column = groupings(table, [policy.column for policy in gate.slices], VALUES, SLICES)

    parts: list[tuple[SlicePolicy, str, tuple[Key, ...], MeasuredSlice]] = []
    for policy in gate.slices:
        metric = policy.metric or comparison.primary
        grouping = by_column[policy.column]
        if isinstance(grouping, Grouping):
            measured = measure_slices(compared, metric, grouping)
            parts += [(policy, metric, keys, one) for keys, one in zip(grouping.keys, measured, strict=True)]
        else:
            parts.append((policy, metric, (Key(policy.column, None),), MeasuredSlice(0, 0, None, None, None, grouping)))

    shown = [(one.difference, policy.margin) for policy, _, _, one in parts if one.difference is not None]
    bounds = iter(holm_upper_bounds([one for one, _ in shown], [margin for _, margin in shown], comparison.alpha))
    return [
        slice_evidence(
            keys,
            metric,
            policy.margin,
            one,
            None if one.difference is None else next(bounds),
            protected=policy.protected,
        )
        for policy, metric, keys, one in parts
    ]
