"""What a failure of MLflow tells."""

from __future__ import annotations

import pytest
import requests
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient
from reign_trainer.errors import TrainerError
from reign_trainer.tracking.tracker_errors import tracker_errors


def test_no_password_of_the_address_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    client = MlflowClient("http://me:hush@127.0.0.1:9")
    with pytest.raises(TrainerError) as raised, tracker_errors("read the run"):
        client.get_run("0" * 32)
    assert "127.0.0.1" in raised.value.message
    assert "hush" not in raised.value.message
    assert "me:" not in raised.value.message


@pytest.mark.parametrize("password", ["hush", "hu@sh", "hu/sh", "%68ush"])
def test_nor_one_with_odd_characters(password: str) -> None:
    text = f"Failed to parse: http://me:{password}@mlflow.example:5000/api"
    for error in (requests.RequestException(text), MlflowException(text)):
        with pytest.raises(TrainerError, match="http://mlflow.example:5000/api") as raised, tracker_errors("ask"):
            raise error
        assert "sh@" not in raised.value.message
