"""A store in a local folder. Everything is written in ``staging/`` and becomes visible by one rename."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from reign_trainer.disk import disk_full
from reign_trainer.errors import TrainerError
from reign_trainer.store.objects import READ_BYTES, Blocks, Missing, Objects, StagedFolder, StoredFolder

_STALE_STAGING_SECONDS = 2 * 24 * 3600


class LocalObjects(Objects):
    """Objects in a folder.

    Parameters
    ----------
    root : pathlib.Path
        Made where it is missing.
    durable : bool, default True
        Whether what is written is on the disk when it becomes visible. A child's own copies need not be.
    """

    def __init__(self, root: Path, *, durable: bool = True) -> None:
        self.root = root
        self._durable = durable

    @property
    def place(self) -> str:
        return str(self.root)

    def uri(self, name: str) -> str:
        return str(self.root / name)

    def read(self, name: str) -> bytes:
        with self._reading(name):
            return (self.root / name).read_bytes()

    def put(self, name: str, content: bytes, renew_seconds: float | None = None) -> None:
        target = self.root / name
        with self._writing(name):
            if not _is_older(target, renew_seconds) and _holds(target, content):
                return
            with self._staging() as staging:
                staged = staging / "document"
                with staged.open("wb") as file:
                    file.write(content)
                    self._sync(file)
                target.parent.mkdir(parents=True, exist_ok=True)
                staged.replace(target)
                self._sync_folder(target.parent)

    def check_writable(self) -> None:
        with self._writing("a probe"), self._staging() as staging:
            (staging / "probe").write_bytes(b"probe")

    def modified(self, name: str) -> float | None:
        try:
            return (self.root / name).stat().st_mtime
        except OSError:
            return None

    def list(self, folder: str) -> Iterator[tuple[str, float]]:
        with self._reading(folder):
            try:
                paths = sorted((self.root / folder).iterdir())
            except FileNotFoundError:
                return
            for path in paths:
                with suppress(FileNotFoundError):
                    yield path.name, path.stat().st_mtime

    def delete(self, name: str) -> None:
        target = self.root / name
        with self._writing(name):
            if target.is_dir():
                # Gone at once for whoever looks, then taken apart.
                gone = self.root / "staging" / secrets.token_hex(16)
                gone.parent.mkdir(parents=True, exist_ok=True)
                with suppress(FileNotFoundError):
                    target.rename(gone)
                shutil.rmtree(gone, ignore_errors=True)
            else:
                target.unlink(missing_ok=True)

    def touch(self, name: str, marker: str) -> None:
        with suppress(OSError):
            os.utime(self.root / name)

    def folder(self, name: str, marker: str) -> StoredFolder | None:
        return _LocalFolder(self, name) if self.has_folder(name, marker) else None

    def has_folder(self, name: str, marker: str) -> bool:
        return (self.root / name / marker).is_file()

    @contextmanager
    def stage(self) -> Iterator[StagedFolder]:
        with self._writing("a folder"):
            self._remove_stale_staging()
            with self._staging() as path:
                yield _LocalStaging(self, path)

    def publish(self, staged: Path, name: str, is_whole: Callable[[StoredFolder], bool]) -> bool:
        """Move a staged folder to its place; see `StagedFolder.publish`."""
        target = self.root / name
        for path in [*(one for one in staged.rglob("*") if one.is_dir()), staged]:
            self._sync_folder(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        ours = True
        try:
            staged.rename(target)
        except OSError:
            # A folder cannot replace one that has files in it: one of that name was there first.
            if not target.is_dir():
                raise
            ours = False
            if not is_whole(_LocalFolder(self, name)):
                ours = self._replace(staged, target)
            # What nothing names is removed by age: somebody needs this one now.
            with suppress(OSError):
                os.utime(target)
        self._sync_folder(target.parent)
        return ours

    def _replace(self, staged: Path, target: Path) -> bool:
        """Put the new folder where a damaged one lies, which goes into the staging folder and with it."""
        damaged = staged.with_name(f"{staged.name}.damaged")
        with suppress(FileNotFoundError):  # another process replaces it at the same time
            target.rename(damaged)
        try:
            staged.rename(target)
        except OSError:
            if not target.is_dir():
                raise
            return False
        finally:
            shutil.rmtree(damaged, ignore_errors=True)
        return True

    @contextmanager
    def _staging(self) -> Iterator[Path]:
        path = self.root / "staging" / secrets.token_hex(16)
        path.mkdir(parents=True)
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def _remove_stale_staging(self) -> None:
        """Take away what a killed process left behind."""
        oldest = time.time() - _STALE_STAGING_SECONDS
        staging = self.root / "staging"
        for path in staging.iterdir() if staging.is_dir() else ():
            with suppress(FileNotFoundError):  # its own process was quicker
                if path.stat().st_mtime < oldest:
                    shutil.rmtree(path, ignore_errors=True)

    def sync(self, file: BinaryIO) -> None:
        """Bring a file to the disk."""
        self._sync(file)

    def _sync(self, file: BinaryIO) -> None:
        file.flush()
        if self._durable:
            os.fsync(file.fileno())

    def _sync_folder(self, path: Path) -> None:
        if not self._durable:
            return
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def reading(self, name: str) -> Iterator[None]:
        """Turn what can go wrong into `Missing` or an error of Reign."""
        with self._reading(name):
            yield

    @contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            if not self.root.is_dir():
                raise TrainerError.of("StoreUnavailable", "noFolder") from None
            raise Missing(name) from None
        except OSError as error:
            raise TrainerError.of(
                "StoreUnavailable", "failed", attempt=f"read {name}", reason=error.strerror or "I/O error"
            ) from None

    @contextmanager
    def _writing(self, name: str) -> Iterator[None]:
        """A full disk, a missing mount, a folder without permission: another attempt can help."""
        try:
            yield
        except OSError as error:
            if (full := disk_full(error, self.root)) is not None:
                raise full from None
            raise TrainerError.of(
                "StoreUnavailable", "failed", attempt=f"write {name}", reason=error.strerror or "I/O error"
            ) from None


class _LocalFolder(StoredFolder):
    def __init__(self, objects: LocalObjects, name: str) -> None:
        self._objects = objects
        self._name = name
        self._path = objects.root / name

    def names(self) -> list[str]:
        with self._objects.reading(self._name):
            paths = [path for path in self._path.rglob("*") if path.is_file()]
        return sorted(path.relative_to(self._path).as_posix() for path in paths)

    def read(self, name: str) -> bytes:
        return self._objects.read(f"{self._name}/{name}")

    @contextmanager
    def open(self, name: str) -> Iterator[pa.NativeFile]:
        with self._objects.reading(f"{self._name}/{name}"):
            file = pa.OSFile(str(self._path / name), "rb")
        with file:
            yield file

    def blocks(self, name: str) -> Iterator[bytes]:
        with self._objects.reading(f"{self._name}/{name}"), (self._path / name).open("rb") as file:
            while block := file.read(READ_BYTES):
                yield block

    @contextmanager
    def as_folder(self, part: str) -> Iterator[Path]:
        yield self._path / part


class _LocalStaging(StagedFolder):
    def __init__(self, objects: LocalObjects, path: Path) -> None:
        self._objects = objects
        self._path = path

    def open(self, name: str) -> _FileSink:
        return _FileSink(self._objects, self._made(name).open("wb"))

    def add(self, name: str, content: bytes | Blocks) -> None:
        sink = self.open(name)
        for block in [content] if isinstance(content, bytes) else content():
            sink.write(block)
        sink.finish()

    def publish(self, name: str, marker: str, is_whole: Callable[[StoredFolder], bool] | None = None) -> bool:
        return self._objects.publish(self._path, name, is_whole or (lambda there: marker in there.names()))

    def _made(self, name: str) -> Path:
        path = self._path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


class _FileSink:
    def __init__(self, objects: LocalObjects, file: BinaryIO) -> None:
        self._objects = objects
        self._file = file

    def write(self, data: bytes) -> int:
        return self._file.write(data)

    def finish(self) -> None:
        with self._file:
            self._objects.sync(self._file)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return False


def _is_older(path: Path, seconds: float | None) -> bool:
    if seconds is None:
        return False
    try:
        return time.time() - path.stat().st_mtime > seconds
    except FileNotFoundError:
        return False
