"""Where the simulated holdouts come from: every distribution that the gate is tried on, with its true values.

The binary generator is the binormal model with three effects of a cluster (a day, say), all independent of each other:

- ``level`` moves both models' scores of all its rows alike: some days look riskier than others;
- ``shock`` moves the separation of the classes in opposite directions for the two models: on some days the challenger
  is better, on others the champion. This is what makes rows of one day dependent *in the difference*, and what an
  interval for independent rows misses;
- ``rate_spread`` moves the share of positive rows.

Score of model m on a row of class y in cluster g, with z0 shared by both models and z1 its own, all standard normal::

    y * (separation_m -+ shock * u_g) + level * v_g + sqrt(likeness) * z0 + sqrt(1 - likeness) * z1

Two models of one separation are exchangeable, so the true difference of any metric is exactly zero. As u, v and the class
rate are independent, the scores of a class are normal over all clusters, and the area is known in closed form.

Skewed, u is 1 - e with e exponential: seldom, the challenger loses much. The areas are then integrated over e, and a
challenger is called equal that has the champion's area.

J. A. Hanley, "The robustness of the binormal assumptions used in fitting ROC curves", Medical Decision Making 8, 1988.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtr, ndtri

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.intp]
Sizes = Literal["equal", "unequal", "three"]

LARGEST_SHARE = 0.2
"""No cluster of the declared domain holds more of the rows."""

LARGE_CLUSTERS = 3
"""How many clusters the sizes 'three' put at the very edge of the domain."""


def cluster_sizes(rng: np.random.Generator, count: int, rows: int, clusters: int, sizes: Sizes) -> Ints:
    """Rows of each cluster, for several holdouts.

    Parameters
    ----------
    rng : numpy.random.Generator
    count : int
        How many holdouts.
    rows, clusters : int
        Of each.
    sizes : {'equal', 'unequal', 'three'}
        'unequal': lognormal with sigma 1, drawn anew until no cluster holds more than a fifth of the rows (with fewer
        than ten clusters that is too rare to wait for: then they stay as drawn). 'three': three clusters of a fifth
        each, the others equal; the declared domain allows no more concentration at so many clusters.

    Returns
    -------
    ndarray of shape (count, clusters)
        At least one row each.
    """
    if sizes == "unequal":
        shares = np.empty((0, clusters))
        while len(shares) < count:
            drawn = rng.lognormal(0, 1, (2 * count, clusters))
            drawn /= drawn.sum(axis=1, keepdims=True)
            shares = np.concatenate([shares, drawn[drawn.max(axis=1) < LARGEST_SHARE] if clusters >= 10 else drawn])
        shares = shares[:count]
    elif sizes == "three":
        rest = (1 - LARGE_CLUSTERS * LARGEST_SHARE) / (clusters - LARGE_CLUSTERS)
        shares = np.full((count, clusters), rest)
        shares[:, :LARGE_CLUSTERS] = LARGEST_SHARE
    else:
        shares = np.full((count, clusters), 1 / clusters)
    ends = np.rint(np.cumsum(shares, axis=1) * (rows - clusters)).astype(np.intp)
    return 1 + np.diff(ends, axis=1, prepend=0)


def cluster_codes(sizes: Ints) -> Ints:
    """Cluster of each row, from 0, shape (count, rows), from sizes of shape (count, clusters)."""
    count, clusters = sizes.shape
    return np.repeat(np.tile(np.arange(clusters), count), sizes.ravel()).reshape(count, -1)


@dataclass(frozen=True)
class Drawn:
    """Holdouts of the binary generator, with rows of one cluster next to each other.

    Attributes
    ----------
    clusters : ndarray of shape (count, rows)
    positive : ndarray of shape (count, rows), bool
    challenger, champion : ndarray of shape (count, rows)
        Scores of a separation of zero: add ``separation * positive``.
    """

    clusters: Ints
    positive: Bools
    challenger: Floats
    champion: Floats


@dataclass(frozen=True)
class Binormal:
    """The binary generator.

    Attributes
    ----------
    rows : int
    clusters : int or None
        None: each row is a cluster of its own, without any effect.
    sizes : {'equal', 'unequal', 'three'}
    shock : float
        Standard deviation of the separations' opposite moves.
    level : float
        Standard deviation of the scores' common moves.
    rate : float
        Share of positives in a cluster whose effect is zero.
    rate_spread : float
        Standard deviation of the log odds of that share.
    likeness : float
        Correlation of the two models' scores within a class and cluster.
    skewed : bool
        Whether the shock is exponential, with its long tail where the challenger loses.
    """

    rows: int
    clusters: int | None = 14
    sizes: Sizes = "equal"
    shock: float = 0.1
    level: float = 0.2
    rate: float = 0.25
    rate_spread: float = 0.3
    likeness: float = 0.8
    skewed: bool = False

    def draw(self, rng: np.random.Generator, count: int) -> Drawn:
        """Draw several holdouts."""
        shape = (count, self.rows)
        if self.clusters is None:
            codes = np.broadcast_to(np.arange(self.rows), shape)
            rate: Floats | float = self.rate
            level: Floats | float = 0.0
            shock: Floats | float = 0.0
        else:
            codes = cluster_codes(cluster_sizes(rng, count, self.rows, self.clusters, self.sizes))
            effects = rng.standard_normal((3, count, self.clusters))
            if self.skewed:
                effects[0] = 1 - rng.standard_exponential((count, self.clusters))
            shock, level, odds = (np.take_along_axis(effect, codes, axis=1) for effect in effects)
            shock, level = self.shock * shock, self.level * level
            rate = expit(logit(self.rate) + self.rate_spread * odds)
        positive = rng.random(shape) < rate
        shared = np.sqrt(self.likeness) * rng.standard_normal(shape) + level
        own = np.sqrt(1 - self.likeness) * rng.standard_normal((2, *shape))
        moved = shock * positive
        return Drawn(codes, positive, shared + own[0] + moved, shared + own[1] - moved)

    @property
    def spread(self) -> float:
        """Standard deviation of the distance between a positive and a negative row's scores, but for a skewed shock."""
        if self.clusters is None:
            return float(np.sqrt(2))
        return float(np.sqrt(2 + (0 if self.skewed else self.shock**2) + 2 * self.level**2))

    def area(self, separation: float) -> float:
        """The true area under the ROC curve of a champion of this separation."""
        return self._area(separation, -1)

    def separation(self, area: float) -> float:
        """The separation of a challenger whose true area this is."""
        if not self.skewed:
            return float(ndtri(area) * self.spread)
        return float(brentq(lambda separation: self._area(separation, 1) - area, -20, 20, xtol=1e-12))

    def _area(self, separation: float, side: int) -> float:
        """Over all clusters, of the model that a shock moves to this side."""
        if not self.skewed:
            return float(ndtr(separation / self.spread))
        nodes, weights = np.polynomial.laguerre.laggauss(60)
        return float(np.sum(weights * ndtr((separation + side * self.shock * (1 - nodes)) / self.spread)))


