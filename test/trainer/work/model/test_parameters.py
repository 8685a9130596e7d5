"""Names of parameters that MLflow takes, whatever the author calls a step."""

from __future__ import annotations

from typing import Any

from mlflow.utils.validation import _validate_param_name
from reign_trainer.work.model.parameters import parameters_of
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler


class Given:
    """Has the parameters that it is given."""

    def __init__(self, **parameters: Any) -> None:
        self.parameters = parameters

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return self.parameters


def test_names_that_mlflow_refuses_are_changed_and_stay_distinct() -> None:
    long = "a" * 249
    given = {
        "log(amount)__x": 1,
        "log_amount__x": 2,
        "log_amount___x": 3,
        "log[amount)__x": 4,
        long + "(b": 5,
        long + ")c": 6,
        long + "_": 7,
        "a//b": 8,
        "..": 9,
        "/a": 10,
        "größe": 11,
    }
    found = parameters_of(Given(**given))
    assert found == parameters_of(Given(**dict(reversed(given.items()))))
    assert sorted(map(int, found.values())) == list(range(1, 12))
    assert (found["log_amount__x"], found["log_amount___x"], found[long + "_"], found["größe"]) == ("2", "3", "7", "11")
    for name in found:
        _validate_param_name(name)
        assert len(name) <= 250


def test_a_step_may_have_any_name() -> None:
    found = parameters_of(Pipeline([("log(amount)", StandardScaler())]))
    assert found["log_amount___with_mean"] == "True"
