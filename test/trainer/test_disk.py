"""A full disk has one code, with the place and the free space, wherever it is met."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from reign_trainer.constants import RETRYABLE
from reign_trainer.disk import disk_full
from reign_trainer.errors import TrainerError
from reign_trainer.store import open_store
from reign_trainer.work.lend import lend_document

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_named_with_its_free_space(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space") as raised, FULL.open("wb", buffering=0) as file:
        file.write(b"x")
    found = disk_full(raised.value, tmp_path / "not/yet/there")
    assert found is not None
    assert found.code == "DiskFull"
    assert str(tmp_path) in found.message
    assert "MiB are free" in found.message
    # A fit would only fill the disk again.
    assert not RETRYABLE["DiskFull"]


def test_another_failure_is_no_full_disk(tmp_path: Path) -> None:
    assert disk_full(PermissionError(errno.EACCES, "no"), tmp_path) is None
    assert disk_full(ValueError("No space left on device"), tmp_path) is None


def test_what_wraps_a_full_disk_is_one(tmp_path: Path) -> None:
    wrapped = RuntimeError("a library's own")
    wrapped.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert disk_full(wrapped, tmp_path) is not None


def test_store_and_loans_to_children_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(tmp_path / "store")
    kept = store.write_document("code", b"{}")

    def no_space(self: Path, *_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", no_space)
    for write in (
        lambda: lend_document(store, "code", kept, tmp_path / "child"),
        lambda: store.write_document("code", b"[]"),
    ):
        with pytest.raises(TrainerError) as raised:
            write()
        assert raised.value.code == "DiskFull"
