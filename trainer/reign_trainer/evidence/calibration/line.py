"""Calibration slope and intercept: the logistic regression of the label on the score's logit.

D. R. Cox, "Two further applications of a model for binary regression", Biometrika 45, 1958.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from reign_trainer.evidence.measure.arrays import Floats
from reign_trainer.evidence.measure.tally import tally
from reign_trainer.shapes import Bounded

from .jackknife import bounded
from .rows import Rows

CLIP = 1e-6
"""Scores are moved into [CLIP, 1 - CLIP]: the logit of a 0 or 1 is infinite, and one such row would be the whole line."""

STEPS = 50
HALVINGS = 20
STEEPEST = 1e3
"""A line steeper than this is one that separates the classes: it has no end."""


def line(rows: Rows) -> tuple[Bounded | None, Bounded | None]:
    """Fit ``P(label) = expit(intercept + slope * logit(score))`` by weighted maximum likelihood.

    Parameters
    ----------
    rows : Rows

    Returns
    -------
    slope, intercept : Bounded or None
        1 and 0 where calibrated. The intervals are of a delete-one-cluster jackknife, each value by one Newton step from
        the whole fit (to first order what fitting anew gives). Both None where there is no line: one class only, equal
        scores, or classes that a cut-off separates.
    """
    x = logit(np.clip(rows.scores, CLIP, 1 - CLIP))
    w = rows.weights / rows.weights.max()
    if np.ptp(x) == 0 or np.ptp(rows.labels) == 0:
        return None, None
    middle = float(np.sum(w * x) / np.sum(w))
    spread = float(np.sqrt(np.sum(w * np.square(x - middle)) / np.sum(w)))
    if spread == 0:
        return None, None
    z = (x - middle) / spread
    fitted = _fit(z, rows.labels, w)
    if fitted is None or abs(fitted[1] / spread) > STEEPEST:
        return None, None
    deleted = _without_each(fitted, z, rows, w)

    def parts(coefficients: Floats) -> tuple[Floats, Floats]:
        slopes = coefficients[..., 1] / spread
        return slopes, coefficients[..., 0] - slopes * middle

    slopes, intercepts = parts(deleted)
    slope, intercept = parts(fitted)
    return bounded(float(slope), slopes), bounded(float(intercept), intercepts)


def _fit(z: Floats, y: Floats, w: Floats) -> Floats | None:
    """Newton's method with halved steps; None where it finds no end."""
    beta: Floats = np.zeros(2)
    loss = _loss(beta, z, y, w)
    for _ in range(STEPS):
        score, information = _derivatives(beta, z, y, w)
        step = _solve(information.sum(axis=0)[np.newaxis], score.sum(axis=0)[np.newaxis])[0]
        if not np.isfinite(step).all():
            return None
        for _ in range(HALVINGS):
            moved = _loss(beta + step, z, y, w)
            if moved <= loss:
                break
            step /= 2
        else:
            return beta  # no step is better: this is the end, up to rounding
        beta, loss = beta + step, moved
        if np.abs(step).max() < 1e-9:
            return beta
    return None


def _loss(beta: Floats, z: Floats, y: Floats, w: Floats) -> float:
    eta = beta[0] + beta[1] * z
    return float(np.sum(w * (np.logaddexp(0, eta) - y * eta)))


def _derivatives(
    beta: Floats, z: Floats, y: Floats, w: Floats, codes: npt.NDArray[np.intp] | None = None, clusters: int = 1
) -> tuple[Floats, Floats]:
    """Score, (clusters, 2), and information, (clusters, 3: of 00, 01, 11), summed by cluster."""
    p = expit(beta[0] + beta[1] * z)
    residual, variance = w * (y - p), w * p * (1 - p)

    def total(values: Floats) -> Floats:
        if codes is None:
            return np.array([values.sum()])
        return tally(codes, values, clusters)

    score = np.stack([total(residual), total(residual * z)], axis=1)
    information = np.stack([total(variance), total(variance * z), total(variance * z * z)], axis=1)
    return score, information


def _without_each(fitted: Floats, z: Floats, rows: Rows, w: Floats) -> Floats:
    score, information = _derivatives(fitted, z, rows.labels, w, rows.codes, rows.clusters)
    return fitted + _solve(information.sum(axis=0) - information, score.sum(axis=0) - score)


def _solve(information: Floats, score: Floats) -> Floats:
    """Solve systems of two equations, (m, 3) and (m, 2); NaN where one is singular."""
    a, b, d = information.T
    determinant = a * d - b * b
    with np.errstate(divide="ignore", invalid="ignore"):
        solved = np.stack([d * score[:, 0] - b * score[:, 1], a * score[:, 1] - b * score[:, 0]]) / determinant
    return np.where(determinant > 1e-12 * a * d, solved, np.nan).T
