"""Inside of the clean room there are installed libraries and nothing else."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest
from reign_trainer.children.clean_room import clean_room


def test_reign_and_the_folders_around_are_out_of_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "authors").mkdir()
    (tmp_path / "authors/authors_module.py").write_text("")
    (tmp_path / "empty").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path / "authors"))
    ours = sys.modules["reign_trainer"]
    with clean_room(tmp_path / "empty"):
        for name in ("reign_trainer", "reign_trainer.store", "authors_module"):
            with pytest.raises(ModuleNotFoundError):
                importlib.import_module(name)
        assert Path.cwd() == tmp_path / "empty"
        importlib.import_module("sklearn.pipeline")
    assert importlib.import_module("reign_trainer") is ours
    importlib.import_module("authors_module")


def test_only_the_libraries_that_are_wanted_can_be_imported(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    yaml = importlib.import_module("yaml")
    with clean_room(tmp_path / "empty", frozenset({"scikit-learn", "numpy"})):
        for name in ("yaml", "xgboost"):
            with pytest.raises(ModuleNotFoundError) as raised:
                importlib.import_module(name)
            assert raised.value.name == name
        importlib.import_module("sklearn.pipeline")
        importlib.import_module("csv")
    assert importlib.import_module("yaml") is yaml
