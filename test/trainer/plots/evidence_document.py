"""A document of evidence with everything in it; each test takes away or changes what it is about."""

from __future__ import annotations

from typing import Any

from reign_trainer.shapes import Evidence


def interval(estimate: float, error: float = 0.004, **changes: Any) -> dict[str, Any]:
    return {
        "estimate": estimate,
        "standardError": error,
        "low": estimate - 2.16 * error,
        "high": estimate + 2.16 * error,
        "level": 0.95,
        "decidingLow": estimate - 2.7 * error,
        "decidingHigh": estimate + 2.7 * error,
        "alpha": 0.01,
        "detectable": 3.5 * error,
        "degreesOfFreedom": 13,
        "clusters": 14,
        "method": "influence",
        **changes,
    }


def metric(challenger: float, champion: float, trivial: float, better: str = "higher") -> dict[str, Any]:
    sign = 1 if better == "higher" else -1
    return {
        "better": better,
        "challenger": challenger,
        "champion": champion,
        "trivial": trivial,
        "alone": interval(challenger),
        "difference": interval(sign * (challenger - champion)),
        "lead": interval(sign * (challenger - trivial)),
        "championLead": interval(sign * (champion - trivial)),
        "anchorDifference": None,
    }


def contender(cycle: str) -> dict[str, Any]:
    return {
        "cycle": cycle,
        "definitionVersion": 1,
        "codeHash": None,
        "trainSnapshot": "0" * 64,
        "holdoutSnapshot": "1" * 64,
        "predictions": "2" * 64,
        "unscorable": None,
        "fittedOnJudgedRows": 0,
        "brokenScores": 0,
        "trainWindow": {"from": "2001-01-01T00:00:00Z", "to": "2001-01-29T00:00:00Z"},
    }


def part(column: str, value: str | None, estimate: float, **changes: Any) -> dict[str, Any]:
    return {
        "where": [{"column": column, "value": value}],
        "metric": "roc_auc",
        "margin": 0.01,
        "protected": False,
        "rows": 12_345,
        "clusters": 14,
        "challenger": 0.7 + estimate,
        "champion": 0.7,
        "difference": interval(estimate, 0.006),
        "holmHigh": estimate + 0.02,
        "unmeasured": None,
        **changes,
    }


def calibration(off: float) -> dict[str, Any]:
    bins = [
        {
            "rows": 19_000,
            "predicted": 0.05 + 0.06 * at,
            "observed": {
                "estimate": 0.05 + 0.06 * at + off,
                "low": 0.03 + 0.06 * at + off,
                "high": 0.07 + 0.06 * at + off,
            },
        }
        for at in range(10)
    ]
    return {
        "bins": bins,
        "slope": {"estimate": 0.97, "low": 0.9, "high": 1.04},
        "intercept": {"estimate": off, "low": off - 0.1, "high": off + 0.1},
        "expectedError": {"estimate": abs(off) + 0.002, "low": 0.001, "high": 0.03},
    }


def document(**changes: Any) -> dict[str, Any]:
    """Give the JSON of evidence about a binary model with a champion."""
    return {
        "format": 2,
        "model": "loan-default",
        "lineage": "live",
        "asOf": "2001-02-12T00:00:00Z",
        "task": "binary",
        "primary": "roc_auc",
        "classes": [False, True],
        "positive": True,
        "window": {"from": "2001-01-29T00:00:00Z", "to": "2001-02-12T00:00:00Z"},
        "charge": {"alpha": 0.01, "account": "schedule"},
        "rowHash": "3" * 64,
        "rows": {
            "holdout": 200_000,
            "holdoutOfChampion": 200_000,
            "inBoth": 200_000,
            "unlabelled": 400,
            "choseChampion": 0,
            "labelsDiffer": 0,
            "judged": 199_600,
            "effective": 199_600.0,
            "byClass": [160_000, 39_600],
        },
        "clusters": {"by": "day", "count": 14, "largestShare": 0.1},
        "challenger": contender("loan-default.live.20010212T000000Z.v1"),
        "champion": contender("loan-default.live.20010205T000000Z.v1"),
        "anchor": None,
        "choseChampion": [],
        "trivial": [0.8, 0.2],
        "identical": False,
        "metrics": {
            "brier": metric(0.150, 0.149, 0.16, "lower"),
            "ks": metric(0.30, 0.26, 0.0),
            "log_loss": metric(0.45, 0.46, 0.5, "lower"),
            "roc_auc": metric(0.713, 0.697, 0.5),
        },
        "unmeasured": None,
        "detection": {
            "wanted": 0.01,
            "detectable": 0.014,
            "clustersNeeded": 28,
            "enoughOn": "2001-02-26T00:00:00Z",
            "forecast": None,
        },
        "slices": [
            part("region", "north", 0.012),
            part("region", "south", -0.021, protected=True),
            part("region", None, 0.004, rows=812),
            part("age", "18 to 25", 0.0, difference=None, unmeasured="one class only", challenger=None),
        ],
        "foundSlices": [
            part(
                "region",
                "south",
                -0.03,
                where=[{"column": "region", "value": "south"}, {"column": "age", "value": "18 to 25"}],
                holmHigh=None,
            )
        ],
        "labels": {
            "matureRows": 200_000,
            "unlabelled": 400,
            "unlabelledShare": 0.002,
            "newestEvent": None,
            "cohorts": [
                {
                    "from": f"2001-{'01' if at < 3 else '02'}-{29 + at if at < 3 else at - 2:02}T00:00:00Z",
                    "rows": 14_000 + 100 * at,
                    "unlabelled": 4 * at,
                    "rate": 0.18 + 0.004 * (at % 5),
                }
                for at in range(14)
            ],
            "unlabelledTrend": None,
            "trending": False,
            "rateTrend": None,
            "rateTrending": False,
        },
        "selection": None,
        "calibration": {"challenger": calibration(0.004), "champion": calibration(-0.03)},
        "swapSet": None,
        "controls": None,
        "shuffledFit": None,
        "observations": {"document": "4" * 64, "leaks": [], "shifted": ["amount", "region"], "flippedLabels": 0},
        "scoreShift": {
            "column": "score",
            "psi": 0.31,
            "ks": 0.14,
            "auc": 0.61,
            "reference": {"holdouts": 8, "psi": 0.05, "ks": 0.04, "auc": 0.53},
            "newCategories": None,
            "newCategoryShare": None,
            "vanishedCategories": None,
            "vanishedCategoryShare": None,
            "alarm": True,
        },
        "scoreReference": None,
        "past": [],
        "followUp": None,
        "followUpRequest": None,
        "rehearsal": {"rows": 100, "mismatches": 0, "largestDifference": 0.0},
        **changes,
    }


def evidence(**changes: Any) -> Evidence:
    """Give the same as a shape."""
    return Evidence.model_validate(document(**changes))
