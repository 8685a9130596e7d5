"""What cannot be measured is refused, in words that say what to do and carry no row's values."""

from typing import Any

import numpy as np
import pytest
from reign_trainer.evidence.measure import MeasureError, measure

SECRET = 0.123456789
Y = np.array([0, 1, 0, 1, 1, 0])
P = np.full(6, SECRET)
DAYS = np.array([1, 1, 2, 2, 3, 3])
K = np.full((6, 3), 1 / 3)


def _with(array: np.ndarray, value: float) -> np.ndarray:
    changed = array.astype(float)
    changed.flat[2] = value
    return changed


BINARY: dict[str, Any] = {
    'task': 'binary', 'labels': Y, 'challenger': P, 'champion': P, 'trivial': [0.5, 0.5], 'clusters': DAYS,
    'weights': None, 'seed': 1,
}  # fmt: skip
MULTICLASS = BINARY | {
    'task': 'multiclass', 'labels': np.array([0, 1, 2, 0, 1, 2]), 'challenger': K, 'champion': K,
    'trivial': [0.3, 0.3, 0.4],
}  # fmt: skip
REGRESSION = BINARY | {"task": "regression", "trivial": 0.5}

REFUSED = [
    (BINARY | {"task": "ranking"}, "task"),
    (BINARY | {"level": 1.0}, "level"),
    (BINARY | {"seed": -1}, "seed"),
    (BINARY | {"labels": []}, "no rows"),
    (BINARY | {"labels": np.ones(6)}, "one class only.*widen"),
    (BINARY | {"labels": np.zeros(6, dtype=bool)}, "one class only"),
    (BINARY | {"labels": Y + 1}, "0 or 1"),
    (BINARY | {"labels": _with(Y, SECRET)}, "0 or 1"),
    (BINARY | {"labels": _with(Y, np.nan)}, "NaN or infinite in 1 of 6"),
    (BINARY | {"labels": Y.astype(str)}, "give numbers"),
    (BINARY | {"labels": Y[:, None]}, "one number a row"),
    (BINARY | {"challenger": P[:5]}, "challenger have shape .*5"),
    (BINARY | {"challenger": K}, "challenger have shape"),
    (BINARY | {"champion": P[:5]}, "champion have shape"),
    (BINARY | {"champion": _with(P, np.nan)}, "champion are NaN or infinite in 1 of 6"),
    (BINARY | {"champion": _with(P, np.inf)}, "NaN or infinite"),
    (BINARY | {"champion": _with(P, 1 + SECRET)}, r"outside \[0, 1\] in 1 of 6.*predict_proba"),
    (BINARY | {"champion": _with(P, -SECRET)}, r"outside \[0, 1\]"),
    (BINARY | {"champion": P.astype(object)}, "give numbers"),
    (BINARY | {"trivial": [0.2, 0.3, 0.5]}, "two class priors"),
    (BINARY | {"trivial": [0.2, 0.3]}, "sum to 1"),
    (BINARY | {"trivial": 0.5}, "two class priors"),
    (BINARY | {"trivial": [np.nan, 0.5]}, "NaN"),
    (BINARY | {"clusters": DAYS[:5]}, "one cluster code a row"),
    (BINARY | {"clusters": DAYS + 0.5}, "give integers"),
    (BINARY | {"weights": np.ones(5)}, "5 weights and 6 labels"),
    (BINARY | {"weights": np.zeros(6)}, "every weight is zero"),
    (BINARY | {"weights": _with(np.ones(6), -SECRET)}, "negative in 1 of 6"),
    (BINARY | {"weights": _with(np.ones(6), np.nan)}, "NaN"),
    (BINARY | {"weights": Y}, "one class only"),
    (MULTICLASS | {"labels": np.full(6, 2)}, "one class only"),
    (MULTICLASS | {"labels": Y - 1}, "0 to k - 1"),
    (MULTICLASS | {"labels": _with(Y, 0.5)}, "0 to k - 1"),
    (MULTICLASS | {"labels": Y * 3}, "answers 3 classes"),
    (MULTICLASS | {"challenger": P}, "challenger have shape"),
    (MULTICLASS | {"challenger": K * 1.01}, "sum to 1 in 6 of 6"),
    (MULTICLASS | {"challenger": np.full((6, 4), 0.25)}, "challenger 4, champion 3"),
    (MULTICLASS | {"trivial": [0.5, 0.5]}, "trivial predictor answers 2 classes"),
    (REGRESSION | {"labels": np.full(6, SECRET)}, "one value only"),
    (REGRESSION | {"labels": _with(Y, 1e200)}, "exceed.*scale"),
    (REGRESSION | {"challenger": _with(P, -1e200)}, "exceed"),
    (REGRESSION | {"challenger": _with(P, -np.inf)}, "NaN or infinite"),
    (REGRESSION | {"trivial": [0.5, 0.5]}, "one number"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(MeasureError, match=message) as refusal:
        measure(**arguments)
    assert isinstance(refusal.value, ValueError)
    assert str(SECRET) not in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("arguments", [BINARY, MULTICLASS, REGRESSION])
def test_the_arguments_are_good_otherwise(arguments: dict[str, Any]) -> None:
    assert measure(**arguments)


def test_labels_whose_spread_is_lost_to_rounding_are_refused() -> None:
    labels = Y * 1e-200
    with pytest.raises(MeasureError, match="r2 is beyond the range"):
        measure(**(REGRESSION | {"labels": labels}))
