"""How many degrees of freedom Student's t has: those of the effective clusters."""

import numpy as np

from .arrays import Floats
from .effective_rows import effective_rows

ROUNDING = 1e-6
"""Clusters of equal weight give a whole number in spite of rounding."""


def degrees_of_freedom(*cluster_weights: Floats) -> float:
    """Count the effective clusters less one, ``(sum w_g)^2 / sum w_g^2 - 1`` with w_g the weight of cluster g.

    Of several ways to cluster that of the way with the fewest. With clusters of one size it is the
    textbook's number of clusters less one. Where a few clusters hold most of the rows, the standard error rests on
    these few, and the textbook's t would let through far more than it says: with three clusters of a fifth of the rows
    among a hundred, and whole clusters that err together, 95 % intervals cover 87 %, and what should happen once in a
    thousand happens nine times.

    Parameters
    ----------
    *cluster_weights : ndarray of shape (G,)
        Sums of the rows' weights by cluster, for each way to cluster. Clusters of weight zero do not count.

    Returns
    -------
    float
        0 with fewer than two clusters, at least 1 otherwise.

    References
    ----------
    A. V. Carter, K. T. Schnepel, D. G. Steigerwald, "Asymptotic behavior of a t-test robust to cluster heterogeneity",
    Review of Economics and Statistics 99, 2017.
    """
    if min(np.count_nonzero(weights) for weights in cluster_weights) < 2:
        return 0.0
    effective = min(effective_rows(weights) for weights in cluster_weights)
    whole = float(round(effective))
    return max(1.0, (whole if abs(effective - whole) < ROUNDING * whole else effective) - 1)
