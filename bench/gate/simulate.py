"""Runs the simulation in processes of its own: python simulate.py < request.json prints the answer as JSON.

The request: ``{"quick": bool, "processes": int, "wrongPromotions": float, "charges": {"weekly": [...], "daily": [...]}}``,
the charges each with `day`, `alpha` and `account`. Progress goes to standard error.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from typing import Any

import coverage
import promotion
import selected
import years
from seeds import SEED

Job = tuple[str, Any]


def main() -> None:
    """Answer the request on standard input."""
    request = json.load(sys.stdin)
    quick = request["quick"]
    # The long ones first, so that the last to end are short.
    jobs: list[Job] = [("coverage", one) for one in coverage.settings(quick) if one.task == "binary"]
    jobs += [
        ("years", (one, request["charges"][one.cadence], request["wrongPromotions"])) for one in years.settings(quick)
    ]
    jobs += [("promotion", one) for one in promotion.settings(quick)]
    jobs += [("selected", one) for one in selected.settings(quick)]
    jobs += [("coverage", one) for one in coverage.settings(quick) if one.task != "binary"]

    found: dict[str, list[Any]] = {"promotion": [], "years": [], "selected": [], "coverage": []}
    started = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(request["processes"]) as pool:
        # In order, so that the answer does not depend on who ends first.
        for number, (kind, answer) in enumerate(pool.imap(run, jobs), 1):
            found[kind].append(answer)
            print(f"{number} of {len(jobs)}, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    json.dump({"seed": SEED, **found}, sys.stdout, allow_nan=False)


def run(job: Job) -> tuple[str, Any]:
    """Do one part."""
    kind, setting = job
    if kind == "years":
        return kind, years.run(*setting)
    return kind, {"promotion": promotion, "selected": selected, "coverage": coverage}[kind].run(setting)


if __name__ == "__main__":
    main()
