"""A challenger made better by a known gain: it must win.

The gain is planted into the challenger's own scores and not into the opponent's, so that the difference keeps the noise
that the real one has: a gate that asks too much would pass a planted difference without noise. A challenger that is not
good enough has all its scores moved towards the labels, one that is better already has them mixed with its own scores
dealt out at random, until the measured difference is the gain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, stdtrit

from reign_trainer.evidence.measure.arrays import Floats
from reign_trainer.shapes import Interval, PlantedControl

from .case import Case
from .crossing import cross

EXTRA = 4.0
"""Standard errors beyond the t quantile that the planted gain has."""

SPARE = 1.0
"""Standard errors of its own by which a planted gain must clear the boundary, or nothing is asked of it."""

CLOSE = 1e-3
"""How near the measured difference must be to the gain, as a share of its distance from the boundary."""

STRONGEST = 80.0
"""How far a binary score is moved, at most, on the logit scale: enough to turn any number round."""

CLIP = 1e-12
SAMPLE = 50_000
"""Of more rows, the strength is first sought on so many."""

Path = Callable[[float], Floats]
PathOf = Callable[[Case, Floats], Path]


def planted(case: Case, difference: Interval, shuffled: Floats) -> PlantedControl:
    """Plant a gain of ``(t at 1 - alpha + EXTRA) * standard error`` beyond the boundary and measure it.

    Parameters
    ----------
    case : Case
    difference : Interval
        Of the primary metric, challenger against opponent, at the charged alpha.
    shuffled : ndarray of shape (n,) or (n, k)
        The challenger's scores dealt out at random.

    Returns
    -------
    PlantedControl
        ``gain`` is what was aimed at. Where the metric moves in steps (accuracy, costs at a cut-off, few different
        scores), a random share of the rows takes the step, and the measured difference is the smallest that reaches the
        gain. ``not_run`` says why nothing was planted, or why what was planted need not win.
    """
    error = difference.standard_error
    if error is None:
        return _not_run(None, "the difference has no standard error")
    if error == 0:
        return _not_run(None, "challenger and opponent differ by the same in every cluster: there is no noise to beat")
    alpha = case.comparison.alpha
    quantile = float(stdtrit(difference.degrees_of_freedom, 1 - alpha))
    distance = (quantile + EXTRA) * error
    gain = case.boundary + distance
    better = difference.estimate < gain
    scores = _scores(case, _towards_labels if better else _from_shuffled, shuffled, gain, CLOSE * distance)
    if scores is None:
        reason = "the labels themselves, given as scores, do not gain so much by this metric on these rows"
        return _not_run(gain, reason if better else "the challenger's scores dealt out at random reach that gain")
    found = case.difference(scores, alpha)
    if found.standard_error is None:
        return _not_run(gain, "the planted difference has no standard error")
    if found.estimate - case.boundary < (quantile + SPARE) * found.standard_error:
        return _not_run(gain, "the gain could not be planted evenly: it varies too much between the clusters")
    return PlantedControl(gain=gain, difference=found, not_run=None)


def _not_run(gain: float | None, reason: str) -> PlantedControl:
    return PlantedControl(gain=gain, difference=None, not_run=reason)


def _towards_labels(case: Case, _: Floats) -> Path:
    """Lead from the challenger's scores to the labels."""
    of = case.comparison
    if of.task == "binary":
        start, way = logit(np.clip(of.challenger, CLIP, 1 - CLIP)), STRONGEST * (2 * of.labels - 1)
        return lambda strength: expit(start + strength * way)
    target = of.labels
    if of.task == "multiclass":
        target = (of.labels[:, np.newaxis] == np.arange(of.challenger.shape[1])).astype(np.float64)
    return lambda strength: (1 - strength) * of.challenger + strength * target


def _from_shuffled(case: Case, shuffled: Floats) -> Path:
    """Lead from scores that know nothing to the challenger's."""
    of = case.comparison
    if of.task != "binary":
        return lambda strength: (1 - strength) * shuffled + strength * of.challenger
    ends = [logit(np.clip(scores, CLIP, 1 - CLIP)) for scores in (shuffled, of.challenger)]
    return lambda strength: expit((1 - strength) * ends[0] + strength * ends[1])


def _scores(case: Case, path_of: PathOf, shuffled: Floats, gain: float, close: float) -> Floats | None:
    """Give the scores on the path whose difference is the gain, or as little more as is found; None where none is."""
    rows = case.comparison.labels.size
    random = np.random.Generator(np.random.PCG64([case.comparison.seed, 3]))
    turn = random.permutation(rows) / rows
    path = path_of(case, shuffled)
    looks = [_Look(case, path, turn, gain)]
    if rows > SAMPLE:
        some = np.sort(random.choice(rows, SAMPLE, replace=False))
        part = case.only(some)
        looks.append(_Look(part, path_of(part, shuffled[some]), turn[some], gain))
    found = cross([look.excess for look in looks], close)
    if found is None:
        return None
    if found.beyond <= close:
        return path(found.high)
    # A jump: rows take the step one after the other, in random order.
    ends = (found.low, found.high)
    steps = cross([look.stepped(*ends).excess for look in looks], close)
    return path(found.high) if steps is None else looks[0].stepped(*ends).path(steps.high)


@dataclass(frozen=True)
class _Look:
    """How far scores on a path are from the gain, on all rows or on some."""

    case: Case
    path: Path
    turn: Floats
    gain: float

    def excess(self, strength: float) -> float:
        return self.case.estimate(self.path(strength)) - self.gain

    def stepped(self, low: float, high: float) -> _Look:
        """Give the path on which more and more of the rows are at the one strength and no longer at the other."""
        before, after = self.path(low), self.path(high)

        def taken(share: float) -> Floats:
            takes = self.turn < share
            return np.where(takes if after.ndim == 1 else takes[:, np.newaxis], after, before)

        return _Look(self.case, taken, self.turn, self.gain)
