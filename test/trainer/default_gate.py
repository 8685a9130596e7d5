"""The policy of a definition that says nothing about its gate, as the trainer is handed it."""

from __future__ import annotations

from typing import Any


def default_gate(**changes: Any) -> dict[str, Any]:
    """Give every key that has a default; `changes` replace or add some."""
    return {
        "win": "superior",
        "minimumGain": 0,
        "error": {"perCycle": 0.025},
        "guardrails": [],
        "floors": [],
        "slices": [],
        "undecidedSlices": "blockProtected",
        "onLoss": "keep",
        "unlabelled": 0.01,
        "leak": 0.995,
        "shift": {"psi": 0.2, "ks": 0.1, "auc": 0.6},
        "controls": {"shuffledFit": False},
        "approval": {"when": "review", "deadline": "P7D"},
        **changes,
    }
