"""What scikit-learn says of the same rows; and plain counting, where it has no such metric."""

import numpy as np
from sklearn import metrics as sk

from .holdout_rows import PARAMETERS


def expected_cost(y: np.ndarray, s: np.ndarray, w: np.ndarray) -> float:
    """Cost by `PARAMETERS`, from the confusion matrix."""
    flagged = s >= PARAMETERS.cutoff
    (_, false_positive), (false_negative, true_positive) = sk.confusion_matrix(
        y, flagged, labels=[0, 1], sample_weight=w
    )
    return float((false_positive + 5 * false_negative + 0.5 * true_positive) / w.sum())


def approval_rate(y: np.ndarray, s: np.ndarray, w: np.ndarray, bad_rate: float) -> float:
    """Try every threshold."""
    best = 0.0
    for threshold in np.unique(s):
        accepted = s <= threshold
        if np.average(y[accepted], weights=w[accepted]) <= bad_rate * (1 + 1e-9):
            best = max(best, w[accepted].sum() / w.sum())
    return float(best)


def reference(name: str, y: np.ndarray, s: np.ndarray, w: np.ndarray | None) -> float:
    """Ask scikit-learn."""
    if name in ("expected_cost", "approval_rate"):
        weights = np.ones(y.size) if w is None else w
        return expected_cost(y, s, weights) if name == "expected_cost" else approval_rate(y, s, weights, 0.2)
    if name == "pinball":
        return sk.mean_pinball_loss(y, s, alpha=PARAMETERS.quantile, sample_weight=w)
    if name == "roc_auc":
        return sk.roc_auc_score(y, s, sample_weight=w)
    if name == "pr_auc":
        return sk.average_precision_score(y, s, sample_weight=w)
    if name == "ks":
        false_positive, true_positive, _ = sk.roc_curve(y, s, sample_weight=w, drop_intermediate=False)
        return float(np.max(true_positive - false_positive))
    if name == "log_loss":
        return sk.log_loss(y, s, sample_weight=w, labels=[0, 1] if s.ndim == 1 else np.arange(s.shape[1]))
    if name == "brier":
        return sk.brier_score_loss(y, s, sample_weight=w)
    if name == "macro_f1":
        return sk.f1_score(y, s.argmax(axis=1), labels=np.unique(y), average="macro", zero_division=0, sample_weight=w)
    if name == "accuracy":
        return sk.accuracy_score(y, s.argmax(axis=1), sample_weight=w)
    if name == "rmse":
        return sk.root_mean_squared_error(y, s, sample_weight=w)
    if name == "mae":
        return sk.mean_absolute_error(y, s, sample_weight=w)
    return sk.r2_score(y, s, sample_weight=w)
