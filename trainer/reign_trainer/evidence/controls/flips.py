"""Equal models by construction: the signs of the clusters' contributions flipped at random.

E. J. G. Pitman, "Significance tests which may be applied to samples from any populations", Supplement to the Journal of
the Royal Statistical Society 4, 1937; for clusters: A. C. Cameron, J. B. Gelbach, D. L. Miller, "Bootstrap-based
improvements for inference with clustered errors", Review of Economics and Statistics 90, 2008.
"""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

from reign_trainer.evidence.measure import difference_values
from reign_trainer.evidence.measure.arrays import Floats
from reign_trainer.evidence.measure.bundles import BUNDLES
from reign_trainer.evidence.measure.tally import tally
from reign_trainer.shapes import FlipControl

from .case import Case

COUNT = 1_000
EXHAUSTIVE = 10
"""Below so many clusters every pattern of signs is tried."""

DIGITS = 6


def flips(case: Case) -> FlipControl | None:
    """Test differences that are nothing but the clusters' noise, put where a challenger is just not good enough.

    Parameters
    ----------
    case : Case

    Returns
    -------
    FlipControl or None
        The deciding lower bounds. None where there is no noise to flip: fewer than two clusters, a metric that rests on
        one cluster, or models that differ by the same everywhere.

    Notes
    -----
    Of the values with one cluster left out, those of a metric with a bootstrap included, the differences to the
    estimate are, centred, the clusters' contributions. Each pattern of signs gives an estimate and a jackknife error of
    its own.

    Given the data, the share of patterns that a right t-test lets win is not alpha but lies about it: the magnitudes are
    fixed, only the signs are not, and of few clusters there are few patterns. Simulated with 200,000 data sets a cell
    (contributions normal, t with 3 degrees of freedom and exponential; 7, 8, 10, 11 and 14 clusters, equal and with one
    of a fifth of the rows; alpha .025, .01, .00077 and .00011), no share exceeded
    ``max(.02, 2 * alpha + 5 * sqrt(2 * alpha / count))``: that is what a gate may call broken. ``alpha`` and three
    errors of a simulation would call up to one right test in 18 broken.
    """
    of = case.comparison
    found = difference_values(
        of.primary, of.task, of.labels, of.challenger, case.opponent, of.clusters, of.weights, case.parameters
    )
    if found.deleted.size < 2 or not np.isfinite(found.deleted).all():
        return None
    random = np.random.Generator(np.random.PCG64([of.seed, 1]))
    skewness = _skewness(found.estimate - found.deleted)
    contributions = _bundled(found.estimate - found.deleted, random)
    contributions -= contributions.mean()
    if not contributions.any():
        return None
    # Bundles are of equal number: then there are as many effective clusters as there are bundles.
    bundled = contributions.size < found.deleted.size
    freedom = float(contributions.size - 1) if bundled else found.degrees_of_freedom
    clusters = contributions.size
    exhaustive = clusters < EXHAUSTIVE
    lows = lower_bounds(contributions, _signs(clusters, exhaustive, random), case.boundary, of.alpha, freedom)
    return FlipControl(
        count=lows.size,
        exhaustive=exhaustive,
        lows=sorted(rounded_bound(float(low), case.boundary) for low in lows),
        skewness=skewness,
    )


def lower_bounds(
    contributions: Floats, signs: Floats, boundary: float, alpha: float, degrees_of_freedom: float
) -> Floats:
    """Give the one-sided lower bound at ``1 - alpha`` for each pattern of signs.

    Parameters
    ----------
    contributions : ndarray of shape (G,)
        Estimate less value without the cluster, centred.
    signs : ndarray of shape (patterns, G)
        1 or -1.
    boundary : float
        The difference that is true of every pattern.
    alpha : float
    degrees_of_freedom : float
        As the gate's own test has it.

    Returns
    -------
    ndarray of shape (patterns,)
    """
    clusters = contributions.size
    flipped = signs * contributions
    means = flipped.mean(axis=1)
    errors = np.sqrt((clusters - 1) / clusters * np.sum(np.square(flipped - means[:, np.newaxis]), axis=1))
    # A jackknife's deviations are the clusters' own over G - 1.
    lows: Floats = boundary + (clusters - 1) * means - float(stdtrit(degrees_of_freedom, 1 - alpha)) * errors
    return lows


def _skewness(contributions: Floats) -> float | None:
    """Give the adjusted Fisher-Pearson coefficient; None of fewer than three clusters or where all say the same."""
    if contributions.size < 3 or not np.ptp(contributions) > 0:
        return None
    # Takes most of a second to import: who counts no flips need not wait for it.
    from scipy.stats import skew

    found = float(skew(contributions, bias=False))
    return float(f"{found:.{DIGITS}g}") if np.isfinite(found) else None


def rounded_bound(low: float, boundary: float) -> float:
    """Round to `DIGITS` significant digits, unless that moves a bound across the boundary."""
    short = float(f"{low:.{DIGITS}g}")
    return short if (short > boundary) == (low > boundary) else low


def _signs(clusters: int, exhaustive: bool, random: np.random.Generator) -> Floats:
    if exhaustive:
        ones = np.arange(2**clusters)[:, np.newaxis] >> np.arange(clusters) & 1
    else:
        ones = random.integers(0, 2, size=(COUNT, clusters))
    return 1 - 2 * ones.astype(np.float64)


def _bundled(contributions: Floats, random: np.random.Generator) -> Floats:
    """Add very many clusters' contributions up in bundles: a sum of independent ones is independent too."""
    clusters = contributions.size
    if clusters <= BUNDLES:
        return contributions
    dealt = random.permutation(clusters) % BUNDLES
    sums = tally(dealt, contributions, BUNDLES)
    # From deviations of one among `clusters` to those of one among `BUNDLES`.
    return sums * ((clusters - 1) / clusters * BUNDLES / (BUNDLES - 1))
