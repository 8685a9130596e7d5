"""What of the store a child is lent: copies in a small store of its own, and what it leaves there."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from reign_trainer.disk import disk_full
from reign_trainer.errors import TrainerError
from reign_trainer.store import Store, StoredFolder, open_scratch_store

_LONGEST_TRACEBACK = 1 << 20
_BLOCK = 1 << 20
_LENT = "store"


def lent_store(folder: Path) -> Store:
    """Give the store of a child by the child's folder."""
    return open_scratch_store(folder / _LENT)


def lend_rows(store: Store, kind: str, content_hash: str, folder: Path) -> None:
    """Copy rows, checked against their hash, into a child's store."""
    store.copy_rows(kind, content_hash, lent_store(folder))


def lend_document(store: Store, kind: str, content_hash: str, folder: Path) -> None:
    """Copy a document, checked against its hash, into a child's store."""
    store.copy_document(kind, content_hash, lent_store(folder))


def keep_traceback(error: TrainerError, folder: Path, store: Store) -> TrainerError:
    """Give a child's error with the traceback that it left, kept in the store."""
    if error.detail.traceback is None:
        return error
    kept = None
    with contextlib.suppress(OSError, ValueError):
        # Read as a file that somebody else wrote, not as a store's document.
        content = read_plain(folder / _LENT / "tracebacks" / Path(error.detail.traceback).name, _LONGEST_TRACEBACK)
        kept = store.write_document("tracebacks", content)
    return error.with_traceback_in(kept)


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


def plain_files(folder: Path) -> dict[str, Path]:
    """Find the files of a folder that an author's process may have written.

    Returns
    -------
    dict of str to pathlib.Path
        By path below the folder, sorted. `plain_blocks` reads them.

    Raises
    ------
    TrainerError
        ``PipelineInvalid`` where a folder in it is a link.
    """
    found: dict[str, Path] = {}
    for place, folders, names in os.walk(folder):
        for name in [*folders, *names]:
            path = Path(place, name)
            below = path.relative_to(folder)
            if name in names:
                found[below.as_posix()] = path
            elif path.is_symlink():
                raise _not_plain(below)
    return dict(sorted(found.items()))


def plain_blocks(path: Path) -> Iterator[bytes]:
    """Give the bytes of a file that an author's process may have written.

    Raises
    ------
    TrainerError
        ``PipelineInvalid`` where it is no plain file.
    """
    try:
        with _open_plain(path) as descriptor:
            while block := os.read(descriptor, _BLOCK):
                yield block
    except (OSError, ValueError):
        raise _not_plain(Path(path.name)) from None


def hash_blocks(blocks: Iterator[bytes]) -> str:
    """Give the SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(block)
    return digest.hexdigest()


def lend_files(kept: StoredFolder, part: str, target: Path) -> dict[str, str]:
    """Copy what lies below ``part/`` of a stored folder, or the one file of that name.

    Returns
    -------
    dict of str to str
        SHA-256 by path, sorted.

    Raises
    ------
    TrainerError
        ``StoreCorrupt`` where nothing is there, ``DiskFull``.
    """
    found: dict[str, str] = {}
    for name in kept.names():
        if name != part and not name.startswith(f"{part}/"):
            continue
        below = name[len(part) + 1 :]
        path = target / below if below else target
        digest = hashlib.sha256()
        with writing(target):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                for block in kept.blocks(name):
                    digest.update(block)
                    file.write(block)
        found[below] = digest.hexdigest()
    if not found:
        raise TrainerError.of("StoreCorrupt", "fitPart", part=part)
    return dict(sorted(found.items()))


def hash_files(folder: Path) -> dict[str, str]:
    """Give SHA-256 by path of every file of a folder that no author's process has written."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return dict(sorted(found.items()))


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
    return TrainerError.of("PipelineInvalid", "noPlainFile", file=path.as_posix())


@contextlib.contextmanager
def writing(place: Path) -> Iterator[None]:
    """Name a full disk, or another failure to write there."""
    try:
        yield
    except OSError as error:
        if (full := disk_full(error, place)) is not None:
            raise full from None
        raise TrainerError.of(
            "StoreUnavailable", "failed", attempt=f"write {place.name}", reason=error.strerror or "I/O error"
        ) from None
