"""Every metric: for which tasks, which way is better, how its uncertainty is found, what it needs."""

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
    needs : tuple of str
        The `Parameters` that it cannot be measured without.
    """

    tasks: tuple[Task, ...]
    better: Better
    method: Method
    needs: tuple[str, ...] = ()


METRICS: dict[str, Metric] = {
    "roc_auc": Metric(("binary",), "higher", "influence"),
    "pr_auc": Metric(("binary",), "higher", "influence"),
    "log_loss": Metric(("binary", "multiclass"), "lower", "influence"),
    "brier": Metric(("binary",), "lower", "influence"),
    "ks": Metric(("binary",), "higher", "bootstrap"),
    "expected_cost": Metric(("binary",), "lower", "influence", ("cutoff", "false_positive", "false_negative")),
    "approval_rate": Metric(("binary",), "higher", "bootstrap", ("bad_rate",)),
    "macro_f1": Metric(("multiclass",), "higher", "influence"),
    "accuracy": Metric(("multiclass",), "higher", "influence"),
    "rmse": Metric(("regression",), "lower", "influence"),
    "mae": Metric(("regression",), "lower", "influence"),
    "pinball": Metric(("regression",), "lower", "influence", ("quantile",)),
    "r2": Metric(("regression",), "higher", "influence"),
}
