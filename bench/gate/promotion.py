"""How often challengers of known worth are promoted: by Reign's gate, by the larger number, by an interval for rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from decisions import batches, champion_areas, detectable, differences, disagreement, promoted, shipped
from documents import metric_documents
from generators import Binormal
from seeds import generator

ALPHA = 0.025
SEPARATION = 1.0
"""Of the champion: an area of about .76."""

LOSS = 0.002
"""By how much the worse challenger's area is smaller."""

GAINS = (0.5, 1, 2)
"""Of the better challengers, in detectable differences."""

PILOT = 400
"""So many other holdouts tell how large the detectable difference is."""

CHECKED = 4
"""So many holdouts of each cell are measured by the trainer too."""


@dataclass(frozen=True)
class Setting:
    """One kind of holdout, which several challengers are judged on.

    Attributes
    ----------
    name : str
    model : Binormal
    cycles : int
        Of each challenger.
    declared : bool
        Whether it lies in the domain that the gate answers for.
    """

    name: str
    model: Binormal
    cycles: int
    declared: bool


def settings(quick: bool) -> list[Setting]:
    """The matrix of holdouts, the costly ones first."""
    found = []

    def add(rows: int, clusters: int | None, sizes: str = "equal", shock: float = 0.1, skewed: bool = False) -> None:
        cycles = {1_000: 20_000, 10_000: 4_000, 100_000: 1_000}[rows]
        if quick:
            cycles = {1_000: 400, 10_000: 300, 100_000: 60}[rows]
        kind = "independent rows" if clusters is None or shock == 0 else "skewed shocks" if skewed else "shocks"
        name = f"{rows} rows, {clusters or 'no'} clusters, {sizes}, {kind}"
        declared = clusters is None or (clusters >= 14 and not skewed)
        found.append(Setting(name, Binormal(rows, clusters, sizes, shock, skewed=skewed), cycles, declared))

    add(100_000, None)
    add(100_000, 14)
    add(100_000, 30, "unequal")
    add(100_000, 100)
    add(10_000, None)
    for clusters in (7, 14, 30, 100):
        add(10_000, clusters)
        add(10_000, clusters, "unequal")
    add(10_000, 14, "equal", shock=0)
    add(10_000, 14, "three")
    for clusters in (14, 30, 100):
        add(10_000, clusters, shock=0.3, skewed=True)
    add(1_000, None)
    add(1_000, 14)
    add(1_000, 14, "unequal", shock=0.4)
    add(1_000, 30, "unequal", shock=0.4)
    add(1_000, 100)
    return found


def run(setting: Setting) -> dict[str, Any]:
    """Simulate one kind of holdout with every challenger.

    Returns
    -------
    dict
        `cells`, each with the rates of the three gates; `checked`: how far the trainer's numbers were from these ones;
        `samples`: evidence of some of the cycles, with what was decided here.
    """
    model = setting.model
    pilot = generator("pilot", setting.name)
    measured = []
    for count in batches(model, min(PILOT, setting.cycles)):
        drawn = model.draw(pilot, count)
        measured.append(differences(model, drawn, champion_areas(model, drawn, SEPARATION), SEPARATION))
    shown = float(np.sqrt(np.mean([detectable(part, ALPHA) ** 2 for part in measured])))
    area = model.area(SEPARATION)
    gains = {"equal": 0.0, "worse": -LOSS, **{f"better-{gain}": gain * shown for gain in GAINS}}

    wins = {name: {"reign": 0, "naive": 0, "iid": 0} for name in gains}
    rng = generator("cycles", setting.name)
    checked, samples = [], []
    for number, count in enumerate(batches(model, setting.cycles)):
        drawn = model.draw(rng, count)
        champion = champion_areas(model, drawn, SEPARATION)
        for name, gain in gains.items():
            # Near the end of the scale a gain of several detectable differences would leave it.
            separation = model.separation(min(area + gain, 0.9999))
            found = differences(model, drawn, champion, separation)
            decided = promoted(found, ALPHA)
            for gate, which in decided.items():
                wins[name][gate] += int(which.sum())
            if name not in ("equal", "better-2") or number >= CHECKED or (number > 0 and count >= CHECKED):
                continue
            for which in range(min(count, CHECKED)):
                evidence = shipped(drawn, which, separation, SEPARATION, ALPHA)
                checked.append(disagreement(found, which, ALPHA, evidence))
                samples.append(
                    {
                        "metrics": metric_documents(evidence, ["roc_auc"]),
                        "promoted": bool(decided["reign"][which]),
                        "rows": model.rows,
                        "clusters": model.clusters or model.rows,
                        "positives": int(drawn.positive[which].sum()),
                    }
                )
    cells = [
        {
            "setting": setting.name,
            "rows": model.rows,
            "clusters": model.clusters,
            "sizes": model.sizes,
            "shock": model.shock if model.clusters else 0,
            "skewed": model.skewed,
            "effect": name,
            "gain": gain,
            "declared": setting.declared,
            "cycles": setting.cycles,
            **{gate: count / setting.cycles for gate, count in wins[name].items()},
        }
        for name, gain in gains.items()
    ]
    return {"cells": cells, "detectable": shown, "checked": checked, "samples": samples}
