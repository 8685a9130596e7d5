"""MLflow's failures as errors of the catalogue: those that pass, and those that do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from reign_trainer.errors import TrainerError
from reign_trainer.settings import Settings

_LONGEST_MESSAGE = 300
#: User and password in an address, also a password with characters that should have been escaped.
_USER = re.compile(r"://\S*@")


def tracker_client(settings: Settings) -> MlflowClient:
    """Give a client of the configured server."""
    return MlflowClient(tracking_uri(settings))


def tracking_uri(settings: Settings) -> str:
    """Give MLflow's address, or say that it is missing."""
    if settings.tracking_uri is None:
        raise TrainerError("SettingMissing", "MLFLOW_TRACKING_URI is not set.")
    return settings.tracking_uri


@contextmanager
def tracker_errors(doing: str) -> Iterator[None]:
    """Turn what MLflow's client raises into ``TrackerUnavailable`` or ``TrackerRefused``.

    Parameters
    ----------
    doing : str
        For the message: ``log metrics``.
    """
    try:
        yield
    except requests.RequestException as error:
        status = None if error.response is None else error.response.status_code
        raise _error(status, doing, str(error)) from None
    except MlflowException as error:
        status = error.get_http_status_code()  # type: ignore[no-untyped-call]
        raise _error(status, doing, error.message) from None


def _error(status: int | None, doing: str, text: str) -> TrainerError:
    first_line = _USER.sub("://", text.strip().splitlines()[0]) if text.strip() else ""
    message = f"MLflow, asked to {doing}: {first_line}"[:_LONGEST_MESSAGE]
    passing = status is None or status >= 500 or status in (408, 429)
    return TrainerError("TrackerUnavailable" if passing else "TrackerRefused", message)
