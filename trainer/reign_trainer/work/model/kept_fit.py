"""A finished fit, kept in the store until MLflow has it: ``fits/KEY``, complete or not there."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from reign_trainer.errors import TrainerError
from reign_trainer.shapes import CodeWarning, FitRequest, FitResult
from reign_trainer.store import FIT_RESULT, Missing, Store, StoredFolder
from reign_trainer.version_files import digest_of
from reign_trainer.work.lend import hash_blocks, plain_blocks, plain_files

_KEY = re.compile(r"[A-Za-z0-9][\w.:-]{0,250}")
_URI = "fit:"
#: By then MLflow has it, or the cycle has ended. An attempt to bring it there renews it.
_KEPT_SECONDS = 7 * 24 * 3600

#: What a fit leaves in its folder, in the child as in the store.
MODEL, RUN_FILES, TRAINING, SAMPLE, ANSWERS = "model", "run", "training.npz", "sample.arrow", "answers.npy"
_FOUND = "found.json"

Document = TypeVar("Document", bound=BaseModel)


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
    """One fit in the store. It never changes: of two attempts at it, the first one's stays.

    Parameters
    ----------
    store : Store
    key : str
        The id of its logged model, ``try-ID`` or ``shuffled-ID-SNAPSHOT``.
    """

    def __init__(self, store: Store, key: str) -> None:
        if not _KEY.fullmatch(key):
            raise TrainerError.of("StoreCorrupt", "fitName")
        self.key = key
        self._store = store

    @classmethod
    def of(cls, store: Store, request: FitRequest) -> KeptFit:
        """Give the place of a request's fit."""
        if request.run is not None:
            return cls(store, request.run.model_id)
        if request.shuffle_labels:
            # A later attempt at the cycle may find other rows.
            return cls(store, f"shuffled-{request.cycle.id}-{request.train_snapshot[:16]}")
        return cls(store, f"try-{request.cycle.id}")

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
        files = self._store.fit(self.key)
        if files is None:
            return None
        return self._read(files, FIT_RESULT, FitResult)

    def found(self) -> Found:
        """Give what it found."""
        return self._read(self.files(), _FOUND, Found)

    def files(self) -> StoredFolder:
        """Give its files: `MODEL`, `RUN_FILES` and the rest.

        Raises
        ------
        TrainerError
            ``StoreCorrupt`` where there is no such fit.
        """
        files = self._store.fit(self.key)
        if files is None:
            raise TrainerError.of("StoreCorrupt", "missing", object=f"fits/{self.key}")
        return files

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
        model = plain_files(left / MODEL)
        files = {name: hash_blocks(plain_blocks(path)) for name, path in model.items()}
        done = result.model_copy(update={"files": files, "digest": digest_of(files)})
        paths = {f"{MODEL}/{name}": path for name, path in model.items()}
        paths |= {f"{RUN_FILES}/{name}": path for name, path in plain_files(left / RUN_FILES).items()}
        paths |= {name: left / name for name in (TRAINING, SAMPLE, ANSWERS)}
        documents = {_FOUND: found.model_dump_json().encode(), FIT_RESULT: done.model_dump_json().encode()}
        ours = self._store.keep_fit(
            self.key, {**{name: partial(plain_blocks, path) for name, path in paths.items()}, **documents}
        )
        if ours:
            return done
        quicker = self.result()
        if quicker is None:
            raise TrainerError.of("StoreUnavailable", "fitGone", object=f"fits/{self.key}")
        return quicker

    def model_files(self) -> dict[str, str]:
        """Give SHA-256 by path of the model's files as they are now."""
        kept, part = self.files(), f"{MODEL}/"
        return {
            name.removeprefix(part): hash_blocks(kept.blocks(name)) for name in kept.names() if name.startswith(part)
        }

    def renew(self) -> None:
        """Say that it is still needed."""
        self._store.renew_fit(self.key)

    def _read(self, files: StoredFolder, name: str, shape: type[Document]) -> Document:
        try:
            return shape.model_validate_json(files.read(name))
        except (Missing, ValueError):
            raise TrainerError.of("StoreCorrupt", "unreadable", object=f"fits/{self.key}") from None


def forget_old_fits(store: Store) -> None:
    """Remove fits that nobody needs any more."""
    store.forget_fits(_KEPT_SECONDS)
