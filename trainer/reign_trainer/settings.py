"""The trainer's settings, read from the environment once, at the edge."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reign_trainer.errors import TrainerError
from reign_trainer.store import parse_place

#: Owns nothing and runs nothing else: the user of the author's code where the trainer runs as root.
SANDBOX_USER = 64_983


@dataclass(frozen=True)
class Settings:
    """What a trainer and its children need to know of their surroundings.

    Attributes
    ----------
    store : str
        Where snapshots, predictions, documents and fits are (``REIGN_STORE``): a folder, or ``s3://bucket/prefix``.
    tracking_uri : str or None
        MLflow's address (``MLFLOW_TRACKING_URI``); needed as soon as a fit is tracked or a tracked version scored.
    fits_at_once : int
        How many fits run at the same time (``REIGN_FITS_AT_ONCE``, default 1).
    threads : int
        OpenMP threads of one child: cores divided by fits at once, at least one. Counted once, in the trainer: what
        it tells its children changes how many cores they count.
    others_at_once : int
        How much else a trainer does at the same time: reading, scoring, measuring.
    predict_timeout_seconds : int
        How long one version may take to answer one holdout (``REIGN_PREDICT_TIMEOUT``, default 1800).
    sandbox_user : int or None
        Whose rights pipelines run with where the trainer is root's (``REIGN_PIPELINE_USER``, a number or a name; default: a
        number that nobody has). None where it is not root's.
    """

    store: str
    tracking_uri: str | None = None
    fits_at_once: int = 1
    threads: int = 0
    others_at_once: int = 0
    predict_timeout_seconds: int = 1800
    sandbox_user: int | None = None

    def __post_init__(self) -> None:
        if self.threads == 0:
            object.__setattr__(self, "threads", max(1, available_cores() // self.fits_at_once))
        if self.others_at_once == 0:
            object.__setattr__(self, "others_at_once", 4 + available_cores())


def load_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    Raises
    ------
    TrainerError
        ``SettingMissing``, or ``SettingInvalid`` where a value cannot be used.
    """
    store = environment.get("REIGN_STORE", "").strip()
    if store == "":
        raise TrainerError.of("SettingMissing", "store")
    return Settings(
        store=_store(store),
        tracking_uri=environment.get("MLFLOW_TRACKING_URI", "").strip() or None,
        fits_at_once=_count(environment, "REIGN_FITS_AT_ONCE", 1),
        predict_timeout_seconds=_count(environment, "REIGN_PREDICT_TIMEOUT", 1800),
        sandbox_user=_user(environment),
    )


def _store(place: str) -> str:
    found = parse_place(place)
    return str(found) if isinstance(found, Path) else place


def _user(environment: Mapping[str, str]) -> int | None:
    if os.geteuid() != 0:
        return None
    name = environment.get("REIGN_PIPELINE_USER", "").strip()
    if name == "" or name.isdecimal():
        return int(name or SANDBOX_USER)
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        raise TrainerError.of("SettingInvalid", "noUser", user=repr(name)) from None


def available_cores() -> int:
    """Cores that this process may use: its affinity and the control group's quota are respected."""
    import joblib

    return int(joblib.cpu_count())


def _count(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, "").strip()
    if text == "":
        return default
    if not text.isdecimal() or int(text) < 1:
        raise TrainerError.of("SettingInvalid", "count", variable=name, found=repr(text))
    return int(text)


def connection_url(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """Give the URL of a connection by its name in definitions: ``REIGN_CONNECTION_<NAME>``.

    Raises
    ------
    TrainerError
        ``ConnectionUnknown``.
    """
    variable = f"REIGN_CONNECTION_{name.upper().replace('-', '_')}"
    url = environment.get(variable, "").strip()
    if url == "":
        raise TrainerError.of("ConnectionUnknown", "trainer", variable=variable)
    return url
