"""Metrics and slices as people call them."""

from __future__ import annotations

from reign_trainer.shapes import SliceEvidence

_TITLES = {
    "roc_auc": "ROC AUC",
    "pr_auc": "PR AUC",
    "log_loss": "log loss",
    "brier": "Brier score",
    "ks": "KS",
    "expected_cost": "expected cost",
    "approval_rate": "approval rate",
    "macro_f1": "macro F1",
    "accuracy": "accuracy",
    "rmse": "RMSE",
    "mae": "MAE",
    "pinball": "pinball loss",
    "r2": "R²",
}
#: Of a name in a picture; several columns share it.
_LONGEST = 36


def metric_title(name: str) -> str:
    """Give ``ROC AUC`` for ``roc_auc``."""
    return _TITLES.get(name, name)


def slice_title(part: SliceEvidence) -> str:
    """Give ``region = north``; long names are cut, columns before values."""
    room = _LONGEST // len(part.where) - 3
    pairs = []
    for at in part.where:
        value = _cut("(none)" if at.value is None else at.value, room * 2 // 3)
        pairs.append(f"{_cut(at.column, max(room - len(value), room // 3))} = {value}")
    return ", ".join(pairs)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
