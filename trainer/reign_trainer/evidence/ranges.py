"""Intervals of values end where the values do: no approval rate is above one."""

from __future__ import annotations

from reign_trainer.shapes import Bounded, Calibration, CalibrationEvidence, Interval, MetricEvidence

_SHARE = (0.0, 1.0)
_NOT_NEGATIVE = (0.0, None)

#: What a metric itself can be; expected cost can be anything.
_RANGES: dict[str, tuple[float | None, float | None]] = {
    "roc_auc": _SHARE,
    "pr_auc": _SHARE,
    "brier": _SHARE,
    "ks": _SHARE,
    "approval_rate": _SHARE,
    "macro_f1": _SHARE,
    "accuracy": _SHARE,
    "log_loss": _NOT_NEGATIVE,
    "rmse": _NOT_NEGATIVE,
    "mae": _NOT_NEGATIVE,
    "pinball": _NOT_NEGATIVE,
    "r2": (None, 1.0),
}


def within_range(metrics: dict[str, MetricEvidence]) -> dict[str, MetricEvidence]:
    """End the intervals of the challenger's own values at what the metrics can be; differences stay as they are."""
    return {name: one.model_copy(update={"alone": _interval(one.alone, name)}) for name, one in metrics.items()}


def calibration_within_range(found: CalibrationEvidence | None) -> CalibrationEvidence | None:
    """End the intervals of observed shares and of the expected error at zero and one."""
    if found is None:
        return None
    champion = None if found.champion is None else _calibration(found.champion)
    return CalibrationEvidence(challenger=_calibration(found.challenger), champion=champion)


def _calibration(found: Calibration) -> Calibration:
    bins = [one.model_copy(update={"observed": _share(one.observed)}) for one in found.bins]
    return found.model_copy(update={"bins": bins, "expected_error": _share(found.expected_error)})


def _share(found: Bounded) -> Bounded:
    return Bounded(estimate=found.estimate, low=_ended(found.low, *_SHARE), high=_ended(found.high, *_SHARE))


def _interval(found: Interval, metric: str) -> Interval:
    least, most = _RANGES.get(metric, (None, None))
    bounds = ("low", "high", "deciding_low", "deciding_high")
    return found.model_copy(update={name: _ended(getattr(found, name), least, most) for name in bounds})


def _ended(bound: float | None, least: float | None, most: float | None) -> float | None:
    if bound is None:
        return None
    bound = bound if least is None else max(bound, least)
    return bound if most is None else min(bound, most)
