"""What every entry to this package checks."""

from .error import MeasureError
from .metrics import METRICS, Task


def check_arguments(task: Task, seed: int = 0, level: float = 0.95, alpha: float = 0.025) -> None:
    """Refuse an unknown task, a negative seed and chances out of their range."""
    tasks = {task for metric in METRICS.values() for task in metric.tasks}
    if task not in tasks:
        raise MeasureError(f"the task {task!r} is not known: give one of {', '.join(sorted(tasks))}")
    if not 0 < level < 1:
        raise MeasureError("the level of confidence must lie between 0 and 1, both excluded: give 0.95")
    if not 0 < alpha < 0.5:
        raise MeasureError("alpha, the chance of error of one side, must lie between 0 and 0.5: give 0.025")
    if seed < 0:
        raise MeasureError("the seed is negative: give zero or more")
