"""The files of a version, pinned by their hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from reign_trainer.errors import TrainerError

_NAMED = 5


def digest_of(files: Mapping[str, str]) -> str:
    """Give the SHA-256 of a manifest: canonical JSON, SHA-256 by path, the paths sorted.

    Parameters
    ----------
    files : mapping of str to str
    """
    text = json.dumps(dict(sorted(files.items())), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def check_files(found: Mapping[str, str], digest: str, name: str, known: Mapping[str, str] | None = None) -> None:
    """Check a version's files before anything loads them.

    Parameters
    ----------
    found : mapping of str to str
        SHA-256 by path, as they are now.
    digest : str
        As the ledger has it.
    name : str
        Of the version, for the message.
    known : mapping of str to str, optional
        The manifest, where it is at hand: then the message names the files that differ.

    Raises
    ------
    TrainerError
        ``VersionAltered``.
    """
    if digest_of(found) == digest:
        return
    differ = sorted(found) if known is None else sorted({path for path, _ in set(found.items()) ^ set(known.items())})
    named = ", ".join(differ[:_NAMED]) + (" and others" if len(differ) > _NAMED else "")
    what = (
        f"Files that differ: {named}." if known is not None else f"One of these was changed, added or removed: {named}."
    )
    raise TrainerError.of("VersionAltered", "files", name=name, what=what)
