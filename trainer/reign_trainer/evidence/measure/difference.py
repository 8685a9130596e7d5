"""One metric's difference between two models, and nothing else: for parts of the rows and for other scores."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reign_trainer.shapes import Interval

from .arguments import check_arguments
from .arrays import Floats
from .error import MeasureError
from .holdout import Holdout
from .interval import student_interval
from .metric_values import metric_values, missing
from .metrics import METRICS, Task
from .parameters import NONE, Parameters
from .replicates import Replicates
from .scores import model_scores
from .standard_error import standard_error


@dataclass(frozen=True)
class DifferenceValues:
    """A difference on all rows and with each cluster left out; positive means that the first model is better.

    ``estimate - deleted`` is, to first order and but for a factor, each cluster's sum of the influence function.

    Attributes
    ----------
    estimate : float
        Always finite.
    deleted : ndarray of shape (G,)
        In the order of the cluster codes. NaN where the metric is undefined without that cluster. Of two ways to
        cluster it is the one with fewer clusters, of equally many the first.
    degrees_of_freedom : float
        Of Student's t in the difference's interval.
    """

    estimate: float
    deleted: Floats
    degrees_of_freedom: float


def measure_difference(
    metric: str,
    task: Task,
    labels: npt.ArrayLike,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    clusters: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    seed: int,
    level: float = 0.95,
    alpha: float = 0.025,
    parameters: Parameters | None = None,
) -> Interval:
    """Measure the paired difference of two models by one metric, turned so that positive means the first is better.

    It is what `measure` gives for the same rows, at the price of this metric alone.

    Parameters
    ----------
    metric : str
        One of `METRICS` that belongs to the task and whose parameters are there.
    task, labels, clusters, weights, seed, level, alpha, parameters
        As `measure` takes them.
    first, second : array-like of shape (n,) or, for multiclass, (n, k)
        Predictions.

    Returns
    -------
    Interval

    Raises
    ------
    MeasureError
        If the rows or predictions cannot be measured, or not by this metric.
    """
    check_arguments(task, seed, level, alpha)
    holdout, found = _difference(metric, task, labels, first, second, clusters, weights, parameters, seed)
    method = METRICS[metric].method
    error = standard_error(found, holdout.ways, method)
    return student_interval(
        found.estimate, error, holdout.cluster_count, level, method, alpha, holdout.degrees_of_freedom
    )


def difference_values(
    metric: str,
    task: Task,
    labels: npt.ArrayLike,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    clusters: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    parameters: Parameters | None = None,
) -> DifferenceValues:
    """Measure the paired difference on all rows and with each cluster left out.

    By every metric, those with a bootstrap included. Metrics that walk along the ranking leave out bundles where there
    are more than `ranked.LEFT_OUT` clusters, so that ``deleted`` is that long.

    Parameters
    ----------
    metric, task, labels, first, second, clusters, weights, parameters
        As `measure_difference` takes them.

    Returns
    -------
    DifferenceValues

    Raises
    ------
    MeasureError
        If the rows or predictions cannot be measured, or not by this metric.
    """
    check_arguments(task)
    holdout, found = _difference(metric, task, labels, first, second, clusters, weights, parameters, None)
    fewest = int(np.argmin([way.count for way in holdout.ways[:2]]))
    return DifferenceValues(found.estimate, found.values[fewest], holdout.degrees_of_freedom)


def _difference(
    name: str,
    task: Task,
    labels: npt.ArrayLike,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    clusters: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    parameters: Parameters | None,
    seed: int | None,
) -> tuple[Holdout, Replicates]:
    parameters = parameters or NONE
    metric = METRICS.get(name)
    if metric is None or task not in metric.tasks:
        raise MeasureError(f"{name} is not a metric of the task {task}")
    lacking = missing(name, parameters)
    if lacking:
        raise MeasureError(f"{name} cannot be measured without {', '.join(lacking)}")
    holdout = Holdout.of(task, labels, clusters, weights)
    models = [model_scores(task, f"{who} model", s, holdout) for who, s in (("first", first), ("second", second))]
    if models[0].shape != models[1].shape:
        raise MeasureError("the two models answer different numbers of classes: score them on the same classes")
    one, other = (values[name] for values in metric_values([name], holdout, models, parameters, seed))
    found = one.minus(other) if metric.better == "higher" else other.minus(one)
    if not np.isfinite(found.estimate):
        raise MeasureError(f"{name} is beyond the range of numbers on these rows: scale labels and predictions")
    return holdout, found
