"""A store in a bucket of S3, or of a server that speaks its protocol.

What is put at once appears at once. A file that is written as it comes is uploaded in parts to ``staging/``, and copied on the
server when its name is known. A folder is named by its ``index.json``, which is put last: ``{"files": {name: sha256}}``; the
file lies beside it under its hash, so that two attempts never mix. A folder without index, as a copy of a local store has
them, is read as it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import obstore
import pyarrow as pa
from obstore.exceptions import AlreadyExistsError, BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from reign_trainer.disk import disk_full
from reign_trainer.errors import TrainerError
from reign_trainer.store.objects import READ_BYTES, Blocks, Missing, Objects, StagedFolder, StoredFolder
from reign_trainer.store.place import Bucket

#: Of one part of an upload; so much of a file is in memory, twice. 10,000 parts are the most that S3 takes.
PART_BYTES = 8 << 20
_PARTS_AT_ONCE = 2
#: What S3 copies in one request.
_LARGEST_COPY = 5 << 30
_INDEX = "index.json"
_STALE_STAGING_SECONDS = 2 * 24 * 3600
_DENIED = frozenset({"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"})
#: Where obstore itself finds credentials; anything else of AWS's chain (profiles, SSO) is boto3's.
_OWN_CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


class S3Objects(Objects):
    """Objects in a bucket.

    Parameters
    ----------
    bucket : Bucket
    place : str
        As ``REIGN_STORE`` says it.
    """

    def __init__(self, bucket: Bucket, place: str) -> None:
        self.bucket = bucket
        self._place = place
        self._client = _client(bucket)

    @property
    def place(self) -> str:
        return self._place

    def uri(self, name: str) -> str:
        return "/".join(filter(None, ["s3:/", self.bucket.name, self.bucket.prefix, name]))

    def read(self, name: str) -> bytes:
        with self._errors(f"read {name}", name):
            return bytes(self._client.get(name).bytes())

    def blocks(self, name: str) -> Iterator[bytes]:
        """Give an object's bytes, one block after the other."""
        with self._errors(f"read {name}", name):
            for block in self._client.get(name).stream(min_chunk_size=READ_BYTES):
                yield bytes(block)

    def put(self, name: str, content: bytes, renew_seconds: float | None = None) -> None:
        # Put again where it is already: that is one request as well, mends what was damaged, and counts as new.
        with self._errors(f"write {name}"):
            self._client.put(name, content, use_multipart=False)

    def put_first(self, name: str, content: bytes) -> bool:
        """Put an object unless there is one; say whether it was put."""
        with self._errors(f"write {name}"):
            try:
                self._client.put(name, content, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
        return True

    def check_writable(self) -> None:
        name = f"staging/{secrets.token_hex(16)}/probe"
        self.put(name, b"probe")
        try:
            if self.read(name) != b"probe":
                raise TrainerError.of("StoreUnavailable", "otherBytes", place=self._where)
        finally:
            self.delete(name)

    def modified(self, name: str) -> float | None:
        try:
            with self._errors(f"read {name}", name):
                return self._client.head(name)["last_modified"].timestamp()
        except Missing:
            return None

    def list(self, folder: str) -> Iterator[tuple[str, float]]:
        newest: dict[str, float] = {}
        for path, modified in self.below(folder):
            name = path.removeprefix(f"{folder}/").split("/", 1)[0]
            newest[name] = max(modified, newest.get(name, 0.0))
        yield from sorted(newest.items())

    def below(self, folder: str) -> Iterator[tuple[str, float]]:
        """Give every object below a folder, by name, and when it was last written."""
        with self._errors(f"list {folder}"):
            for page in self._client.list(folder):
                for one in page:
                    yield one["path"], one["last_modified"].timestamp()

    def delete(self, name: str) -> None:
        paths = [path for path, _ in self.below(name)]
        # Without its index, or its marker, a folder is not there.
        first = [path for path in paths if path.endswith((f"/{_INDEX}", "/manifest.json", "/result.json"))]
        for batch in (first, [name, *(path for path in paths if path not in first)]):
            if batch:
                # Deleting what is not there is no error of S3's, but of some that speak its protocol.
                with self._errors(f"delete {name}", name), suppress(FileNotFoundError):
                    self._client.delete(batch)

    def touch(self, name: str, marker: str) -> None:
        for file in (_INDEX, marker):
            with suppress(Missing):
                content = self.read(f"{name}/{file}")
                self.put(f"{name}/{file}", content)
                return

    def folder(self, name: str, marker: str) -> StoredFolder | None:
        try:
            return _S3Folder(self, name, _index(self.read(f"{name}/{_INDEX}"), name))
        except Missing:
            if self.modified(f"{name}/{marker}") is None:
                return None
        paths = [path.removeprefix(f"{name}/") for path, _ in self.below(name)]
        return _S3Folder(self, name, {path: path for path in paths})

    def has_folder(self, name: str, marker: str) -> bool:
        return any(self.modified(f"{name}/{file}") is not None for file in (_INDEX, marker))

    @contextmanager
    def stage(self) -> Iterator[StagedFolder]:
        self._remove_stale_staging()
        staging = _S3Staging(self, f"staging/{secrets.token_hex(16)}")
        try:
            yield staging
        finally:
            staging.remove()

    def open_writer(self, name: str) -> Any:
        """Begin an upload in parts; an object appears when it is closed."""
        with self._errors(f"write {name}"):
            return obstore.open_writer(self._client, name, buffer_size=PART_BYTES, max_concurrency=_PARTS_AT_ONCE)

    def copy(self, name: str, target: str) -> None:
        """Copy an object on the server; one that is larger than S3 copies at once passes through this process."""
        with self._errors(f"write {target}"):
            if self._client.head(name)["size"] <= _LARGEST_COPY:
                self._client.copy(name, target)
                return
            with self.open_writer(target) as writer:
                for block in self.blocks(name):
                    writer.write(block)

    @contextmanager
    def writing(self, name: str) -> Iterator[None]:
        """Turn what can go wrong into errors of Reign."""
        with self._errors(f"write {name}"):
            yield

    def _remove_stale_staging(self) -> None:
        """Take away what a killed process left behind."""
        oldest = time.time() - _STALE_STAGING_SECONDS
        for path, modified in list(self.below("staging")):
            if modified < oldest:
                with self._errors(f"delete {path}"):
                    self._client.delete(path)

    @property
    def _where(self) -> str:
        server = self.bucket.endpoint or os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        return f"the bucket {self.bucket.name}" + (f" at {server}" if server else "")

    @contextmanager
    def _errors(self, attempt: str, name: str | None = None) -> Iterator[None]:
        """Whatever S3 refuses may be set right and tried again; an object that is not there is `Missing`."""
        try:
            yield
        except FileNotFoundError as error:
            # The code that the server answers with stands in the error's text alone.
            if name is not None and "NoSuchBucket" not in str(error):
                raise Missing(name) from None
            raise _unavailable(attempt, f"{self._where} does not exist") from None
        except (PermissionDeniedError, UnauthenticatedError):
            raise _unavailable(attempt, f"{self._where} denies access: check the credentials and its policy") from None
        except BaseError as error:
            # obstore gives the errors of listing no class of their own.
            if _reason(error) == "NoSuchBucket":
                raise _unavailable(attempt, f"{self._where} does not exist") from None
            if _reason(error) in _DENIED:
                raise _unavailable(
                    attempt, f"{self._where} denies access: check the credentials and its policy"
                ) from None
            raise _unavailable(attempt, f"{self._where} does not answer, or refuses ({_reason(error)})") from None


class _S3Folder(StoredFolder):
    def __init__(self, objects: S3Objects, name: str, files: Mapping[str, str]) -> None:
        self._objects = objects
        self._name = name
        self._files = files

    def names(self) -> list[str]:
        return sorted(self._files)

    def read(self, name: str) -> bytes:
        return self._objects.read(self._at(name))

    @contextmanager
    def open(self, name: str) -> Iterator[pa.NativeFile]:
        with _scratch_file() as path:
            self._download(name, path)
            file = pa.OSFile(str(path), "rb")
            # Nothing of it stays, however this process ends.
            path.unlink()
        with file:
            yield file

    def blocks(self, name: str) -> Iterator[bytes]:
        return self._objects.blocks(self._at(name))

    @contextmanager
    def as_folder(self, part: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="reign-store-") as scratch:
            folder = Path(scratch, "folder")
            folder.mkdir()
            for name in self._files:
                if name.startswith(f"{part}/"):
                    target = folder / name.removeprefix(f"{part}/")
                    target.parent.mkdir(parents=True, exist_ok=True)
                    self._download(name, target)
            yield folder

    def _at(self, name: str) -> str:
        file = self._files.get(name)
        if file is None:
            raise Missing(f"{self._name}/{name}")
        return f"{self._name}/{file}"

    def _download(self, name: str, target: Path) -> None:
        try:
            with target.open("wb") as file:
                for block in self.blocks(name):
                    file.write(block)
        except OSError as error:
            if (full := disk_full(error, target)) is not None:
                raise full from None
            raise


class _S3Staging(StagedFolder):
    def __init__(self, objects: S3Objects, prefix: str) -> None:
        self._objects = objects
        self._prefix = prefix
        self._sinks: dict[str, _UploadSink] = {}
        self._added: dict[str, bytes | Blocks] = {}

    def open(self, name: str) -> _UploadSink:
        sink = self._sinks[name] = _UploadSink(self._objects, f"{self._prefix}/{name}")
        return sink

    def add(self, name: str, content: bytes | Blocks) -> None:
        self._added[name] = content

    def publish(self, name: str, marker: str, is_whole: Callable[[StoredFolder], bool] | None = None) -> bool:
        files = {}
        for file, sink in self._sinks.items():
            files[file] = sink.sha256
            self._objects.copy(sink.name, f"{name}/{sink.sha256}")
        for file, content in self._added.items():
            files[file] = self._upload(name, content)
        index = f"{name}/{_INDEX}"
        content = json.dumps({"files": files}, sort_keys=True).encode()
        if is_whole is None:
            return self._objects.put_first(index, content)
        # Uploaded before its name was known, so it is put where it was before: whatever was damaged there is whole again.
        self._objects.put(index, content)
        return True

    def _upload(self, folder: str, content: bytes | Blocks) -> str:
        if isinstance(content, bytes):
            sha256 = hashlib.sha256(content).hexdigest()
            self._objects.put(f"{folder}/{sha256}", content)
            return sha256
        digest = hashlib.sha256()
        for block in content():
            digest.update(block)
        target = f"{folder}/{digest.hexdigest()}"
        writer = self._objects.open_writer(target)
        with self._objects.writing(target):
            for block in content():
                writer.write(block)
            writer.close()
        return digest.hexdigest()

    def remove(self) -> None:
        """Remove what was uploaded on the way."""
        for sink in self._sinks.values():
            # The lifecycle rule of the bucket takes what cannot be removed now.
            with suppress(TrainerError, BaseError, OSError):
                sink.abandon()


class _UploadSink:
    def __init__(self, objects: S3Objects, name: str) -> None:
        self.name = name
        self._objects = objects
        self._digest = hashlib.sha256()
        self._writer: Any = objects.open_writer(name)
        self._abandoned = False

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, data: bytes) -> int:
        # A Parquet writer that nobody closed still writes its end when it is collected.
        if self._abandoned:
            return len(data)
        self._digest.update(data)
        with self._objects.writing(self.name):
            self._writer.write(data)
        return len(data)

    def finish(self) -> None:
        with self._objects.writing(self.name):
            self._writer.close()

    def abandon(self) -> None:
        self._abandoned = True
        with suppress(Exception):
            self._writer.close()
        self._objects.delete(self.name)


