"""Measure a challenger, a champion and a trivial predictor on the rows of one holdout."""

import numpy as np
import numpy.typing as npt

from reign_trainer.shapes import Interval, MetricEvidence

from .arguments import check_arguments
from .error import MeasureError
from .holdout import Holdout
from .interval import student_interval
from .metric_values import measurable, metric_values
from .metrics import METRICS, Metric, Task
from .parameters import NONE, Parameters
from .replicates import Replicates
from .scores import model_scores, trivial_scores
from .standard_error import standard_error


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
    *,
    alpha: float = 0.025,
    anchor: npt.ArrayLike | None = None,
    parameters: Parameters | None = None,
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
    clusters : array-like of shape (n,) or (n, 2), integers
        Rows of one code are not independent of each other; rows of different codes are. With two columns, rows are
        independent that differ in both.
    weights : array-like of shape (n,) or None
        Importance of each row, zero or more. Only their ratios count. A row of weight zero is as good as absent.
    seed : int
        Of the bootstrap, zero or more.
    level : float, default 0.95
        Of confidence of the two-sided intervals.
    alpha : float, default 0.025
        The chance of error of each one-sided bound.
    anchor : array-like, shaped as ``challenger``, or None
        Predictions of a third model that the challenger is compared with.
    parameters : Parameters or None
        Of metrics that need some; those that lack theirs are not measured.

    Returns
    -------
    dict of str to MetricEvidence
        In the order of `METRICS`. Every difference is turned: positive means that the first is better. ``alone`` is the
        challenger's own value and not turned; ``lead`` is challenger against trivial predictor, ``champion_lead`` champion
        against trivial predictor, ``anchor_difference`` challenger against anchor. No number in it is NaN or infinite; see
        `student_interval` for where None stands.

    Raises
    ------
    MeasureError
        If the rows or predictions cannot be measured.

    Notes
    -----
    The intervals are ``estimate -+ t * standard error`` around the estimate on all rows, with Student's t at one
    degree of freedom less than there are effective clusters: all of them where they are of one size, fewer where a few
    hold most of the rows (see `degrees_of_freedom`). The same arguments give the same bits.
    """
    check_arguments(task, seed, level, alpha)
    holdout = Holdout.of(task, labels, clusters, weights)
    scores = {"challenger": model_scores(task, "challenger", challenger, holdout)}
    if champion is not None:
        scores["champion"] = model_scores(task, "champion", champion, holdout)
    if anchor is not None:
        scores["anchor"] = model_scores(task, "anchor", anchor, holdout)
    scores["trivial"] = trivial_scores(task, trivial, holdout)
    if len({of_model.shape for of_model in scores.values()}) > 1:
        counts = ", ".join(f"{who} {of_model.shape[1]}" for who, of_model in scores.items())
        raise MeasureError(f"the models answer different numbers of classes ({counts}): score them on the same classes")

    names = measurable(task, parameters or NONE)
    values = metric_values(names, holdout, list(scores.values()), parameters or NONE, seed)
    models = dict(zip(scores, values, strict=True))
    return {
        name: _evidence(name, {who: of_model[name] for who, of_model in models.items()}, holdout, level, alpha)
        for name in names
    }


def _evidence(name: str, models: dict[str, Replicates], holdout: Holdout, level: float, alpha: float) -> MetricEvidence:
    metric: Metric = METRICS[name]
    if not all(np.isfinite(model.estimate) for model in models.values()):
        raise MeasureError(f"{name} is beyond the range of numbers on these rows: scale labels and predictions")

    freedom = holdout.degrees_of_freedom

    def interval(replicates: Replicates) -> Interval:
        error = standard_error(replicates, holdout.ways, metric.method)
        return student_interval(replicates.estimate, error, holdout.cluster_count, level, metric.method, alpha, freedom)

    def against(first: str, second: str) -> Interval | None:
        if first not in models or second not in models:
            return None
        better, worse = (first, second) if metric.better == "higher" else (second, first)
        return interval(models[better].minus(models[worse]))

    lead = against("challenger", "trivial")
    assert lead is not None
    return MetricEvidence(
        better=metric.better,
        challenger=models["challenger"].estimate,
        champion=models["champion"].estimate if "champion" in models else None,
        trivial=models["trivial"].estimate,
        alone=interval(models["challenger"]),
        difference=against("challenger", "champion"),
        lead=lead,
        champion_lead=against("champion", "trivial"),
        anchor_difference=against("challenger", "anchor"),
    )
