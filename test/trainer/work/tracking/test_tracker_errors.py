"""What a failure of MLflow tells."""

from __future__ import annotations

import pytest
import requests
from mlflow.exceptions import MlflowException, RestException
from mlflow.tracking import MlflowClient
from mlflow.utils.rest_utils import verify_rest_response
from reign_trainer.errors import TrainerError
from reign_trainer.work.tracking.tracker_errors import tracker_errors


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


def _answer(status: int, body: str) -> requests.Response:
    answer = requests.Response()
    answer.status_code = status
    answer._content = body.encode()
    return answer


@pytest.mark.parametrize("body", ["<html>log in</html>", "", '{"error": "invalid_token"}', "[]"])
@pytest.mark.parametrize("status", [302, 401, 403, 404, 502])
def test_what_stands_in_front_of_mlflow_refuses_nothing_for_good(status: int, body: str) -> None:
    for ask in (
        lambda: verify_rest_response(_answer(status, body), "/api/2.0/mlflow/runs/get"),
        lambda: _raise(requests.HTTPError("no", response=_answer(status, body))),
    ):
        with pytest.raises(TrainerError) as raised, tracker_errors("ask"):
            ask()
        assert (raised.value.code, raised.value.retryable) == ("TrackerUnavailable", True)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("RESOURCE_DOES_NOT_EXIST", "TrackerRefused"),
        ("INVALID_PARAMETER_VALUE", "TrackerRefused"),
        ("PERMISSION_DENIED", "TrackerUnavailable"),
        ("UNAUTHENTICATED", "TrackerUnavailable"),
        ("INTERNAL_ERROR", "TrackerUnavailable"),
    ],
)
def test_mlflows_own_code_does(code: str, expected: str) -> None:
    said = f'{{"error_code": "{code}", "message": "no"}}'
    for error in (
        RestException({"error_code": code, "message": "no"}),
        requests.HTTPError("no", response=_answer(400, said)),
    ):
        with pytest.raises(TrainerError) as raised, tracker_errors("ask"):
            raise error
        assert raised.value.code == expected


def _raise(error: Exception) -> None:
    raise error
