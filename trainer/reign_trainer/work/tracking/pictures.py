"""Autolog's pictures, and a calibration or residual plot, all from predictions that were made once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import matplotlib as mpl
import numpy as np
from sklearn import metrics

from reign_trainer.labels import positive_index
from reign_trainer.plots.panel import Panel, room_beside, widened
from reign_trainer.plots.paper import Paper
from reign_trainer.plots.picture import Entry, draw_legend, save_picture
from reign_trainer.shapes import Definition
from reign_trainer.work.model.training_measures import TrainingMeasures

_DPI = 120
_WIDTH, _HEIGHT = 5.0, 4.0
_BLUE, _GREY = "#1f77b4", "#808080"
_CALIBRATION_BINS = 20
#: A curve through more points than this looks the same.
_CURVE_POINTS = 1000
_SCATTER_POINTS = 5000
#: Shares are written into the cells of so many classes; more would not be read.
_WRITTEN_CLASSES = 20
#: The cells of more classes have no room for a decimal.
_WITH_FRACTION = 8
#: Points of the shares in the cells.
_CELL_SIZE = 7.5
#: Points of the names of classes, and the widest that one may become, in inches.
_NAME_SIZE, _WIDEST_NAME = 8.0, 1.6


def draw_pictures(training: TrainingMeasures, definition: Definition, folder: Path) -> Iterator[str]:
    """Draw every picture of the task into a folder, one after the other.

    Parameters
    ----------
    training : TrainingMeasures
        Labels and predictions of training rows.
    definition : Definition
        Names task and classes.
    folder : pathlib.Path
        Gets ``training_*.png``, under autolog's names where autolog has the picture.

    Yields
    ------
    str
        The name of a file, as soon as it is there. A picture that cannot be drawn is left out: no fit fails for it.
    """
    for name, draw in _pictures_of(training, definition).items():
        if save_picture(draw, folder / f"training_{name}.png"):
            yield f"training_{name}.png"


def _pictures_of(training: TrainingMeasures, definition: Definition) -> Mapping[str, Callable[[], Paper]]:
    if definition.label is None:
        return {"residuals": partial(_residuals, training)}
    names = [str(name) for name in definition.label.classes]
    confusion = {"confusion_matrix": partial(_confusion, training, names)}
    if definition.task != "binary":
        return confusion
    positive = positive_index(definition)
    return {
        **confusion,
        "roc_curve": partial(_roc, training, positive),
        "precision_recall_curve": partial(_precision_recall, training, positive),
        "calibration_curve": partial(_calibration, training, positive),
    }


def _panel(
    title: str, x: str, y: str, across: tuple[float, float] = (0.0, 1.0), up: tuple[float, float] = (0.0, 1.0)
) -> Panel:
    paper = Paper(_WIDTH, _HEIGHT, _DPI)
    # The label stands at the edge of the sheet, the numbers beside it.
    left = max(0.65, 0.28 + room_beside(paper, up))
    panel = Panel(paper, (left, 0.35, _WIDTH - 0.2, _HEIGHT - 0.5), across, up)
    paper.write((panel.box[0] + panel.box[2]) / 2, 0.18, title, size=10, across="centre")
    panel.scale_across(x)
    panel.scale_up(y)
    return panel


def _confusion(training: TrainingMeasures, names: list[str]) -> Paper:
    count = len(names)
    matrix = metrics.confusion_matrix(
        training.labels.astype(int),
        training.predictions.argmax(axis=1),
        labels=np.arange(count),
        sample_weight=training.weights,
        normalize="true",
    )
    paper = Paper(_WIDTH, _HEIGHT, _DPI)
    written = count <= _WRITTEN_CLASSES
    widest = max(paper.width_of(name, _NAME_SIZE) for name in names) if written else 0.0
    names = [_cut(paper, name) for name in names]
    turned = widest > (_HEIGHT - 1.0) / count
    margin = 0.35 + min(widest, _WIDEST_NAME)
    below = 0.35 + (min(widest, _WIDEST_NAME) if turned else 0.15)
    side = min(_WIDTH - margin - 0.15, _HEIGHT - 0.35 - below)
    left, top, cell = margin + (_WIDTH - margin - 0.15 - side) / 2, 0.35, side / count
    paper.write(left + side / 2, 0.18, "Confusion matrix: % of each true class", size=10, across="centre")
    digits = 1 if count <= _WITH_FRACTION else 0
    blues = mpl.colormaps["Blues"]
    for row in range(count):
        for column in range(count):
            x, y, share = left + column * cell, top + row * cell, float(matrix[row, column])
            red, green, blue, _ = blues(share)
            paper.fill((x, y, x + cell, y + cell), (red, green, blue))
            if written:
                colour = "#ffffff" if share > 0.5 else "#000000"
                text = f"{100 * share:.{digits}f}"
                paper.write(x + cell / 2, y + cell / 2, text, size=_CELL_SIZE, colour=colour, across="centre")
    if written:
        for at, name in enumerate(names):
            middle = (at + 0.5) * cell
            paper.write(left - 0.06, top + middle, name, size=_NAME_SIZE, across="right")
            under = top + side + (0.06 + paper.width_of(name, _NAME_SIZE) / 2 if turned else 0.12)
            paper.write(left + middle, under, name, size=_NAME_SIZE, across="centre", turned=turned)
    across = "Predicted" if written else f"Predicted: {count} classes, in the order of label.classes"
    paper.write(left + side / 2, _HEIGHT - 0.12, across, across="centre")
    paper.write(max(0.12, left - 0.2 - min(widest, _WIDEST_NAME)), top + side / 2, "True", across="centre", turned=True)
    return paper


def _cut(paper: Paper, name: str) -> str:
    """Shorten the name of a class until it has room."""
    if paper.width_of(name, _NAME_SIZE) <= _WIDEST_NAME:
        return name
    while name and paper.width_of(f"{name}…", _NAME_SIZE) > _WIDEST_NAME:
        name = name[:-1]
    return f"{name}…"


def _roc(training: TrainingMeasures, positive: int) -> Paper:
    panel = _panel("ROC curve", "False positive rate", "True positive rate")
    labels, scores = training.labels == positive, training.predictions[:, positive]
    false, true, _ = metrics.roc_curve(labels, scores, sample_weight=training.weights)
    panel.curve([0, 1], [0, 1], colour=_GREY, width=0.8, style="dashed")
    panel.curve(*_thinned(false, true), colour=_BLUE, width=1.5)
    draw_legend(panel.paper, 3.4, 3.2, [Entry(f"AUC = {metrics.auc(false, true):.3f}", _BLUE, width=1.5)])
    return panel.paper


def _precision_recall(training: TrainingMeasures, positive: int) -> Paper:
    panel = _panel("Precision recall curve", "Recall", "Precision", up=(0.0, 1.02))
    labels, scores = training.labels == positive, training.predictions[:, positive]
    precision, recall, _ = metrics.precision_recall_curve(labels, scores, sample_weight=training.weights)
    average = -float(np.sum(np.diff(recall) * precision[:-1]))
    across, up = _thinned(recall, precision)
    # Precision holds until the next recall: a curve of steps.
    panel.curve(np.repeat(across, 2)[1:], np.repeat(up, 2)[:-1], colour=_BLUE, width=1.5)
    draw_legend(panel.paper, 3.4, 0.55, [Entry(f"AP = {average:.3f}", _BLUE, width=1.5)])
    return panel.paper


def _calibration(training: TrainingMeasures, positive: int) -> Paper:
    """Draw how often the positive class occurs, by what was predicted, in bins of equally many rows."""
    scores = training.predictions[:, positive]
    order = np.argsort(scores, kind="stable")
    weights = np.ones(len(scores)) if training.weights is None else training.weights
    bins = [part for part in np.array_split(order, _CALIBRATION_BINS) if len(part) > 0 and weights[part].sum() > 0]
    predicted = [np.average(scores[part], weights=weights[part]) for part in bins]
    observed = [np.average(training.labels[part] == positive, weights=weights[part]) for part in bins]
    top = min(1.0, 1.05 * max([*predicted, *observed, 1e-9]))
    panel = _panel("Calibration", "Predicted probability", "Observed share", (0.0, top), (0.0, top))
    panel.curve([0, 1], [0, 1], colour=_GREY, width=0.8, style="dashed")
    panel.curve(predicted, observed, colour=_BLUE, width=1.5)
    panel.marks(predicted, observed, colour=_BLUE, size=3)
    return panel.paper


def _residuals(training: TrainingMeasures) -> Paper:
    step = max(1, len(training.labels) // _SCATTER_POINTS)
    predicted = training.predictions[::step]
    residuals = training.labels[::step] - predicted
    across, up = widened([float(each) for each in predicted], 0.05), widened([0.0, *map(float, residuals)], 0.05)
    panel = _panel("Residuals", "Predicted", "Label − predicted", across, up)
    panel.curve(across, [0, 0], colour=_GREY, width=0.8)
    panel.marks(predicted, residuals, colour=_BLUE, size=2, opacity=0.3)
    return panel.paper


def _thinned(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if len(x) <= _CURVE_POINTS:
        return x, y
    chosen = np.unique(np.linspace(0, len(x) - 1, _CURVE_POINTS).astype(int))
    return x[chosen], y[chosen]
