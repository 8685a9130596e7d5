"""What three gates make of the same simulated holdouts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from areas import Areas, areas, independent_errors, jackknife_errors
from generators import Binormal, Bools, Drawn, Floats
from reign_trainer.evidence.measure import measure
from reign_trainer.evidence.measure.degrees_of_freedom import ROUNDING
from scipy.special import expit, ndtri, stdtrit

BATCH_ROWS = 100_000
"""About so many rows are drawn and sorted at a time."""


@dataclass(frozen=True)
class Differences:
    """Challenger less champion on several holdouts, each of shape (count,).

    Attributes
    ----------
    estimate : ndarray
    clustered : ndarray
        Reign's standard error.
    independent : ndarray
        That of independent rows.
    degrees_of_freedom : ndarray
        Of Reign's t.
    """

    estimate: Floats
    clustered: Floats
    independent: Floats
    degrees_of_freedom: Floats


def batches(model: Binormal, count: int) -> list[int]:
    """Split a number of holdouts into parts that fit into memory."""
    size = max(1, BATCH_ROWS // model.rows)
    return [min(size, count - start) for start in range(0, count, size)]


def champion_areas(model: Binormal, drawn: Drawn, separation: float) -> Areas:
    """Measure the champion, which several challengers meet."""
    return _areas(model, drawn, drawn.champion + separation * drawn.positive)


def differences(model: Binormal, drawn: Drawn, champion: Areas, separation: float) -> Differences:
    """Compare a challenger of a separation with the champion on every holdout."""
    challenger = _areas(model, drawn, drawn.challenger + separation * drawn.positive)
    return Differences(
        challenger.estimate - champion.estimate,
        jackknife_errors(challenger, champion),
        independent_errors(challenger, champion, drawn.positive),
        degrees_of_freedom(model, drawn),
    )


def _areas(model: Binormal, drawn: Drawn, scores: Floats) -> Areas:
    return areas(scores, drawn.positive, drawn.clusters, model.clusters or model.rows)


def degrees_of_freedom(model: Binormal, drawn: Drawn) -> Floats:
    """Give those of the trainer's t by holdout: effective clusters less one, of the class that has fewer."""
    if model.clusters is None:
        positives = drawn.positive.sum(axis=1)
        return np.minimum(positives, model.rows - positives) - 1.0
    count = len(drawn.positive)
    cells = (drawn.clusters + model.clusters * np.arange(count)[:, np.newaxis]).ravel()
    effective = np.full(count, np.inf)
    for rows in (drawn.positive, ~drawn.positive):
        sizes = np.bincount(cells, rows.ravel(), count * model.clusters).reshape(count, -1)
        effective = np.minimum(effective, np.square(sizes.sum(axis=1)) / np.square(sizes).sum(axis=1))
    whole = np.rint(effective)
    return np.maximum(1.0, np.where(np.abs(effective - whole) < ROUNDING * whole, whole, effective) - 1)


def promoted(found: Differences, alpha: float | Floats) -> dict[str, Bools]:
    """Say which holdouts each gate promotes on: the larger number, an interval for independent rows, and Reign's."""
    return {
        "reign": found.estimate > stdtrit(found.degrees_of_freedom, 1 - np.asarray(alpha)) * found.clustered,
        "naive": found.estimate > 0,
        "iid": found.estimate > ndtri(1 - np.asarray(alpha)) * found.independent,
    }


def detectable(found: Differences, alpha: float) -> float:
    """Give the detectable difference: at the root of the mean squared standard error, as the t quantiles ask for it."""
    reach = stdtrit(found.degrees_of_freedom, 1 - alpha) + stdtrit(found.degrees_of_freedom, 0.8)
    return float(np.mean(reach) * np.sqrt(np.mean(np.square(found.clustered))))


def shipped(drawn: Drawn, which: int, challenger: float, champion: float, alpha: float) -> dict[str, object]:
    """Measure one of the drawn holdouts by what ships.

    Returns
    -------
    dict of str to MetricEvidence
        The binary metrics.
    """
    positive = drawn.positive[which]
    return measure(
        "binary",
        positive.astype(np.float64),
        expit(drawn.challenger[which] + challenger * positive),
        expit(drawn.champion[which] + champion * positive),
        [0.75, 0.25],
        drawn.clusters[which],
        None,
        seed=1,
        alpha=alpha,
    )


def disagreement(found: Differences, which: int, alpha: float, evidence: dict[str, object]) -> float:
    """Tell by how much the fast path and the trainer differ, as a share of the standard error."""
    interval = evidence["roc_auc"].difference
    low = found.estimate[which] - stdtrit(found.degrees_of_freedom[which], 1 - alpha) * found.clustered[which]
    pairs = [
        (found.estimate[which], interval.estimate),
        (found.clustered[which], interval.standard_error),
        (low, interval.deciding_low),
    ]
    return float(max(abs(one - other) for one, other in pairs) / interval.standard_error)
