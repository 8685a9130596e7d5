"""Versions that a release has fitted: today's trainer loads them, and they answer what they answered then."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from default_gate import default_gate
from reign_trainer.shapes import Definition
from reign_trainer.store import Store, open_store
from reign_trainer.work.score.answered import Answered
from reign_trainer.work.score.questions import Questions
from stored_files import copy_folder

RELEASES = Path(__file__).resolve().parents[3] / "releases"


class Left(NamedTuple):
    """What a release has left: its store, its MLflow's files, its definitions."""

    folder: Path
    store: Store
    definitions: dict[str, Any]


@pytest.fixture(scope="module")
def left(store_place: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> Left:
    """What release 0.1.0 has left."""
    folder, release = tmp_path_factory.mktemp("release"), RELEASES / "0.1.0"
    for part in ("store", "mlflow"):
        with tarfile.open(release / f"{part}.tar.gz") as archive:
            # Early releases of Python 3.11 have no filters; the archive is the project's own.
            archive.extractall(folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    ledger = (release / "ledger.sql").read_text(encoding="utf-8")
    rows = re.findall(r"""into reign."definitions" .* values \('([\w-]+)', '1', '\w{64}', E?'((?:[^']|'')*)'""", ledger)
    definitions = {
        model: json.loads(text.replace("''", "'").replace("\\\\", "\\")) | {"gate": default_gate()}
        for model, text in rows
    }
    store = open_store(store_place(folder / "store"))
    copy_folder(folder / "store", store)
    return Left(folder, store, definitions)


@pytest.mark.parametrize(
    ("cycle", "kind"),
    [
        ("loans.live.20240318T000000Z.v1", "code"),
        ("loans-risk.live.20240304T000000Z.v1", "declared"),
        ("loans-debt.live.20240304T000000Z.v1", "regression"),
    ],
)
def test_it_answers_what_it_answered(cycle: str, kind: str, left: Left, in_child: Any, tmp_path: Path) -> None:
    definition = Definition.model_validate(left.definitions[cycle.partition(".")[0]])
    assert kind == ("regression" if definition.label is None else "code" if _has_code(definition) else "declared")
    stored = _challenger(left, cycle)
    questions = Questions.write(left.store, definition, stored["holdoutSnapshot"], 50, tmp_path)
    shutil.copytree(_model(left, cycle), tmp_path / "model")
    in_child(
        "reign_trainer.work.author:answer",
        {"name": cycle, "definition": definition},
        answer=Answered,
        author=True,
        folder=tmp_path,
    )
    scored = questions.keep_answers(tmp_path, left.store)
    then, now = (questions.stored_scores(left.store, one) for one in (stored["predictions"], scored.predictions))
    # To the bit on the same kind of processor.
    assert np.abs(now - then).max() <= 1e-6
    assert scored.rehearsal is not None
    assert (scored.rehearsal.rows, scored.rehearsal.mismatches) == (50, 0)


def _has_code(definition: Definition) -> bool:
    return hasattr(definition.pipeline, "entrypoint")


def _challenger(left: Left, cycle: str) -> Any:
    """Give what the evidence says of a cycle's challenger."""
    documents = (json.loads(path.read_text()) for path in sorted((left.folder / "store/evidence").iterdir()))
    return next(one["challenger"] for one in documents if one["challenger"]["cycle"] == cycle)


def _model(left: Left, cycle: str) -> Path:
    """Give the folder of the version that a cycle has fitted."""
    asked = """select source from model_versions join model_version_tags using (name, version)
      where key = 'reign.cycle' and value = ?"""
    with closing(sqlite3.connect(left.folder / "mlflow/mlflow.db")) as mlflow:
        [[source]] = mlflow.execute(asked, (cycle,)).fetchall()
    [folder] = (left.folder / "mlflow/artifacts").glob(f"*/models/{source.removeprefix('models:/')}/artifacts")
    return folder
