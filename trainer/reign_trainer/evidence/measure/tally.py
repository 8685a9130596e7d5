"""Sums of weights by code."""

import numpy as np

from .arrays import Floats, Ints


def tally(codes: Ints, weights: Floats, size: int) -> Floats:
    """Sum the weights of each code from 0 to ``size - 1``.

    Parameters
    ----------
    codes : ndarray of shape (n,), integers
    weights : ndarray of shape (n,)
    size : int

    Returns
    -------
    ndarray of shape (size,), float64
    """
    sums: Floats = np.bincount(codes, weights=weights, minlength=size).astype(np.float64, copy=False)
    return sums
