"""What a store promises, in a folder and in S3 alike."""

from __future__ import annotations

import gc
import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest
from reign_trainer.errors import TrainerError
from reign_trainer.store import FIT_RESULT, Store, StoredFolder, open_scratch_store, open_store
from stored_files import file_in

TABLE = pa.table(
    {
        "reign_row_id": pa.array([1, 2, 3], pa.int64()),
        "reign_event_time": pa.array([0, 1, 2], pa.timestamp("us")),
        "score": pa.array([0.5, None, float("nan")], pa.float64()),
        "region": pa.array(["a", "", None], pa.string()),
    }
)


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty store."""
    return open_store(tmp_path / "store" if request.param == "folder" else request.getfixturevalue("s3_place"))


def staged(store: Store) -> list[str]:
    return [name for name, _ in store.objects.list("staging")]


def folder_in(store: Store, name: str, marker: str) -> StoredFolder:
    folder = store.objects.folder(name, marker)
    assert folder is not None
    return folder


def damage(store: Store, content_hash: str, file: str) -> None:
    """Write something else where a file of rows lies."""
    store.objects.put(file_in(store, f"snapshots/{content_hash}", file), b"other")


def test_documents_by_the_hash_of_their_bytes(store: Store) -> None:
    content_hash = store.write_document("evidence", b'{"a":1}')
    assert content_hash == hashlib.sha256(b'{"a":1}').hexdigest()
    assert store.read_document("evidence", content_hash) == b'{"a":1}'
    assert store.has_document("evidence", content_hash)
    assert not store.has_document("code", content_hash)
    assert store.write_document("evidence", b"") == hashlib.sha256(b"").hexdigest()
    assert store.read_document("evidence", hashlib.sha256(b"").hexdigest()) == b""


def test_a_damaged_document_is_refused_until_it_is_written_again(store: Store) -> None:
    content_hash = store.write_document("evidence", b"right")
    store.objects.put(f"evidence/{content_hash}", b"wrong")
    with pytest.raises(TrainerError, match="does not match its hash") as refused:
        store.read_document("evidence", content_hash)
    assert refused.value.code == "StoreCorrupt"
    store.write_document("evidence", b"right")
    assert store.read_document("evidence", content_hash) == b"right"


def test_what_is_missing_is_corrupt(store: Store) -> None:
    store.write_document("evidence", b"")
    for read in (
        lambda: store.read_document("evidence", "0" * 64),
        lambda: store.read_rows("snapshots", "0" * 64),
        lambda: store.read_manifest("rowids", "0" * 64),
    ):
        with pytest.raises(TrainerError, match="The store has no") as refused:
            read()
        assert refused.value.code == "StoreCorrupt"
    assert not store.has_rows("snapshots", "0" * 64)
    assert store.fit("m-1") is None


def test_rows_come_back_as_they_were(store: Store) -> None:
    content_hash = store.write_rows("predictions", TABLE, {"window": {"from": "a"}})
    found = store.read_rows("predictions", content_hash)
    assert found.schema == TABLE.schema
    assert repr(found.to_pylist()) == repr(TABLE.to_pylist())
    assert store.read_rows("predictions", content_hash, ["score"]).column_names == ["score"]
    assert store.has_rows("predictions", content_hash)
    assert not store.has_rows("snapshots", content_hash)
    with store.open_rows("predictions", content_hash) as file:
        file_hash = hashlib.sha256(file.read()).hexdigest()
    assert store.read_manifest("predictions", content_hash) == {
        "format": 1,
        "contentHash": content_hash,
        "fileHash": file_hash,
        "rows": 3,
        "columns": TABLE.column_names,
        "window": {"from": "a"},
    }
    assert staged(store) == []


def test_the_same_rows_at_the_same_time_are_stored_once(store: Store) -> None:
    chunked = pa.concat_tables([TABLE.slice(0, 1), TABLE.slice(1)])
    with ThreadPoolExecutor(4) as pool:
        hashes = set(pool.map(lambda table: store.write_rows("predictions", table), [TABLE, chunked] * 4))
    [content_hash] = hashes
    assert [name for name, _ in store.objects.list("predictions")] == [content_hash]
    assert store.read_rows("predictions", content_hash).num_rows == 3
    assert staged(store) == []


@pytest.mark.parametrize("file", ["rows.parquet", "manifest.json"])
def test_damaged_rows_are_refused_until_they_are_written_again(store: Store, file: str) -> None:
    content_hash = store.write_rows("snapshots", TABLE)
    damage(store, content_hash, file)
    for read in (
        lambda: store.read_rows("snapshots", content_hash),
        lambda: store.copy_rows("snapshots", content_hash, store),
    ):
        with pytest.raises(TrainerError) as refused:
            read()
        assert refused.value.code == "StoreCorrupt"
    assert store.write_rows("snapshots", TABLE) == content_hash
    assert store.read_rows("snapshots", content_hash).num_rows == 3


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_what_is_not_committed_is_never_there(store: Store) -> None:
    with pytest.raises(RuntimeError), store.stage("snapshots") as staging:
        writer = staging.open_rows(TABLE.schema)
        writer.write(TABLE.to_batches()[0])
        writer.close()
        raise RuntimeError
    with pytest.raises(RuntimeError), store.stage("snapshots") as staging:
        unfinished = staging.open_rows(TABLE.schema)
        unfinished.write(TABLE.to_batches()[0])
        raise RuntimeError
    # What was not closed writes its end only now, and is not heard.
    del unfinished
    gc.collect()
    assert list(store.objects.list("snapshots")) == []
    assert staged(store) == []


def test_rows_of_many_parts(store: Store) -> None:
    """More than a part of an upload, in rows that do not compress."""
    noise = [hashlib.sha256(str(at).encode()).hexdigest() * 4 for at in range(80_000)]
    table = pa.table({"reign_row_id": pa.array(range(80_000), pa.int64()), "text": pa.array(noise)})
    content_hash = store.write_rows("snapshots", table)
    assert store.read_rows("snapshots", content_hash).equals(table)


def test_rows_are_lent_to_a_child(store: Store, tmp_path: Path) -> None:
    content_hash, code = store.write_rows("snapshots", TABLE), store.write_document("code", b"{}")
    child = open_scratch_store(tmp_path / "child")
    store.copy_rows("snapshots", content_hash, child)
    store.copy_document("code", code, child)
    lent, stored = (one.read_rows("snapshots", content_hash) for one in (child, store))
    assert repr(lent.to_pylist()) == repr(stored.to_pylist())
    assert child.read_manifest("snapshots", content_hash) == store.read_manifest("snapshots", content_hash)
    assert child.read_document("code", code) == b"{}"


def test_of_two_fits_the_first_stays(store: Store) -> None:
    def files(who: str) -> dict[str, object]:
        return {FIT_RESULT: who.encode(), "model/model.pkl": lambda: iter([who.encode(), b"-model"])}

    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(lambda who: store.keep_fit("m-1", files(who)), "abcd"))
    assert sorted(kept) == [False, False, False, True]
    first = "abcd"[kept.index(True)]
    fit = store.fit("m-1")
    assert fit is not None
    assert fit.names() == ["model/model.pkl", FIT_RESULT]
    assert fit.read(FIT_RESULT) == first.encode()
    assert b"".join(fit.blocks("model/model.pkl")) == f"{first}-model".encode()
    with fit.as_folder("model") as folder:
        assert (folder / "model.pkl").read_text() == f"{first}-model"
    with pytest.raises(TrainerError):
        store.fit("../evidence")


def test_fits_are_forgotten_with_time(store: Store) -> None:
    store.keep_fit("m-1", {FIT_RESULT: b"{}", "other": b"x"})
    store.forget_fits(3600)
    assert store.fit("m-1") is not None
    time.sleep(1.1)  # S3 counts in seconds
    store.renew_fit("m-1")
    store.keep_fit("m-2", {FIT_RESULT: b"{}"})
    store.forget_fits(-10)
    assert store.fit("m-1") is None
    assert list(store.objects.list("fits")) == []


def test_a_probe_leaves_nothing(store: Store) -> None:
    store.objects.check_writable()
    assert staged(store) == []


def test_deleting_rows(store: Store) -> None:
    content_hash = store.write_rows("snapshots", TABLE)
    store.objects.delete(f"snapshots/{content_hash}")
    store.objects.delete(f"snapshots/{content_hash}")
    assert not store.has_rows("snapshots", content_hash)
    assert list(store.objects.list("snapshots")) == []
