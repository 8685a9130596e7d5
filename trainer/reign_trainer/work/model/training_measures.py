"""Training metrics under autolog's own names, all from predictions that were made once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn import metrics

from reign_trainer.shapes import Definition


@dataclass(frozen=True)
class TrainingMeasures:
    """What a model says about (a sample of) its own training rows.

    Attributes
    ----------
    metrics : dict of str to float
        ``training_score``, ``training_accuracy_score``, ... as autolog names and computes them.
    labels : ndarray of shape (n,)
        Indexes into the classes, or numbers.
    predictions : ndarray of shape (n, classes) or (n,)
    weights : ndarray of shape (n,) or None
    """

    metrics: dict[str, float]
    labels: np.ndarray
    predictions: np.ndarray
    weights: np.ndarray | None


def measure_training(
    labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None, definition: Definition
) -> TrainingMeasures:
    """Measure predictions of training rows.

    Parameters
    ----------
    labels : ndarray of shape (n,)
    predictions : ndarray of shape (n, classes) or (n,)
    weights : ndarray of shape (n,) or None
    definition : Definition
        Names task and classes.

    Notes
    -----
    Metrics that are not finite on these rows are left out: MLflow shows nothing useful for them.
    """
    if definition.label is None:
        found = _regression(labels, predictions, weights)
    else:
        found = _classification(labels.astype(int), predictions, weights)
    finite = {f"training_{name}": float(value) for name, value in found.items() if np.isfinite(value)}
    return TrainingMeasures(finite, labels, predictions, weights)


def _regression(labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None) -> dict[str, float]:
    squared = metrics.mean_squared_error(labels, predictions, sample_weight=weights)
    r2 = metrics.r2_score(labels, predictions, sample_weight=weights)
    return {
        "mean_squared_error": squared,
        "mean_absolute_error": metrics.mean_absolute_error(labels, predictions, sample_weight=weights),
        "r2_score": r2,
        "root_mean_squared_error": float(np.sqrt(squared)),
        "score": r2,
    }


def _classification(labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None) -> dict[str, float]:
    guessed = predictions.argmax(axis=1)
    confusion = metrics.confusion_matrix(
        labels, guessed, labels=np.arange(predictions.shape[1]), sample_weight=weights
    ).astype(float)
    accuracy = float(np.trace(confusion) / confusion.sum())
    found = {"score": accuracy, "accuracy_score": accuracy, **_weighted_averages(confusion)}
    found["log_loss"] = metrics.log_loss(
        labels, predictions, sample_weight=weights, labels=np.arange(predictions.shape[1])
    )
    area = _area(labels, predictions, weights)
    return found if area is None else {**found, "roc_auc": area}


def _weighted_averages(confusion: np.ndarray) -> dict[str, float]:
    """Precision, recall and F1 of each class, averaged by how often it occurs; 0 where there is nothing to divide."""
    right, actual, guessed = confusion.diagonal(), confusion.sum(axis=1), confusion.sum(axis=0)
    shares = actual / actual.sum()
    values = {
        "precision_score": np.divide(right, guessed, out=np.zeros_like(right), where=guessed > 0),
        "recall_score": np.divide(right, actual, out=np.zeros_like(right), where=actual > 0),
        "f1_score": np.divide(2 * right, actual + guessed, out=np.zeros_like(right), where=actual + guessed > 0),
    }
    return {name: float(shares @ of_class) for name, of_class in values.items()}


def _area(labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None) -> float | None:
    present = np.unique(labels)
    if len(present) < 2:
        return None
    if predictions.shape[1] == 2:
        return float(metrics.roc_auc_score(labels, predictions[:, 1], sample_weight=weights))
    # One class against one other is not defined with weights, nor for classes that do not occur.
    if weights is not None or len(present) != predictions.shape[1]:
        return None
    return float(metrics.roc_auc_score(labels, predictions, average="weighted", multi_class="ovo"))
