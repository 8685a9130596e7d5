"""What only a store in S3 can meet: buckets that are not there, denied access, encryption, copies of local stores."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from reign_trainer.errors import TrainerError
from reign_trainer.store import Bucket, Store, open_store, parse_place
from s3_server import s3_client
from stored_files import copy_folder, folder_of

TABLE = pa.table({"reign_row_id": pa.array([1, 2, 3], pa.int64())})


@pytest.fixture
def refusing() -> Iterator[str]:
    """A server that denies everything, as S3 does."""

    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
            self.send_response(403)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_PUT = do_POST = do_HEAD = do_DELETE = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def refusals(store: Store) -> list[TrainerError]:
    """Ask for several things; give what is answered to each."""
    found = []
    for ask in (
        lambda: store.write_document("code", b"x"),
        lambda: store.read_document("code", "0" * 64),
        lambda: store.write_rows("snapshots", TABLE),
        store.objects.check_writable,
    ):
        with pytest.raises(TrainerError) as refused:
            ask()
        found.append(refused.value)
    assert {error.code for error in found} == {"StoreUnavailable"}
    assert all(error.retryable for error in found)
    return found


def test_a_bucket_that_is_not_there(s3_endpoint: str) -> None:
    for error in refusals(open_store(f"s3://no-such-bucket/x?endpoint={s3_endpoint}")):
        assert error.message.endswith(f"the bucket no-such-bucket at {s3_endpoint} does not exist.")


def test_access_that_is_denied(refusing: str) -> None:
    for error in refusals(open_store(f"s3://bucket/x?endpoint={refusing}")):
        assert "denies access: check the credentials" in error.message


def test_a_server_that_does_not_answer() -> None:
    store = open_store("s3://bucket/x?endpoint=http://127.0.0.1:9")
    with pytest.raises(TrainerError, match=r"the bucket bucket at http://127\.0\.0\.1:9 does not answer") as refused:
        store.read_document("code", "0" * 64)
    assert refused.value.code == "StoreUnavailable"


def test_encryption_is_asked_for_and_stays_with_copies(s3_place: str, s3_endpoint: str) -> None:
    bucket = parse_place(s3_place)
    assert isinstance(bucket, Bucket)
    store = open_store(f"{s3_place}&encryption=aws:kms&kms_key=key-1")
    store.write_document("code", b"x")
    store.write_rows("snapshots", TABLE)
    client = s3_client(s3_endpoint)
    keys = [one["Key"] for one in client.list_objects_v2(Bucket=bucket.name)["Contents"]]
    assert len(keys) == 4
    for key in keys:
        about = client.head_object(Bucket=bucket.name, Key=key)
        assert about["ServerSideEncryption"] == "aws:kms"
        assert "key-1" in about["SSEKMSKeyId"]


def test_a_copy_of_a_local_store_is_read_as_it_is(s3_place: str, tmp_path: Path) -> None:
    local, store = open_store(tmp_path / "store"), open_store(s3_place)
    content_hash = local.write_rows("snapshots", TABLE)
    local.keep_fit("m-1", {"result.json": b"{}", "model/a": b"a"})
    copy_folder(folder_of(local), store)
    assert store.has_rows("snapshots", content_hash)
    assert store.read_rows("snapshots", content_hash).equals(TABLE)
    fit = store.fit("m-1")
    assert fit is not None
    assert fit.read("model/a") == b"a"
    # Written again, it is one like any other.
    assert store.write_rows("snapshots", TABLE) == content_hash
    assert store.read_rows("snapshots", content_hash).equals(TABLE)


def test_an_index_names_nothing_outside_of_its_folder(s3_place: str) -> None:
    store = open_store(s3_place)
    store.objects.put("fits/m-1/index.json", json.dumps({"files": {"../../x": "0" * 64}}).encode())
    with pytest.raises(TrainerError, match="names a file outside") as refused:
        store.fit("m-1")
    assert refused.value.code == "StoreCorrupt"


def test_a_profile_needs_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text("[reign]\naws_access_key_id = a\naws_secret_access_key = b\n")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "reign")
    open_store("s3://bucket/x")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(TrainerError, match="profile gives no credentials") as refused:
        open_store("s3://bucket/x")
    assert refused.value.code == "SettingInvalid"
