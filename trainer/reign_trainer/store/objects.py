"""What a store is made of: objects by name, and folders of objects that appear together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import pyarrow as pa

READ_BYTES = 1 << 20

#: Gives the bytes of a file, block by block.
Blocks = Callable[[], Iterator[bytes]]


class Missing(Exception):
    """There is no object of that name; its place itself can be reached."""


class Sink(Protocol):
    """What is written as it comes; it is nowhere to be seen until its folder is published."""

    def write(self, data: bytes) -> int:
        """Add bytes."""
        ...

    def finish(self) -> None:
        """Say that this was all, and wait until the bytes are kept."""
        ...


class StoredFolder(ABC):
    """The files of a published folder. They do not change while they are read.

    Names are paths relative to the folder, with ``/``.
    """

    @abstractmethod
    def names(self) -> list[str]:
        """Give every file's name."""

    @abstractmethod
    def read(self, name: str) -> bytes:
        """Read a small file. Raises `Missing`."""

    @abstractmethod
    def open(self, name: str) -> AbstractContextManager[pa.NativeFile]:
        """Open a file for reading in any order. Raises `Missing`."""

    @abstractmethod
    def blocks(self, name: str) -> Iterator[bytes]:
        """Give a file's bytes, one block after the other. Raises `Missing`."""

    @abstractmethod
    def as_folder(self, part: str) -> AbstractContextManager[Path]:
        """Give the files below ``part/`` as a folder of this machine, to be read and not changed."""


class StagedFolder(ABC):
    """A folder that is being written."""

    @abstractmethod
    def open(self, name: str) -> Sink:
        """Open a file that is written as it comes."""

    @abstractmethod
    def add(self, name: str, content: bytes | Blocks) -> None:
        """Add a file: its bytes, or what gives its blocks, from the first one at every call, until the folder is published."""

    @abstractmethod
    def publish(self, name: str, marker: str, is_whole: Callable[[StoredFolder], bool] | None = None) -> bool:
        """Let the folder appear under a name: all of it, or nothing.

        Parameters
        ----------
        name : str
        marker : str
            The file without which the folder is not there.
        is_whole : callable, optional
            Given where the name says what the files are: a folder that is there and not whole is replaced. Default: the
            first one stays, whatever it holds.

        Returns
        -------
        bool
            Whether these files are the ones that are there now.
        """


class Objects(ABC):
    """Objects by name. A name is a path with ``/``; whatever is written is complete or not there."""

    @property
    @abstractmethod
    def place(self) -> str:
        """Where it is, as ``REIGN_STORE`` says it."""

    @abstractmethod
    def read(self, name: str) -> bytes:
        """Read an object. Raises `Missing`."""

    @abstractmethod
    def put(self, name: str, content: bytes, renew_seconds: float | None = None) -> None:
        """Write an object whose name says what it is: what is damaged there is replaced.

        Parameters
        ----------
        name : str
        content : bytes
        renew_seconds : float, optional
            One that was written longer ago counts as new again.
        """

    @abstractmethod
    def check_writable(self) -> None:
        """Write, read and delete a probe. Raises ``StoreUnavailable`` or ``DiskFull``."""

    @abstractmethod
    def modified(self, name: str) -> float | None:
        """Give when an object was last written, in seconds since 1970; None where it is not there."""

    @abstractmethod
    def list(self, folder: str) -> Iterator[tuple[str, float]]:
        """Give the names right below a folder, and when each was last written (a folder: when it was published)."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """Delete an object, or a folder with all that is in it. Deleting what is not there is no error."""

    @abstractmethod
    def touch(self, name: str, marker: str) -> None:
        """Let a folder count as written now."""

    @abstractmethod
    def folder(self, name: str, marker: str) -> StoredFolder | None:
        """Give a published folder, None where it is not there."""

    @abstractmethod
    def has_folder(self, name: str, marker: str) -> bool:
        """Whether a folder is there."""

    @abstractmethod
    def stage(self) -> AbstractContextManager[StagedFolder]:
        """Begin a folder; what is not published at the end is removed."""

    @abstractmethod
    def uri(self, name: str) -> str:
        """Name an object for people and other programs."""