def _client(bucket: Bucket) -> S3Store:
    environment = os.environ
    endpoint = bucket.endpoint or environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL")
    region = bucket.region or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    options: dict[str, Any] = {}
    if endpoint is not None:
        host_has_bucket = not bucket.path_style
        options["endpoint"] = endpoint.replace("://", f"://{bucket.name}.", 1) if host_has_bucket else endpoint
    if bucket.encryption is not None:
        options["server_side_encryption"] = bucket.encryption
    if bucket.kms_key is not None:
        options["sse_kms_key_id"] = bucket.kms_key
    provider = None
    if not any(environment.get(name) for name in _OWN_CREDENTIALS):
        provider = _profile()
        region = region or (None if provider is None else provider.config.get("region"))
    return S3Store(
        bucket.name,
        prefix=bucket.prefix or None,
        region=region or "us-east-1",
        virtual_hosted_style_request=not bucket.path_style,
        client_options={"allow_http": True, "connect_timeout": timedelta(seconds=5), "timeout": timedelta(minutes=5)},
        # Temporal does the long waiting, where it can be seen and cancelled.
        retry_config={"max_retries": 5, "retry_timeout": timedelta(seconds=30)},
        credential_provider=provider,
        **options,
    )


def _profile() -> Any:
    """Give the credentials of a profile, where there is one: those come from boto3. None leaves it to the machine's role."""
    files = (
        os.environ.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
        os.environ.get("AWS_CONFIG_FILE", "~/.aws/config"),
    )
    if "AWS_PROFILE" not in os.environ and not any(Path(file).expanduser().exists() for file in files):
        return None
    if find_spec("boto3") is None:
        raise TrainerError.of("SettingInvalid", "noBoto3")
    from obstore.auth.boto3 import Boto3CredentialProvider

    try:
        return Boto3CredentialProvider()
    except Exception as error:  # noqa: BLE001 - of many kinds, none of which says more
        raise TrainerError.of("SettingInvalid", "awsProfile", exception=type(error).__name__) from None


def _index(content: bytes, folder: str) -> dict[str, str]:
    try:
        files = json.loads(content)["files"]
        found = {str(name): str(sha256) for name, sha256 in files.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise TrainerError.of("StoreCorrupt", "unreadable", object=f"{folder}/{_INDEX}") from None
    if any(".." in Path(name).parts or name.startswith("/") for name in found):
        raise TrainerError.of("StoreCorrupt", "fileOutside", object=f"{folder}/{_INDEX}")
    return found


@contextmanager
def _scratch_file() -> Iterator[Path]:
    descriptor, name = tempfile.mkstemp(prefix="reign-store-")
    os.close(descriptor)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _unavailable(attempt: str, why: str) -> TrainerError:
    return TrainerError.of("StoreUnavailable", "failed", attempt=attempt, reason=why)


def _reason(error: BaseError) -> str:
    """Give the server's own code where there is one, and else the kind of the error: its text is long and quotes requests."""
    text = str(error)
    start = text.find("<Code>")
    if start >= 0:
        return text[start + 6 : start + 60].split("<", 1)[0]
    return type(error).__name__
