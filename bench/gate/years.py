"""Years of equal challengers under the error budget: how many are promoted in 365 days.

The expected number is a sum over tests, so that neither the overlap of their holdouts nor who reigns at the time changes
it; the tests of one line are drawn independently of each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from decisions import batches, champion_areas, differences, promoted
from generators import Binormal, Floats
from promotion import SEPARATION
from seeds import generator

YEAR = 365


@dataclass(frozen=True)
class Years:
    """One kind of holdout and one schedule.

    Attributes
    ----------
    name, cadence : str
    model : Binormal
    lines : int
        So many times the whole run of charges is gone through.
    """

    name: str
    cadence: str
    model: Binormal
    lines: int


def settings(quick: bool) -> list[Years]:
    """Small holdouts, where Student's t has to do most of the work far out in its tail."""
    lines = {"weekly": 10 if quick else 500, "daily": 15 if quick else 1_500}
    kinds = [(14, "equal"), (14, "unequal"), (30, "unequal")]
    return [
        Years(
            f"{cadence}, {clusters} clusters, {sizes}",
            cadence,
            # Half a thousand rows, and shocks that outweigh their noise: what lies in the tail is then the clusters'.
            Binormal(500, clusters, sizes, shock=0.5, rate=0.3),
            lines[cadence],
        )
        for cadence in ("daily", "weekly")
        for clusters, sizes in kinds
    ]


def run(setting: Years, charges: list[dict[str, Any]], wrong_promotions: float) -> dict[str, Any]:
    """Make every test of the charges on equal models, line after line.

    Parameters
    ----------
    setting : Years
    charges : list of dict
        `day`, `alpha` and `account` of each test, as the budget of the gate charged them.
    wrong_promotions : float
        What the budget allows in 365 days.
    """
    alphas = np.array([charge["alpha"] for charge in charges])
    # Where the account was empty the outcome is at best `review`: nothing is promoted.
    may_promote = np.array([charge["account"] in ("schedule", "reserve") for charge in charges])
    days = np.array([charge["day"] for charge in charges])
    tests = int(may_promote.sum())
    order = np.tile(np.flatnonzero(may_promote), setting.lines)

    wins = np.zeros(alphas.size)
    naive = 0
    rng = generator("years", setting.name)
    start = 0
    for count in batches(setting.model, order.size):
        which = order[start : start + count]
        start += count
        drawn = setting.model.draw(rng, count)
        found = differences(setting.model, drawn, champion_areas(setting.model, drawn, SEPARATION), SEPARATION)
        decided = promoted(found, alphas[which])
        np.add.at(wins, which, decided["reign"])
        naive += int(decided["naive"].sum())

    span = days.max() + 1 - days.min()
    years = setting.lines * span / YEAR
    by_line = wins.sum() / setting.lines
    return {
        "name": setting.name,
        "cadence": setting.cadence,
        "clusters": setting.model.clusters,
        "sizes": setting.model.sizes,
        "rows": setting.model.rows,
        "lines": setting.lines,
        "tests": tests,
        "not_promotable": int(alphas.size - tests),
        "alpha": float(alphas[may_promote].max()),
        "years": years,
        "promotions": int(wins.sum()),
        "promotions_a_year": float(by_line / span * YEAR),
        "charged_in_the_fullest_year": _fullest(days, np.where(may_promote, alphas, 0)),
        "to_charged": float(by_line / alphas[may_promote].sum()),
        "naive_a_year": naive / years,
        "allowed": wrong_promotions,
        "simulation_error": float(np.sqrt(wrong_promotions / years)),
    }


def _fullest(days: Floats, amounts: Floats) -> float:
    """Give the largest sum over any 365 days that end at a test."""
    return float(max(amounts[(days > end - YEAR) & (days <= end)].sum() for end in days))
