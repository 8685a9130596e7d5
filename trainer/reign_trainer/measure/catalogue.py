"""Every metric: for which tasks, which way is better, how its uncertainty is found."""

from dataclasses import dataclass
from typing import Literal

Task = Literal["binary", "multiclass", "regression"]
Better = Literal["higher", "lower"]
Method = Literal["influence", "bootstrap"]


@dataclass(frozen=True)
class Metric:
    """One entry of the catalogue.

    Attributes
    ----------
    tasks : tuple of {'binary', 'multiclass', 'regression'}
        The tasks that it is measured for.
    better : {'higher', 'lower'}
        Which way is better.
    method : {'influence', 'bootstrap'}
        'influence': influence functions summed by cluster, as an exact delete-one-cluster jackknife.
        'bootstrap': paired cluster bootstrap, for metrics that are not smooth in the rows.
    """

    tasks: tuple[Task, ...]
    better: Better
    method: Method


METRICS: dict[str, Metric] = {
    "roc_auc": Metric(("binary",), "higher", "influence"),
    "pr_auc": Metric(("binary",), "higher", "bootstrap"),
    "log_loss": Metric(("binary", "multiclass"), "lower", "influence"),
    "brier": Metric(("binary",), "lower", "influence"),
    "ks": Metric(("binary",), "higher", "bootstrap"),
    "macro_f1": Metric(("multiclass",), "higher", "influence"),
    "accuracy": Metric(("multiclass",), "higher", "influence"),
    "rmse": Metric(("regression",), "lower", "influence"),
    "mae": Metric(("regression",), "lower", "influence"),
    "r2": Metric(("regression",), "higher", "influence"),
}
