"""Autolog's pictures, and a calibration or residual plot, all from predictions that were made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from sklearn import metrics

from reign_trainer.evidence.rows.columns import positive_index
from reign_trainer.plots.figure import write_png
from reign_trainer.shapes import Definition
from reign_trainer.work.model.training_measures import TrainingMeasures

_DPI = 120
_CALIBRATION_BINS = 20
#: A curve through more points than this looks the same.
_CURVE_POINTS = 1000
_SCATTER_POINTS = 5000


def draw_pictures(training: TrainingMeasures, definition: Definition, folder: Path) -> None:
    """Draw every picture of the task into a folder.

    Parameters
    ----------
    training : TrainingMeasures
        Labels and predictions of training rows.
    definition : Definition
        Names task and classes.
    folder : pathlib.Path
        Gets ``training_*.png``, under autolog's names where autolog has the picture. One that cannot be drawn is left
        out: no fit fails for it.
    """
    with mpl.rc_context({"font.size": 8.0, "axes.grid": True, "grid.alpha": 0.3}):
        if definition.label is None:
            _save(lambda: _residuals(training), folder / "training_residuals.png")
            return
        names = [str(name) for name in definition.label.classes]
        _save(lambda: _confusion(training, names), folder / "training_confusion_matrix.png")
        if definition.task != "binary":
            return
        positive = positive_index(definition)
        _save(lambda: _roc(training, positive), folder / "training_roc_curve.png")
        _save(lambda: _precision_recall(training, positive), folder / "training_precision_recall_curve.png")
        _save(lambda: _calibration(training, positive), folder / "training_calibration_curve.png")


def _figure(title: str, x: str, y: str) -> tuple[Figure, mpl.axes.Axes]:
    figure = Figure(figsize=(5.0, 4.0), dpi=_DPI)
    # Room for numbers along both axes. Measuring what each picture needs takes longer than drawing it.
    figure.subplots_adjust(left=0.13, right=0.96, top=0.92, bottom=0.12)
    axes = figure.add_subplot()
    axes.set(title=title, xlabel=x, ylabel=y)
    return figure, axes


def _save(draw: Callable[[], Figure], path: Path) -> None:
    try:
        write_png(draw(), path)
    except Exception:  # noqa: BLE001
        path.unlink(missing_ok=True)


def _confusion(training: TrainingMeasures, names: list[str]) -> Figure:
    figure, axes = _figure("Normalized confusion matrix", "Predicted", "True")
    classes = np.arange(len(names))
    matrix = metrics.confusion_matrix(
        training.labels.astype(int),
        training.predictions.argmax(axis=1),
        labels=classes,
        sample_weight=training.weights,
        normalize="true",
    )
    axes.grid(visible=False)
    figure.colorbar(axes.imshow(matrix, cmap="Blues", vmin=0, vmax=1))
    if len(names) <= 20:
        # A `$` in the name of a class is a `$`, and opens no formula.
        axes.set_xticks(classes, names, rotation=0 if len(names) < 5 else 90, parse_math=False)
        axes.set_yticks(classes, names, parse_math=False)
        size = min(8.0, 50.0 / len(names))
        for row in range(len(names)):
            for column in range(len(names)):
                share = matrix[row, column]
                colour = "white" if share > 0.5 else "black"
                axes.text(column, row, f"{share:.2g}", ha="center", va="center", color=colour, fontsize=size)
    # Names of classes may be long.
    figure.set_layout_engine("tight")
    return figure


def _roc(training: TrainingMeasures, positive: int) -> Figure:
    figure, axes = _figure("ROC curve", "False positive rate", "True positive rate")
    labels, scores = training.labels == positive, training.predictions[:, positive]
    false, true, _ = metrics.roc_curve(labels, scores, sample_weight=training.weights)
    axes.plot(*_thinned(false, true), label=f"AUC = {metrics.auc(false, true):.3f}")
    axes.plot([0, 1], [0, 1], "--", color="grey", linewidth=0.8)
    axes.legend(loc="lower right")
    return figure


def _precision_recall(training: TrainingMeasures, positive: int) -> Figure:
    figure, axes = _figure("Precision recall curve", "Recall", "Precision")
    labels, scores = training.labels == positive, training.predictions[:, positive]
    precision, recall, _ = metrics.precision_recall_curve(labels, scores, sample_weight=training.weights)
    average = -float(np.sum(np.diff(recall) * precision[:-1]))
    axes.plot(*_thinned(recall, precision), drawstyle="steps-post", label=f"AP = {average:.3f}")
    axes.set(ylim=(0, 1.02))
    axes.legend(loc="upper right")
    return figure


def _calibration(training: TrainingMeasures, positive: int) -> Figure:
    """Draw how often the positive class occurs, by what was predicted, in bins of equally many rows."""
    figure, axes = _figure("Calibration", "Predicted probability", "Observed share")
    scores = training.predictions[:, positive]
    order = np.argsort(scores, kind="stable")
    weights = np.ones(len(scores)) if training.weights is None else training.weights
    bins = [part for part in np.array_split(order, _CALIBRATION_BINS) if len(part) > 0 and weights[part].sum() > 0]
    predicted = [np.average(scores[part], weights=weights[part]) for part in bins]
    observed = [np.average(training.labels[part] == positive, weights=weights[part]) for part in bins]
    axes.plot([0, 1], [0, 1], "--", color="grey", linewidth=0.8)
    axes.plot(predicted, observed, marker="o", markersize=3)
    top = 1.05 * max([*predicted, *observed, 1e-9])
    axes.set(xlim=(0, min(1.0, top)), ylim=(0, min(1.0, top)))
    return figure


def _residuals(training: TrainingMeasures) -> Figure:
    figure, axes = _figure("Residuals", "Predicted", "Label - predicted")
    step = max(1, len(training.labels) // _SCATTER_POINTS)
    predicted = training.predictions[::step]
    axes.scatter(predicted, training.labels[::step] - predicted, s=3, alpha=0.3, rasterized=True)
    axes.axhline(0, color="grey", linewidth=0.8)
    return figure


def _thinned(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if len(x) <= _CURVE_POINTS:
        return x, y
    chosen = np.unique(np.linspace(0, len(x) - 1, _CURVE_POINTS).astype(int))
    return x[chosen], y[chosen]
