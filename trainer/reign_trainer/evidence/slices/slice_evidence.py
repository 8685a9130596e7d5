"""What was measured in a slice, as it stands in the evidence."""

from __future__ import annotations

from collections.abc import Sequence

from reign_trainer.shapes import SliceEvidence, SliceValue

from .grouping import Key
from .measure_slices import MeasuredSlice


def slice_evidence(
    keys: Sequence[Key],
    metric: str,
    margin: float,
    measured: MeasuredSlice,
    holm_high: float | None,
    *,
    protected: bool,
) -> SliceEvidence:
    """Put a slice into the shape of the evidence.

    Parameters
    ----------
    keys : sequence of Key
        One, or two.
    metric : str
    margin : float
    measured : MeasuredSlice
    holm_high : float or None
    protected : bool

    Returns
    -------
    SliceEvidence
    """
    return SliceEvidence.model_validate(
        {
            "where": [SliceValue(column=key.column, value=key.value) for key in keys],
            "metric": metric,
            "margin": margin,
            "protected": protected,
            "rows": measured.rows,
            "clusters": measured.clusters,
            "challenger": measured.challenger,
            "champion": measured.champion,
            "difference": measured.difference,
            "holm_high": holm_high,
            "unmeasured": measured.unmeasured,
        }
    )