def multiclass(
    rng: np.random.Generator, sizes: Ints, gains: tuple[float, float], shock: float
) -> tuple[Ints, Ints, Floats, Floats]:
    """Draw one holdout of four classes of unequal frequency, for two models.

    A class has its own logit raised by the model's gain, which a cluster's shock moves in opposite directions for the two
    models, and every logit gets noise, of which four fifths are common to both. The frequencies move by cluster.

    Parameters
    ----------
    rng : numpy.random.Generator
    sizes : ndarray of shape (clusters,)
        Rows of each cluster.
    gains : tuple of float
        Challenger's and champion's.
    shock : float

    Returns
    -------
    labels, clusters : ndarray of shape (n,)
    challenger, champion : ndarray of shape (n, 4)
        Probabilities.
    """
    clusters = np.repeat(np.arange(sizes.size), sizes)
    k, n = 4, clusters.size
    odds = np.log([0.4, 0.3, 0.2, 0.1]) + 0.2 * rng.standard_normal((sizes.size, k))
    labels = np.argmax(odds[clusters] + rng.gumbel(size=(n, k)), axis=1)
    moved = shock * rng.standard_normal(sizes.size)[clusters]
    shared = np.sqrt(0.8) * rng.standard_normal((n, k))
    answers = []
    for gain in (gains[0] + moved, gains[1] - moved):
        logits = shared + np.sqrt(0.2) * rng.standard_normal((n, k))
        logits[np.arange(n), labels] += gain
        logits -= logits.max(axis=1, keepdims=True)
        powers = np.exp(logits)
        answers.append(powers / powers.sum(axis=1, keepdims=True))
    return labels, clusters, answers[0], answers[1]


def regression(
    rng: np.random.Generator, sizes: Ints, spreads: tuple[float, float], shock: float
) -> tuple[Floats, Ints, Floats, Floats]:
    """Draw one holdout of numbers, for two models.

    Errors are normal with correlation .8; a cluster's shock scales those of the challenger up where it scales those of
    the champion down.

    Parameters
    ----------
    rng : numpy.random.Generator
    sizes : ndarray of shape (clusters,)
        Rows of each cluster.
    spreads : tuple of float
        Standard deviation of the challenger's and of the champion's errors, without shock.
    shock : float
        Standard deviation of the logarithm of the scale.

    Returns
    -------
    labels : ndarray of shape (n,)
    clusters : ndarray of shape (n,)
    challenger, champion : ndarray of shape (n,)
    """
    clusters = np.repeat(np.arange(sizes.size), sizes)
    n = clusters.size
    labels = rng.standard_normal(n) + 0.3 * rng.standard_normal(sizes.size)[clusters]
    moved = shock * rng.standard_normal(sizes.size)[clusters]
    shared = np.sqrt(0.8) * rng.standard_normal(n)
    own = np.sqrt(0.2) * rng.standard_normal((2, n))
    challenger = labels + spreads[0] * np.exp(moved) * (shared + own[0])
    champion = labels + spreads[1] * np.exp(-moved) * (shared + own[1])
    return labels, clusters, challenger, champion
