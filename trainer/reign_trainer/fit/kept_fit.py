"""A finished fit, kept in the store until MLflow has it: ``fits/KEY``, complete or not there."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import time
from pathlib import Path

from pydantic import BaseModel

from reign_trainer.errors import TrainerError
from reign_trainer.lend import copy_file, copy_plain, hash_plain, writing
from reign_trainer.shapes import CodeWarning, FitRequest, FitResult
from reign_trainer.store import Store
from reign_trainer.version_files import digest_of

_KEY = re.compile(r"[A-Za-z0-9][\w.:-]{0,250}")
_URI = "fit:"
#: By then MLflow has it, or the cycle has ended. An attempt to bring it there renews it.
_KEPT_SECONDS = 7 * 24 * 3600

#: What a fit leaves in its folder, in the child as in the store.
MODEL, RUN_FILES, TRAINING, SAMPLE, ANSWERS = "model", "run", "training.npz", "sample.arrow", "answers.npy"
_RESULT, _FOUND = "result.json", "found.json"


class Found(BaseModel):
    """What a fit found, besides its files.

    Attributes
    ----------
    rows : int
        How many rows it was fitted on.
    trivial : list of float, or float
        The trivial predictor.
    training_metrics : dict of str to float
    parameters : dict of str to str
        Of the author's estimator, under autolog's names.
    kinds : dict of str to str
        Of the features, in order.
    estimator_name, estimator_class : str
    suspects : list of str
        Why the loaded version might answer otherwise than the fitted pipeline.
    warnings : list of CodeWarning
        Of the author's code.
    train_snapshot : str
        What it was fitted on; named by the trainer.
    """

    rows: int
    trivial: list[float] | float
    training_metrics: dict[str, float]
    parameters: dict[str, str]
    kinds: dict[str, str]
    estimator_name: str
    estimator_class: str
    suspects: list[str]
    warnings: list[CodeWarning] = []
    train_snapshot: str = ""


class KeptFit:
    """One fit in the store.

    Parameters
    ----------
    store : Store
    key : str
        The id of its logged model, ``try-ID`` or ``shuffled-ID``.
    """

    def __init__(self, store: Store, key: str) -> None:
        if not _KEY.fullmatch(key):
            raise TrainerError("StoreCorrupt", "No fit has such a name.")
        self.key = key
        self._root = store.root
        self.folder = store.root / "fits" / key

    @classmethod
    def of(cls, store: Store, request: FitRequest) -> KeptFit:
        """Give the place of a request's fit."""
        if request.run is not None:
            return cls(store, request.run.model_id)
        return cls(store, f"{'shuffled' if request.shuffle_labels else 'try'}-{request.cycle.id}")

    @property
    def uri(self) -> str:
        """Name it in payloads: no path of this machine travels."""
        return f"{_URI}{self.key}"

    @staticmethod
    def key_of(uri: str) -> str | None:
        """Give the key that such a name holds, None where it is another URI."""
        return uri.removeprefix(_URI) if uri.startswith(_URI) else None

    def result(self) -> FitResult | None:
        """Give its result, None where it is not there."""
        try:
            return FitResult.model_validate_json((self.folder / _RESULT).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            raise TrainerError("StoreCorrupt", f"The store's fits/{self.key} cannot be read.") from None

    def found(self) -> Found:
        """Give what it found."""
        try:
            return Found.model_validate_json((self.folder / _FOUND).read_bytes())
        except (OSError, ValueError):
            raise TrainerError("StoreCorrupt", f"The store's fits/{self.key} cannot be read.") from None

    def keep(self, left: Path, found: Found, result: FitResult) -> FitResult:
        """Keep what a child left, and pin the model's files; an attempt that was quicker stays.

        Parameters
        ----------
        left : pathlib.Path
            The child's folder. The child is gone.
        found : Found
        result : FitResult
            Without files and digest.
        """
        staging = self._root / "staging" / secrets.token_hex(16)
        try:
            with writing(staging):
                staging.mkdir(parents=True)
            files = copy_plain(left / MODEL, staging / MODEL)
            copy_plain(left / RUN_FILES, staging / RUN_FILES)
            for name in (TRAINING, SAMPLE, ANSWERS):
                copy_file(left / name, staging / name)
            done = result.model_copy(update={"files": files, "digest": digest_of(files)})
            with writing(staging):
                (staging / _FOUND).write_text(found.model_dump_json(), encoding="utf-8")
                (staging / _RESULT).write_text(done.model_dump_json(), encoding="utf-8")
                for path in staging.rglob("*"):
                    _sync(path)
                self.folder.parent.mkdir(parents=True, exist_ok=True)
            return self._publish(staging, done)
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _publish(self, staging: Path, done: FitResult) -> FitResult:
        # A try and a control may be fitted again: the last one counts. What is tracked is fitted once.
        if self.key.startswith(("try-", "shuffled-")):
            shutil.rmtree(self.folder, ignore_errors=True)
        try:
            staging.rename(self.folder)
        except OSError:
            quicker = self.result()
            if quicker is None:
                raise TrainerError("StoreUnavailable", f"Cannot write fits/{self.key}.") from None
            return quicker
        _sync(self.folder.parent)
        return done

    def model_files(self) -> dict[str, str]:
        """Give SHA-256 by path of the model's files as they are now."""
        return hash_plain(self.folder / MODEL)

    def renew(self) -> None:
        """Say that it is still needed."""
        with contextlib.suppress(OSError):
            os.utime(self.folder)


def forget_old_fits(store: Store) -> None:
    """Remove fits that nobody needs any more."""
    oldest = time.time() - _KEPT_SECONDS
    for folder in (store.root / "fits").glob("*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
