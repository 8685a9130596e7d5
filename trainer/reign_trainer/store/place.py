"""Where a store is: a folder, or a bucket of S3. ``store/place.ts`` reads the same texts the same way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from reign_trainer.errors import TrainerError

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9!_.*'()-]+(/[A-Za-z0-9!_.*'()-]+)*")
_OPTIONS = ("endpoint", "region", "path_style", "encryption", "kms_key")
_ENCRYPTIONS = ("AES256", "aws:kms", "aws:kms:dsse")


@dataclass(frozen=True)
class Bucket:
    """A part of an S3 bucket.

    Attributes
    ----------
    name : str
    prefix : str
        What every key of the store begins with, without a slash at either end; empty for the whole bucket.
    endpoint : str or None
        The server, ``https://host[:port]``. None: that of AWS, or what ``AWS_ENDPOINT_URL_S3`` says.
    region : str or None
        None: what the environment or AWS's configuration says.
    path_style : bool
        Whether the bucket stands in the path (``https://host/bucket``) instead of the host's name.
    encryption : str or None
        ``AES256``, ``aws:kms`` or ``aws:kms:dsse``, asked for at every upload. None: what the bucket does by default.
    kms_key : str or None
        The KMS key; None: AWS's own.
    """

    name: str
    prefix: str
    endpoint: str | None = None
    region: str | None = None
    path_style: bool = False
    encryption: str | None = None
    kms_key: str | None = None


def parse_place(text: str) -> Path | Bucket:
    """Read ``REIGN_STORE``.

    Parameters
    ----------
    text : str
        The path of a folder, or ``s3://bucket/prefix?endpoint=...&region=...&path_style=true&encryption=...&kms_key=...``.

    Raises
    ------
    TrainerError
        ``SettingInvalid``. The message does not repeat a login that stands in the URL.
    """
    if "://" not in text:
        return Path(text).absolute()
    if not text.startswith("s3://"):
        raise _invalid("expected the path of a folder, or s3://bucket/prefix")
    url = urlsplit(text)
    if "@" in url.netloc:
        raise _invalid("expected no login in the URL: credentials come from AWS's environment variables or files")
    prefix = url.path.strip("/")
    if not _BUCKET.fullmatch(url.netloc):
        raise _invalid(f"expected the name of a bucket after s3://, found {url.netloc!r}")
    if prefix and not _PREFIX.fullmatch(prefix):
        raise _invalid(f"expected letters, digits and !_.*'()- in the parts of the prefix, found {prefix!r}")
    if url.fragment:
        raise _invalid("expected no # in the URL")
    return _bucket(url.netloc, prefix, dict(parse_qsl(url.query, keep_blank_values=True)))


def lies_below(text: str, folder: Path) -> bool:
    """Whether a store is in a folder, however deep."""
    place = parse_place(text)
    return isinstance(place, Path) and place.resolve().is_relative_to(folder.resolve())


def _bucket(name: str, prefix: str, options: dict[str, str]) -> Bucket:
    for option in options:
        if option not in _OPTIONS:
            raise _invalid(f"the option {option!r} is not known (known: {', '.join(_OPTIONS)})")
    endpoint, encryption, style = (options.get(name) for name in ("endpoint", "encryption", "path_style"))
    if endpoint is not None and not re.fullmatch(r"https?://[^/?#@\s]+/?", endpoint):
        raise _invalid("endpoint: expected https://host or http://host, with a port where needed")
    if encryption is not None and encryption not in _ENCRYPTIONS:
        raise _invalid(f"encryption: expected {', '.join(_ENCRYPTIONS)}, found {encryption!r}")
    if options.get("kms_key") is not None and (encryption is None or not encryption.startswith("aws:kms")):
        raise _invalid("kms_key: expected encryption=aws:kms beside it")
    if style not in (None, "true", "false"):
        raise _invalid(f"path_style: expected true or false, found {style!r}")
    return Bucket(
        name,
        prefix,
        endpoint=None if endpoint is None else endpoint.rstrip("/"),
        region=options.get("region"),
        # Servers other than AWS's rarely have a host name for every bucket.
        path_style=endpoint is not None if style is None else style == "true",
        encryption=encryption,
        kms_key=options.get("kms_key"),
    )


def _invalid(problem: str) -> TrainerError:
    return TrainerError.of("SettingInvalid", "store", problem=problem)
