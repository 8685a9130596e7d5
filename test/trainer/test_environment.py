"""The environment is what is installed now, whoever started the trainer."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from reign_trainer import environment as module
from reign_trainer.environment import environment, environment_hashes, installed, providers
from reign_trainer.role import environment_queues


def _install(folder: Path, name: str, version: str) -> None:
    described = folder / f"{name}-{version}.dist-info"
    described.mkdir(parents=True)
    (described / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (described / "RECORD").write_text(f"{name}.py,,\n")
    (folder / f"{name}.py").write_text("")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder that libraries are installed into."""
    paths = (*module.isolated_path(), str(tmp_path))
    monkeypatch.setattr(module, "isolated_path", lambda: paths)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    return tmp_path


def test_the_lock_that_a_trainer_is_given_does_not_change_the_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REIGN_LOCK_HASH", raising=False)
    by_hand = environment()
    assert environment_queues() == [f"reign-trainer.{by_hand.hash[:16]}"]
    monkeypatch.setenv("REIGN_LOCK_HASH", "a" * 64)
    assert environment() == by_hand
    # Versions of the first release are asked for under the lock's name as well.
    older = environment_hashes()[1]
    assert environment_queues() == [f"reign-trainer.{by_hand.hash[:16]}", f"reign-trainer.{older[:16]}"]
    assert older != by_hand.hash


def test_a_library_that_is_installed_later_is_seen(site: Path) -> None:
    before = environment()
    assert "late_library" not in providers()
    _install(site, "late_library", "1.0")
    after = environment()
    assert after.hash != before.hash
    assert providers()["late_library"] == ["late_library"]
    assert installed("late_library") == "1.0"
    (site / "late_library-1.0.dist-info").rename(site / "late_library-2.0.dist-info")
    assert environment().hash == after.hash, "the version stands in the metadata"
