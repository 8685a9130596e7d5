"""A model's predictions, checked at the door, and the predictions of the trivial predictor."""

import numpy as np
import numpy.typing as npt

from .arrays import Floats
from .error import MeasureError
from .holdout import LARGEST, Holdout
from .metrics import Task

SUM_TOLERANCE = 1e-4
"""How far the class probabilities of a row may be from 1 in sum: float32 over many classes stays within it."""


def model_scores(task: Task, who: str, given: npt.ArrayLike, holdout: Holdout) -> Floats:
    """Check one model's predictions.

    Parameters
    ----------
    task : {'binary', 'multiclass', 'regression'}
    who : str
        Whose they are, for messages.
    given : array-like of shape (rows,) or, for multiclass, (rows, k)
        One prediction for each row that was given, those of weight zero included.
    holdout : Holdout

    Returns
    -------
    ndarray of shape (n,) or (n, k), float64
        Those of the holdout's rows.
    """
    raw = np.asarray(given)
    rows = holdout.labels.size if holdout.kept is None else holdout.kept.size
    dimensions = 2 if task == "multiclass" else 1
    if raw.ndim != dimensions or raw.shape[0] != rows:
        wanted = f"({rows}, k)" if task == "multiclass" else f"({rows},)"
        raise MeasureError(f"predictions of the {who} have shape {raw.shape}: give {wanted}, one a row of the holdout")
    if raw.dtype.kind not in "biuf":
        raise MeasureError(f"predictions of the {who} have type {raw.dtype}: give numbers")
    scores: Floats = raw.astype(np.float64, copy=False)
    if holdout.kept is not None:
        scores = scores[holdout.kept]
    _check_range(task, f"predictions of the {who}", scores)
    if task == "multiclass":
        _check_classes(f"the {who}", scores, holdout)
    return scores


def trivial_scores(task: Task, given: npt.ArrayLike, holdout: Holdout) -> Floats:
    """Let the trivial predictor answer the same for every row: the class priors, or the mean.

    Parameters
    ----------
    task : {'binary', 'multiclass', 'regression'}
    given : array-like of shape (2,), (k,) or a number
        Class priors (for binary of the classes 0 and 1), or the mean of a regression.
    holdout : Holdout

    Returns
    -------
    ndarray of shape (n,) or (n, k), float64
        A read-only view: it takes no memory.
    """
    raw = np.asarray(given, dtype=np.float64)
    n = holdout.labels.size
    wanted = {"binary": "two class priors", "multiclass": "one prior a class", "regression": "one number"}[task]
    if raw.ndim != (0 if task == "regression" else 1) or (task == "binary" and raw.size != 2):
        raise MeasureError(f"the trivial predictor has shape {raw.shape}: give {wanted}")
    priors = raw if task == "regression" else raw[np.newaxis, :]
    _check_range(task, "the answers of the trivial predictor", priors)
    if task == "regression":
        return np.broadcast_to(raw, (n,))
    _check_sums("the trivial predictor", priors)
    if task == "binary":
        return np.broadcast_to(raw[1], (n,))
    _check_covered("the trivial predictor", priors, holdout)
    return np.broadcast_to(raw, (n, raw.size))


def _check_range(task: Task, what: str, scores: Floats) -> None:
    broken = scores.size - int(np.count_nonzero(np.isfinite(scores)))
    if broken:
        raise MeasureError(
            f"{what} are NaN or infinite in {broken} of {scores.size} values: the model must answer finite numbers"
        )
    lowest, highest = scores.min(initial=0.0), scores.max(initial=0.0)
    if task == "regression":
        if max(-lowest, highest) > LARGEST:
            raise MeasureError(f"{what} exceed {LARGEST:g}: check the model for values that run away")
    elif lowest < 0 or highest > 1:
        outside = int(np.count_nonzero((scores < 0) | (scores > 1)))
        raise MeasureError(
            f"{what} are outside [0, 1] in {outside} of {scores.size} values: give probabilities (predict_proba)"
        )


def _check_classes(who: str, scores: Floats, holdout: Holdout) -> None:
    _check_covered(who, scores, holdout)
    _check_sums(who, scores)


def _check_covered(who: str, scores: Floats, holdout: Holdout) -> None:
    classes = int(holdout.labels.max()) + 1
    if scores.shape[1] < classes:
        raise MeasureError(
            f"{who} answers {scores.shape[1]} classes, the labels hold at least {classes}: give one probability a class"
        )


def _check_sums(who: str, scores: Floats) -> None:
    # Probabilities that may sum to more than one would make any log loss look good.
    off = int(np.count_nonzero(np.abs(scores.sum(axis=1) - 1) > SUM_TOLERANCE))
    if off:
        raise MeasureError(
            f"class probabilities of {who} do not sum to 1 in {off} of {scores.shape[0]} rows: give normalised ones"
        )
