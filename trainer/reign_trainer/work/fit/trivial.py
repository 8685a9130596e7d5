"""The predictor that every model has to beat: it knows the labels, and no features."""

from __future__ import annotations

import numpy as np

from reign_trainer.shapes import Definition


def trivial_predictor(labels: np.ndarray, weights: np.ndarray | None, definition: Definition) -> list[float] | float:
    """Give the weighted class shares in the order of the classes, or the weighted mean of the label."""
    if definition.label is None:
        return float(np.average(labels, weights=weights))
    counts = np.bincount(labels.astype(int), weights=weights, minlength=len(definition.label.classes))
    return [float(share) for share in counts / counts.sum()]
