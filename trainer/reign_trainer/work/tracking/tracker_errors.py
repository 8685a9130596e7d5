"""MLflow's failures as errors of the catalogue: those that pass, and those that do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from mlflow.exceptions import MlflowException, RestException
from mlflow.store.artifact.artifact_repo import ArtifactRepository
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.tracking import MlflowClient

from reign_trainer.constants import FINAL_TRACKER_CODES
from reign_trainer.errors import TrainerError
from reign_trainer.settings import Settings

_LONGEST_REASON = 300
#: User and password in an address, also a password with characters that should have been escaped.
_USER = re.compile(r"://\S*@")


def tracker_client(settings: Settings) -> MlflowClient:
    """Give a client of the configured server."""
    return MlflowClient(tracking_uri(settings))


def artifacts_at(location: str, settings: Settings) -> ArtifactRepository:
    """Give the files of a run or of a logged model, whose place is known: a client would ask the server for it first."""
    return get_artifact_repository(location, tracking_uri=tracking_uri(settings))


def tracking_uri(settings: Settings) -> str:
    """Give MLflow's address, or say that it is missing."""
    if settings.tracking_uri is None:
        raise TrainerError.of("SettingMissing", "tracker")
    return settings.tracking_uri


@contextmanager
def tracker_errors(doing: str) -> Iterator[None]:
    """Turn what MLflow's client raises into ``TrackerUnavailable`` or ``TrackerRefused``.

    Only MLflow's own code, in an answer that is MLflow's, says that a request is refused for good.

    Parameters
    ----------
    doing : str
        For the message: ``log metrics``.
    """
    try:
        yield
    except requests.RequestException as error:
        raise _error(_code_in(error.response), doing, str(error)) from None
    except RestException as error:
        raise _error(error.json.get("error_code"), doing, error.message) from None
    except MlflowException as error:
        # An answer that is not MLflow's gets a code from its status here: that of a proxy or a login page.
        raise _error(None, doing, error.message) from None


def _code_in(response: requests.Response | None) -> object:
    """Give MLflow's own code in an answer, where it is MLflow's."""
    if response is None:
        return None
    try:
        said = response.json()
    except ValueError:
        return None
    return said.get("error_code") if isinstance(said, dict) else None


def _error(code: object, doing: str, text: str) -> TrainerError:
    said = _USER.sub("://", text.strip().splitlines()[0])[:_LONGEST_REASON] if text.strip() else "nothing was said"
    if isinstance(code, str) and code in FINAL_TRACKER_CODES:
        return TrainerError.of("TrackerRefused", "asked", attempt=doing, reason=said)
    return TrainerError.of("TrackerUnavailable", "asked", attempt=doing, reason=said)
