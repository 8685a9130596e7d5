"""Any metrics of several models on one holdout, and nothing else: rows are ranked only where a metric needs it."""

from collections.abc import Callable, Sequence

from . import sums
from .arrays import Floats
from .auc import roc_auc
from .confusion import macro_f1
from .error import MeasureError
from .holdout import Holdout
from .metrics import METRICS, Task
from .parameters import Costs, Parameters, check_share
from .ranked import ranked
from .ranking import Ranking
from .replicates import Replicates

WALKED = ("pr_auc", "ks", "approval_rate")
PLAIN: dict[str, Callable[[Holdout, Floats], Replicates]] = {
    "log_loss": sums.log_loss,
    "brier": sums.brier,
    "macro_f1": macro_f1,
    "accuracy": sums.accuracy,
    "rmse": sums.rmse,
    "mae": sums.mae,
    "r2": sums.r2,
}


def measurable(task: Task, parameters: Parameters) -> list[str]:
    """Name the metrics of a task whose parameters are there, in the order of the catalogue."""
    return [name for name, metric in METRICS.items() if task in metric.tasks and not missing(name, parameters)]


def missing(name: str, parameters: Parameters) -> list[str]:
    """Name the parameters that a metric needs and that are not there."""
    return [need for need in METRICS[name].needs if getattr(parameters, need) is None]


def metric_values(
    names: Sequence[str], holdout: Holdout, models: Sequence[Floats], parameters: Parameters, seed: int | None
) -> list[dict[str, Replicates]]:
    """Measure some metrics of each model, with replicates that are paired between the models.

    Parameters
    ----------
    names : sequence of str
        Metrics of the holdout's task, none of whose parameters is missing.
    holdout : Holdout
    models : sequence of ndarray
        Checked predictions, one of each model.
    parameters : Parameters
    seed : int or None
        Of the bootstrap; with None each cluster (or bundle of very many) is left out once, for every metric.

    Returns
    -------
    list of dict of str to Replicates
        For each model, in the order of ``names``.

    Raises
    ------
    MeasureError
        If a parameter is out of its range.
    """
    costs = Costs.of(parameters, holdout) if "expected_cost" in names else None
    quantile = check_share("quantile", _given(parameters.quantile)) if "pinball" in names else None
    bad_rate = check_share("bad rate", _given(parameters.bad_rate)) if "approval_rate" in names else None
    walked = [name for name in names if name in WALKED]
    rankings = [Ranking.of(holdout, scores) for scores in models] if walked or "roc_auc" in names else []
    walks = ranked(rankings, walked, bad_rate, seed) if walked else [{} for _ in models]

    def one(name: str, model: int) -> Replicates:
        if name == "roc_auc":
            return roc_auc(rankings[model])
        if name == "expected_cost":
            assert costs is not None
            return sums.expected_cost(holdout, models[model], costs)
        if name == "pinball":
            assert quantile is not None
            return sums.pinball(holdout, models[model], quantile)
        return PLAIN[name](holdout, models[model])

    return [
        {name: walks[model][name] if name in WALKED else one(name, model) for name in names}
        for model in range(len(models))
    ]


def _given(value: float | None) -> float:
    if value is None:
        raise MeasureError("a parameter is missing")
    return value
