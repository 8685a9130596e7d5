"""How many rows of equal weight are worth as much as these."""

import numpy as np
import numpy.typing as npt


def effective_rows(weights: npt.ArrayLike) -> float:
    """Kish's effective number of rows, ``(sum w)^2 / sum w^2``.

    Parameters
    ----------
    weights : array-like of shape (n,)
        Zero or more.

    Returns
    -------
    float
        Between 1 and n; 0 where no row has a weight.

    References
    ----------
    L. Kish, "Survey Sampling", section 11.7, Wiley, 1965.
    """
    w = np.asarray(weights, dtype=np.float64)
    largest = w.max(initial=0.0)
    if largest <= 0:
        return 0.0
    w = w / largest  # squares of very large or very small weights would leave the range of numbers
    return float(np.sum(w) ** 2 / np.sum(np.square(w)))
