"""What scikit-learn says of the same rows."""

import numpy as np
from sklearn import metrics as sk


def reference(name: str, y: np.ndarray, s: np.ndarray, w: np.ndarray | None) -> float:
    """Ask scikit-learn."""
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
