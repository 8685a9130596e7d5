"""An estimate with its 95 % interval, from its values with one cluster left out."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

from reign_trainer.evidence.measure.arrays import Floats
from reign_trainer.evidence.measure.standard_error import jackknife_error
from reign_trainer.shapes import Bounded

LEVEL = 0.95


def bounded(estimate: float, deleted: Floats, lowest: float = -np.inf, highest: float = np.inf) -> Bounded:
    """Put Student's interval around an estimate, cut to where the quantity can lie.

    Parameters
    ----------
    estimate : float
    deleted : ndarray of shape (G,)
        NaN where a value is undefined without a cluster: then there are no bounds, as with fewer than two clusters.
    lowest, highest : float

    Returns
    -------
    Bounded
    """
    error = jackknife_error(estimate, deleted)
    if error is None:
        return Bounded(estimate=estimate, low=None, high=None)
    reach = float(stdtrit(deleted.size - 1, 0.5 + LEVEL / 2)) * error
    return Bounded(estimate=estimate, low=max(lowest, estimate - reach), high=min(highest, estimate + reach))
