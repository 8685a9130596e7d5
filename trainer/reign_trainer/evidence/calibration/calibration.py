"""Calibration of a binary model: curve, slope and intercept, expected error."""

from __future__ import annotations

import numpy as np

from reign_trainer.evidence.measure.bundles import bundled, one_way
from reign_trainer.evidence.rows.comparison import Comparison
from reign_trainer.shapes import Calibration, CalibrationEvidence

from .curve import curve
from .line import line
from .rows import Rows


def calibration(comparison: Comparison) -> CalibrationEvidence | None:
    """Compare probabilities with what came true, for challenger and champion on the same rows.

    Parameters
    ----------
    comparison : Comparison
        Of two-way clusters the way that has fewer counts. Rows of weight zero are left out.

    Returns
    -------
    CalibrationEvidence or None
        None for other tasks than a binary one, and where no row has weight.
    """
    if comparison.task != "binary":
        return None
    weights = np.ones(comparison.labels.size) if comparison.weights is None else comparison.weights
    kept = weights > 0
    if not kept.any():
        return None
    codes, count = bundled(one_way(comparison.clusters)[kept], comparison.seed)

    def of(scores: np.ndarray) -> Calibration:
        order = np.argsort(scores[kept], kind="stable")
        rows = Rows(
            scores[kept][order], comparison.labels[kept][order], weights[kept][order], codes[order], clusters=count
        )
        bins, expected_error = curve(rows)
        slope, intercept = line(rows)
        return Calibration(bins=bins, slope=slope, intercept=intercept, expected_error=expected_error)

    champion = None if comparison.champion is None else of(comparison.champion)
    return CalibrationEvidence(challenger=of(comparison.challenger), champion=champion)
