"""One model's metric on all rows, and again on many variations of the rows."""

from dataclasses import dataclass

import numpy as np

from .arrays import Floats


@dataclass(frozen=True)
class Replicates:
    """A metric of one model. Two models' replicates are paired: value i of both is of the same rows.

    Attributes
    ----------
    estimate : float
        On all rows.
    values : tuple of ndarray
        For each way to cluster (one; or two and their intersections): with one cluster left out, shape (clusters,), or
        on resampled clusters, shape (resamples,). NaN where the metric is undefined.
    """

    estimate: float
    values: tuple[Floats, ...]

    def minus(self, other: "Replicates") -> "Replicates":
        """Subtract another model's, value by value."""
        values = tuple(ours - theirs for ours, theirs in zip(self.values, other.values, strict=True))
        return Replicates(self.estimate - other.estimate, values)


def without_each(by_cluster: Floats) -> Floats:
    """Sum over all clusters but one, for each one.

    Adds what comes before to what comes after: taking the one from the total would leave rounding noise where the
    rest is zero.

    Parameters
    ----------
    by_cluster : ndarray of shape (G,)

    Returns
    -------
    ndarray of shape (G,)
    """
    rest = np.zeros(by_cluster.size)
    rest[1:] += np.cumsum(by_cluster[:-1])
    rest[:-1] += np.cumsum(by_cluster[:0:-1])[::-1]
    return rest
