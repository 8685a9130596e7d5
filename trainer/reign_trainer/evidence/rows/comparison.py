"""The judged rows as arrays: what every part of the evidence is measured on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from reign_trainer.evidence.measure import Task


@dataclass(frozen=True)
class Comparison:
    """Champion and challenger on the same labelled rows, row for row, in the order of the row ids.

    Attributes
    ----------
    task : {'binary', 'multiclass', 'regression'}
    primary : str
        The metric that decides.
    labels : ndarray of shape (n,), float64
        0 or 1 (1: the positive class); 0 to k - 1; or numbers.
    weights : ndarray of shape (n,) or None
        Importance weights, times inverse approval probabilities where labels are selected.
    clusters : ndarray of shape (n,) or (n, 2), int64
        Codes from 0 without gaps; two columns for two-way clusters.
    challenger, champion : ndarray of shape (n,) or (n, k)
        ``champion`` is None where nobody reigns or the champion cannot be scored.
    anchor : ndarray or None
        The last champion that won by superiority, where it is asked for and is not the champion.
    shuffled_fit : ndarray or None
        A version fitted on shuffled labels, where the policy asks for one.
    trivial : list of float or float
        As `reign_trainer.evidence.measure.measure` takes it: for binary the shares of classes 0 and 1.
    table : pyarrow.Table
        The challenger's stored predictions of these rows: event time, slice keys, amounts.
    alpha : float
        The chance of error that was charged; one-sided.
    seed : int
        Follows from the cycle and its rows.
    """

    task: Task
    primary: str
    labels: np.ndarray
    weights: np.ndarray | None
    clusters: np.ndarray
    challenger: np.ndarray
    champion: np.ndarray | None
    anchor: np.ndarray | None
    trivial: list[float] | float
    table: pa.Table
    alpha: float
    seed: int
    shuffled_fit: np.ndarray | None = None
