"""Measure a challenger, a champion and a trivial predictor on the rows of one holdout."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import sums
from .arrays import Floats
from .auc import roc_auc
from .catalogue import METRICS, Better, Metric, Task
from .confusion import macro_f1
from .error import MeasureError
from .holdout import Holdout
from .interval import Interval, bootstrap_error, jackknife_error, student_interval
from .ranked import ranked
from .ranking import Ranking
from .replicates import Replicates
from .scores import model_scores, trivial_scores


@dataclass(frozen=True)
class MetricEvidence:
    """What one holdout says by one metric. Every difference is oriented: positive means that the first is better.

    Attributes
    ----------
    better : {'higher', 'lower'}
        Which way the metric itself is better.
    challenger, trivial : float
        The metric on all rows.
    champion : float or None
        None where there is no champion, as are ``difference`` and ``champion_lead``.
    difference : Interval or None
        Challenger against champion.
    lead : Interval
        Challenger against the trivial predictor.
    champion_lead : Interval or None
        Champion against the trivial predictor.
    """

    better: Better
    challenger: float
    champion: float | None
    trivial: float
    difference: Interval | None
    lead: Interval
    champion_lead: Interval | None


def measure(
    task: Task,
    labels: npt.ArrayLike,
    challenger: npt.ArrayLike,
    champion: npt.ArrayLike | None,
    trivial: npt.ArrayLike,
    clusters: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    seed: int,
    level: float = 0.95,
) -> dict[str, MetricEvidence]:
    """Measure every metric of a task, with paired differences and their cluster-robust intervals.

    Parameters
    ----------
    task : {'binary', 'multiclass', 'regression'}
    labels : array-like of shape (n,)
        0 or 1; 0 to k - 1; or numbers.
    challenger, champion : array-like of shape (n,) or, for multiclass, (n, k)
        Probabilities of class 1; probabilities of each class; or predicted numbers. ``champion`` may be None. To see a
        champion alone, pass it as the challenger.
    trivial : array-like of shape (2,), (k,) or a number
        What a predictor without features answers: class priors, or the mean, of the training rows.
    clusters : array-like of shape (n,), integers
        Rows of one code are not independent of each other; rows of different codes are.
    weights : array-like of shape (n,) or None
        Importance of each row, zero or more. Only their ratios count. A row of weight zero is as good as absent.
    seed : int
        Of the bootstrap, zero or more.
    level : float, default 0.95
        Of confidence.

    Returns
    -------
    dict of str to MetricEvidence
        In the order of `METRICS`. No number in it is NaN or infinite; see `Interval` for where None stands.

    Raises
    ------
    MeasureError
        If the rows or predictions cannot be measured.

    Notes
    -----
    The intervals are ``estimate -+ t * standard error`` around the estimate on all rows, with Student's t at one
    degree of freedom less than there are clusters. The same arguments give the same bits.
    """
    _check_arguments(task, seed, level)
    holdout = Holdout.of(task, labels, clusters, weights)
    scores = {"challenger": model_scores(task, "challenger", challenger, holdout)}
    if champion is not None:
        scores["champion"] = model_scores(task, "champion", champion, holdout)
    scores["trivial"] = trivial_scores(task, trivial, holdout)
    if len({of_model.shape for of_model in scores.values()}) > 1:
        counts = ", ".join(f"{who} {of_model.shape[1]}" for who, of_model in scores.items())
        raise MeasureError(f"the models answer different numbers of classes ({counts}): score them on the same classes")

    measured = dict(zip(scores, _replicates(task, holdout, list(scores.values()), seed), strict=True))
    return {
        name: _evidence(name, metric, {who: of_model[name] for who, of_model in measured.items()}, holdout, level)
        for name, metric in METRICS.items()
        if task in metric.tasks
    }


def _check_arguments(task: Task, seed: int, level: float) -> None:
    tasks = {task for metric in METRICS.values() for task in metric.tasks}
    if task not in tasks:
        raise MeasureError(f"the task {task!r} is not known: give one of {', '.join(sorted(tasks))}")
    if not 0 < level < 1:
        raise MeasureError("the level of confidence must lie between 0 and 1, both excluded: give 0.95")
    if seed < 0:
        raise MeasureError("the seed is negative: give zero or more")


def _replicates(task: Task, holdout: Holdout, models: list[Floats], seed: int) -> list[dict[str, Replicates]]:
    """Replicates of every metric of the task, for each model."""
    if task == "regression":
        return [{"rmse": sums.rmse(holdout, s), "mae": sums.mae(holdout, s), "r2": sums.r2(holdout, s)} for s in models]
    if task == "multiclass":
        return [
            {
                "log_loss": sums.log_loss(holdout, s),
                "macro_f1": macro_f1(holdout, s),
                "accuracy": sums.accuracy(holdout, s),
            }
            for s in models
        ]
    rankings = [Ranking.of(holdout, s) for s in models]
    return [
        {
            "roc_auc": roc_auc(ranking),
            "log_loss": sums.log_loss(holdout, s),
            "brier": sums.brier(holdout, s),
            **walks._asdict(),
        }
        for s, ranking, walks in zip(models, rankings, ranked(rankings, seed), strict=True)
    ]


def _evidence(
    name: str, metric: Metric, models: dict[str, Replicates], holdout: Holdout, level: float
) -> MetricEvidence:
    if not all(np.isfinite(model.estimate) for model in models.values()):
        raise MeasureError(f"{name} is beyond the range of numbers on these rows: scale labels and predictions")

    def against(first: str, second: str) -> Interval:
        better, worse = (first, second) if metric.better == "higher" else (second, first)
        estimate = models[better].estimate - models[worse].estimate
        values = models[better].values - models[worse].values
        if metric.method == "influence":
            error = jackknife_error(estimate, values)
        else:
            error = bootstrap_error(values, holdout.cluster_count)
        return student_interval(estimate, error, holdout.cluster_count, level, metric.method)

    reigning = "champion" in models
    return MetricEvidence(
        better=metric.better,
        challenger=models["challenger"].estimate,
        champion=models["champion"].estimate if reigning else None,
        trivial=models["trivial"].estimate,
        difference=against("challenger", "champion") if reigning else None,
        lead=against("challenger", "trivial"),
        champion_lead=against("champion", "trivial") if reigning else None,
    )
