"""What one holdout says about a challenger and a champion: metrics, differences, uncertainty.

Examples
--------
>>> import numpy as np
>>> from reign_trainer.evidence.measure import measure
>>> rng = np.random.default_rng(0)
>>> days = np.repeat(np.arange(14), 200)
>>> risk = rng.random(2800)
>>> labels = (rng.random(2800) < risk).astype(int)
>>> found = measure('binary', labels, risk, None, np.array([0.5, 0.5]), days, None, seed=1)
>>> found['roc_auc'].lead.low > 0
True
"""

from .degrees_of_freedom import degrees_of_freedom
from .difference import DifferenceValues, difference_values, measure_difference
from .effective_rows import effective_rows
from .error import MeasureError
from .evidence import measure
from .metrics import METRICS, Metric, Task
from .parameters import Parameters

__all__ = [
    "METRICS",
    "DifferenceValues",
    "MeasureError",
    "Metric",
    "Parameters",
    "Task",
    "degrees_of_freedom",
    "difference_values",
    "effective_rows",
    "measure",
    "measure_difference",
]
