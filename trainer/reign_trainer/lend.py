"""What of the store a child is lent: copies in a small store of its own, and what it leaves there."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from reign_trainer.disk import disk_full
from reign_trainer.errors import TrainerError
from reign_trainer.shapes import ErrorDetail
from reign_trainer.store import Store

_LONGEST_TRACEBACK = 1 << 20
_BLOCK = 1 << 20


def lent_store(folder: Path) -> Store:
    """Give the store of a child by the child's folder."""
    return Store(folder / "store")


def lend_rows(store: Store, kind: str, content_hash: str, folder: Path) -> None:
    """Copy rows, checked against their hash, into a child's store."""
    source = store.rows_path(kind, content_hash)
    target = lent_store(folder).root / kind / content_hash
    with writing(target):
        target.mkdir(parents=True)
        shutil.copyfile(source, target / "rows.parquet")
        shutil.copyfile(source.with_name("manifest.json"), target / "manifest.json")


def lend_document(store: Store, kind: str, content_hash: str, folder: Path) -> None:
    """Copy a document, checked against its hash, into a child's store."""
    content = store.read_document(kind, content_hash)
    target = lent_store(folder).root / kind / content_hash
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def keep_traceback(error: TrainerError, folder: Path, store: Store) -> TrainerError:
    """Give a child's error with the traceback that it left, kept in the store."""
    if error.detail is None or error.detail.traceback is None:
        return error
    kept = None
    with contextlib.suppress(OSError, ValueError):
        content = read_plain(
            lent_store(folder).root / "tracebacks" / Path(error.detail.traceback).name, _LONGEST_TRACEBACK
        )
        kept = store.write_document("tracebacks", content)
    detail = ErrorDetail(traceback=kept, file=error.detail.file, line=error.detail.line)
    return TrainerError(error.code, error.message, detail)


def read_plain(path: Path, longest: int) -> bytes:
    """Read a file that an author's process left: a plain one, no link, not longer than expected.

    Raises
    ------
    OSError, ValueError
        It is not there, or something else.
    """
    with _open_plain(path) as descriptor, os.fdopen(os.dup(descriptor), "rb") as file:
        content = file.read(longest + 1)
    if len(content) > longest:
        raise ValueError("longer than expected")
    return content


def copy_plain(source: Path, target: Path) -> dict[str, str]:
    """Copy a folder that an author's process may have written, and hash it on the way.

    Parameters
    ----------
    source, target : pathlib.Path
        The target is made.

    Returns
    -------
    dict of str to str
        SHA-256 by path, sorted.

    Raises
    ------
    TrainerError
        ``PipelineInvalid`` where something in it is no plain file or folder; ``DiskFull``.
    """
    found: dict[str, str] = {}
    with writing(target):
        target.mkdir(parents=True)
        for place, folders, names in os.walk(source):
            at = Path(place).relative_to(source)
            for name in folders:
                if Path(place, name).is_symlink():
                    raise _not_plain(at / name)
                (target / at / name).mkdir()
            for name in names:
                try:
                    found[(at / name).as_posix()] = _copy(Path(place, name), target / at / name)
                except ValueError:
                    raise _not_plain(at / name) from None
    return dict(sorted(found.items()))


def copy_file(source: Path, target: Path) -> str:
    """Copy one such file, and give its SHA-256."""
    with writing(target):
        try:
            return _copy(source, target)
        except (ValueError, FileNotFoundError):
            raise _not_plain(Path(source.name)) from None


def hash_plain(folder: Path) -> dict[str, str]:
    """Give SHA-256 by path of every file of a folder that no author's process has written."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return dict(sorted(found.items()))


def _copy(source: Path, target: Path) -> str:
    digest = hashlib.sha256()
    with _open_plain(source) as descriptor, target.open("wb") as file:
        while block := os.read(descriptor, _BLOCK):
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


@contextlib.contextmanager
def _open_plain(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        about = os.fstat(descriptor)
        # A second link could be another's file that the process itself may not read.
        if not stat.S_ISREG(about.st_mode) or about.st_nlink != 1:
            raise ValueError("no plain file")
        yield descriptor
    finally:
        os.close(descriptor)


def _not_plain(path: Path) -> TrainerError:
    return TrainerError("PipelineInvalid", f"The saved model's {path.as_posix()} is no plain file.")


@contextlib.contextmanager
def writing(place: Path) -> Iterator[None]:
    """Name a full disk, or another failure to write there."""
    try:
        yield
    except OSError as error:
        if (full := disk_full(error, place)) is not None:
            raise full from None
        raise TrainerError("StoreUnavailable", f"Cannot write {place.name}: {error.strerror or 'I/O error'}.") from None
