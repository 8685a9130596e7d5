"""How often nominal 95 % intervals of a difference hold the true one, by metric, clusters and their sizes.

What is measured is `reign_trainer.evidence.measure` itself. The models differ truly: one separates better, the other is calibrated
better, so that every metric's difference is another number, and none of them zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from generators import Binormal, Sizes, cluster_sizes, multiclass, regression
from reign_trainer.evidence.measure import Parameters, measure, measure_difference
from scipy.special import expit
from seeds import generator
from truths import binary_truths, multiclass_truths, regression_truths

LOW, HIGH = 0.93, 0.97
BOTH_SIDES = ("roc_auc", "log_loss", "brier", "accuracy", "mae", "rmse")
"""Metrics whose coverage must lie between both; of the others it must reach the lower one."""

BAD_RATE = 0.15
SEPARATIONS = 1.2, 1.0
SLOPES = 1.3, 1.0
INTERCEPTS = -1.6, -1.6
"""Challenger's and champion's: a score s says ``expit(slope * s + intercept)``."""

CLASS_GAINS, CLASS_SHOCK = (1.5, 1.4), 0.15
SPREADS, SPREAD_SHOCK = (0.95, 1.0), 0.08

SLICE = 0.1
"""Share of the rows in the slice."""


@dataclass(frozen=True)
class Coverage:
    """One kind of holdout and what is measured on it.

    Attributes
    ----------
    task : {'binary', 'slice', 'multiclass', 'regression'}
        'slice': ROC AUC on a tenth of a binary holdout.
    clusters : int
    sizes : {'equal', 'unequal'}
    rows : int
    simulations : int
    """

    task: str
    clusters: int
    sizes: Sizes
    rows: int
    simulations: int

    @property
    def name(self) -> str:
        """What random numbers and answers go by."""
        return f"{self.task}, {self.clusters} clusters, {self.sizes}"


def settings(quick: bool) -> list[Coverage]:
    """Task x clusters x sizes, the costly ones first."""
    rows = {"binary": 2_000, "slice": 5_000, "multiclass": 2_000, "regression": 2_000}
    return [
        Coverage(task, clusters, sizes, rows[task], 60 if quick else 2_000)
        for task in rows
        for clusters in (7, 14, 30, 100)
        for sizes in ("equal", "unequal")
    ]


def run(setting: Coverage) -> dict[str, Any]:
    """Draw holdouts, measure the difference on each and count the intervals that hold the true one.

    Returns
    -------
    dict
        Of each metric: `covered`, the share; `below` and `above`, the shares of intervals that lie wholly below and above
        the true difference; `truth`.
    """
    rng = generator("coverage", setting.name)
    truth = _truth(setting.task, setting.clusters, setting.sizes)
    counts = {name: [0, 0, 0] for name in truth}
    for _ in range(setting.simulations):
        for name, interval in _intervals(setting, rng).items():
            if interval.low is None:
                continue
            counts[name][0] += 1
            counts[name][1] += interval.high < truth[name]
            counts[name][2] += interval.low > truth[name]
    return {
        "name": setting.name,
        "task": setting.task,
        "clusters": setting.clusters,
        "sizes": setting.sizes,
        "rows": setting.rows,
        "simulations": setting.simulations,
        "declared": setting.clusters >= 14,
        "metrics": {
            ("roc_auc of a slice" if setting.task == "slice" else name): {
                "measured": told,
                "covered": 1 - (below + above) / told,
                "below": below / told,
                "above": above / told,
                "truth": truth[name],
                "bothSides": name in BOTH_SIDES and setting.task != "slice",
            }
            for name, (told, below, above) in counts.items()
            if told > 0
        },
    }


def _model(setting: Coverage) -> Binormal:
    return Binormal(
        setting.rows, setting.clusters, setting.sizes, shock=0.15, rate=0.3 if setting.task == "slice" else 0.25
    )


def _intervals(setting: Coverage, rng: np.random.Generator) -> dict[str, Any]:
    """Measure one holdout."""
    seed = int(rng.integers(2**31))
    if setting.task in ("binary", "slice"):
        drawn = _model(setting).draw(rng, 1)
        positive, clusters = drawn.positive[0], drawn.clusters[0]
        answers = [
            expit(slope * (scores[0] + separation * positive) + intercept)
            for scores, separation, slope, intercept in zip(
                (drawn.challenger, drawn.champion), SEPARATIONS, SLOPES, INTERCEPTS, strict=True
            )
        ]
        labels = positive.astype(np.float64)
        if setting.task == "slice":
            part = rng.random(labels.size) < SLICE
            first, second = (answer[part] for answer in answers)
            return {
                "roc_auc": measure_difference(
                    "roc_auc", "binary", labels[part], first, second, clusters[part], None, seed
                )
            }
        parameters = Parameters(bad_rate=BAD_RATE)
        found = measure("binary", labels, *answers, [0.75, 0.25], clusters, None, seed, parameters=parameters)
        return {name: one.difference for name, one in found.items()}
    sizes = cluster_sizes(rng, 1, setting.rows, setting.clusters, setting.sizes)[0]
    if setting.task == "multiclass":
        labels, clusters, *answers = multiclass(rng, sizes, CLASS_GAINS, CLASS_SHOCK)
        return {
            name: measure_difference(name, "multiclass", labels, *answers, clusters, None, seed)
            for name in ("accuracy", "macro_f1")
        }
    labels, clusters, *answers = regression(rng, sizes, SPREADS, SPREAD_SHOCK)
    return {
        name: measure_difference(name, "regression", labels, *answers, clusters, None, seed) for name in ("mae", "rmse")
    }


def _truth(task: str, clusters: int, sizes: Sizes) -> dict[str, float]:
    """Give the true differences, positive where the challenger is better."""
    if task in ("binary", "slice"):
        model = _model(Coverage(task, clusters, sizes, 1, 1))
        models = [
            binary_truths(model, *of_model, BAD_RATE) for of_model in zip(SEPARATIONS, SLOPES, INTERCEPTS, strict=True)
        ]
        names = ["roc_auc"] if task == "slice" else list(models[0])
        lower = ("log_loss", "brier")
    elif task == "multiclass":
        models, lower = list(_multiclass_sample()), tuple[str]()
        names = list(models[0])
    else:
        models, lower = [regression_truths(spread, SPREAD_SHOCK) for spread in SPREADS], ("mae", "rmse")
        names = list(models[0])
    return {name: (models[0][name] - models[1][name]) * (-1 if name in lower else 1) for name in names}


@cache
def _multiclass_sample() -> tuple[dict[str, float], dict[str, float]]:
    """Measure four million rows in 400,000 clusters: the error is a fortieth of the narrowest interval's, or less."""
    rng = generator("truth", "multiclass")
    parts = []
    for _ in range(4):
        labels, _, *answers = multiclass(rng, np.full(100_000, 10), CLASS_GAINS, CLASS_SHOCK)
        parts.append([multiclass_truths(labels, answer) for answer in answers])
    challenger, champion = (
        {name: float(np.mean([part[at][name] for part in parts])) for name in parts[0][at]} for at in (0, 1)
    )
    return challenger, champion
