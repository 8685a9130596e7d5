"""Labels that only the champion's own choice shows: two equal models, one of which picked the rows.

Applicants whom the champion gives a low risk are accepted, the others never show an outcome. On the accepted the
champion's scores reach over a cut range and the challenger's do not: the champion looks worse than it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from documents import interval_document
from generators import Binormal, Bools, Floats, Ints
from promotion import ALPHA, SEPARATION
from reign_trainer.evidence.measure import measure_difference
from reign_trainer.shapes import Interval
from scipy.special import expit
from seeds import generator


@dataclass(frozen=True)
class Selected:
    """One way to accept.

    Attributes
    ----------
    name : str
    accepted : float
        Share of the applicants that the champion accepts.
    explored : float
        Probability that one of the others is accepted all the same, at random.
    cycles : int
    """

    name: str
    accepted: float
    explored: float
    cycles: int


MODEL = Binormal(rows=10_000, clusters=30, sizes="equal", likeness=0.5)


def settings(quick: bool) -> list[Selected]:
    """Accepting more and less, without and with random approvals."""
    cycles = 100 if quick else 1_000
    return [
        Selected("70 % accepted", 0.7, 0, cycles),
        Selected("50 % accepted", 0.5, 0, cycles),
        Selected("70 % accepted, a tenth of the others at random", 0.7, 0.1, cycles),
    ]


def run(setting: Selected) -> dict[str, Any]:
    """Judge equal challengers on the accepted.

    Returns
    -------
    dict
        The difference of every cycle, for the gate itself to decide on, with the rates of the primary test and of the
        larger number, and the same on all applicants, had their outcomes been known.
    """
    rng = generator("selected", setting.name)
    evidences, primary, naive, known = [], 0, 0, 0
    for _ in range(setting.cycles):
        drawn = MODEL.draw(rng, 1)
        positive, clusters = drawn.positive[0], drawn.clusters[0]
        challenger = drawn.challenger[0] + SEPARATION * positive
        champion = drawn.champion[0] + SEPARATION * positive
        taken = champion <= np.quantile(champion, setting.accepted)
        shown = taken | (rng.random(taken.size) < setting.explored)
        weights = np.where(taken, 1, 1 / setting.explored)[shown] if setting.explored > 0 else None

        difference = _measured(positive[shown], challenger[shown], champion[shown], clusters[shown], weights)
        primary += difference.deciding_low > 0
        naive += difference.estimate > 0
        known += _measured(positive, challenger, champion, clusters, None).deciding_low > 0
        evidences.append(
            {
                "difference": interval_document(difference),
                "rows": int(taken.size),
                "labelled": int(shown.sum()),
                "positives": int(positive[shown].sum()),
                "clusters": MODEL.clusters,
                "randomised": float((~taken).mean()) if setting.explored > 0 else 0.0,
                "weighted": weights is not None,
                "largestWeight": None if weights is None else float(weights.max() / weights.sum()),
                "effectiveRows": None if weights is None else float(weights.sum() ** 2 / np.square(weights).sum()),
            }
        )
    return {
        "name": setting.name,
        "cycles": setting.cycles,
        "explored": setting.explored,
        "primary": primary / setting.cycles,
        "naive": naive / setting.cycles,
        "all_labels_known": known / setting.cycles,
        "evidences": evidences,
    }


def _measured(
    positive: Bools, challenger: Floats, champion: Floats, clusters: Ints, weights: Floats | None
) -> Interval:
    labels = positive.astype(np.float64)
    scores = (expit(challenger), expit(champion))
    return measure_difference("roc_auc", "binary", labels, *scores, clusters, weights, seed=1, alpha=ALPHA)
