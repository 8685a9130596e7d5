"""Folders of killed trainers go; those in use stay."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from reign_trainer.children.scratch import remove_abandoned_folders, scratch_folder


def test_only_folders_that_nobody_uses_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "reign-child-abandoned").mkdir()
    (tmp_path / "reign-child-abandoned/model.pkl").write_bytes(b"")
    (tmp_path / "another").mkdir()
    with scratch_folder() as used:
        remove_abandoned_folders()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["another", Path(used).name]
    assert [path.name for path in tmp_path.iterdir()] == ["another"]
