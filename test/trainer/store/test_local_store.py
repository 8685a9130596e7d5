"""A store in a folder: complete or not there, and checked at every read."""

from __future__ import annotations

import hashlib
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from reign_trainer.errors import TrainerError
from reign_trainer.store import ROW_GROUP_ROWS, Store, open_store
from stored_files import files_of, folder_of

TABLE = pa.table(
    {
        "reign_row_id": pa.array([1, 2, 3], pa.int64()),
        "reign_event_time": pa.array([0, 1, 2], pa.timestamp("us")),
        "score": pa.array([0.5, None, float("nan")], pa.float64()),
        "region": pa.array(["a", "", None], pa.string()),
    }
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store in a folder, also where the other tests keep theirs in S3."""
    return open_store(tmp_path / "store")


def test_rows_come_back_as_they_were(store: Store) -> None:
    content_hash = store.write_rows("predictions", TABLE)
    found = store.read_rows("predictions", content_hash)
    assert found.schema == TABLE.schema
    assert repr(found.to_pylist()) == repr(TABLE.to_pylist())
    assert store.read_rows("predictions", content_hash, ["score"]).column_names == ["score"]
    assert store.has_rows("predictions", content_hash)
    assert not store.has_rows("snapshots", content_hash)
    manifest = store.read_manifest("predictions", content_hash)
    with store.open_rows("predictions", content_hash) as file:
        content = file.read()
    assert manifest == {
        "format": 1,
        "contentHash": content_hash,
        "fileHash": hashlib.sha256(content).hexdigest(),
        "rows": 3,
        "columns": TABLE.column_names,
    }


def test_the_same_rows_are_stored_once_whatever_their_chunks(store: Store) -> None:
    chunked = pa.concat_tables([TABLE.slice(0, 1), TABLE.slice(1)])
    with ThreadPoolExecutor(4) as pool:
        hashes = set(pool.map(lambda table: store.write_rows("predictions", table), [TABLE, chunked] * 4))
    assert len(hashes) == 1
    assert len(files_of(store)) == 2
    assert list((folder_of(store) / "staging").iterdir()) == []


def test_metadata_of_other_libraries_is_not_content(store: Store) -> None:
    pandas = TABLE.replace_schema_metadata({"pandas": "{}"})
    assert store.write_rows("predictions", pandas) == store.write_rows("predictions", TABLE)


def test_row_groups_have_one_size(store: Store) -> None:
    table = pa.table({"reign_row_id": pa.array(range(ROW_GROUP_ROWS * 2 + 5), pa.int64())})
    batches = [batch for at in range(0, 300_000, 7_000) for batch in table.slice(at, 7_000).to_batches()]
    with store.stage("snapshots") as staging:
        writer = staging.open_rows(table.schema)
        for batch in batches:
            writer.write(batch)
        written = writer.close()
        staging.commit(written.content_hash, {"contentHash": written.content_hash, "fileHash": written.file_hash})
    assert written.rows == table.num_rows
    with store.open_rows("snapshots", written.content_hash) as file:
        metadata = pq.read_metadata(file)
    sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    assert sizes == [ROW_GROUP_ROWS, ROW_GROUP_ROWS, 5]
    assert store.write_rows("snapshots", table) == written.content_hash


@pytest.mark.parametrize("damage", ["bytes", "manifest", "missing"])
def test_damaged_rows_are_refused(store: Store, damage: str) -> None:
    content_hash = store.write_rows("snapshots", TABLE)
    folder = folder_of(store) / "snapshots" / content_hash
    if damage == "bytes":
        path = folder / "rows.parquet"
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    elif damage == "manifest":
        manifest = json.loads((folder / "manifest.json").read_bytes())
        (folder / "manifest.json").write_text(json.dumps({**manifest, "contentHash": "0" * 64}))
    else:
        (folder / "rows.parquet").unlink()
    with pytest.raises(TrainerError) as refused:
        store.read_rows("snapshots", content_hash)
    assert refused.value.code == "StoreCorrupt"


def test_what_is_not_committed_is_never_visible(store: Store) -> None:
    with pytest.raises(RuntimeError), store.stage("snapshots") as staging:
        writer = staging.open_rows(TABLE.schema)
        writer.write(TABLE.to_batches()[0])
        writer.close()
        raise RuntimeError
    assert files_of(store) == []


def test_what_a_killed_process_left_behind_goes_in_the_end(store: Store) -> None:
    left, fresh = (folder_of(store) / "staging" / name for name in ("left", "fresh"))
    for folder in (left, fresh):
        folder.mkdir(parents=True)
        (folder / "rows.parquet").touch()
    long_ago = time.time() - 3 * 24 * 3600
    os.utime(left, (long_ago, long_ago))
    store.write_rows("snapshots", TABLE)
    assert not left.exists()
    assert fresh.exists()


def test_documents_by_the_hash_of_their_bytes(store: Store) -> None:
    content_hash = store.write_document("evidence", b'{"a":1}')
    assert content_hash == hashlib.sha256(b'{"a":1}').hexdigest()
    assert store.read_document("evidence", content_hash) == b'{"a":1}'
    (folder_of(store) / "evidence" / content_hash).write_bytes(b"other")
    with pytest.raises(TrainerError, match="does not match its hash"):
        store.read_document("evidence", content_hash)
    store.write_document("evidence", b'{"a":1}')
    assert store.read_document("evidence", content_hash) == b'{"a":1}'


def test_missing_is_corrupt_but_a_missing_store_is_unavailable(store: Store, tmp_path: Path) -> None:
    store.write_document("evidence", b"")
    for read in (store.read_document, open_store(tmp_path / "nowhere").read_document):
        with pytest.raises(TrainerError) as refused:
            read("evidence", "0" * 64)
        assert refused.value.code == ("StoreCorrupt" if read == store.read_document else "StoreUnavailable")


def test_a_store_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = open_store(tmp_path / "file")
    with pytest.raises(TrainerError) as document:
        store.write_document("code", b"x")
    with pytest.raises(TrainerError) as rows:
        store.write_rows("snapshots", TABLE)
    assert {document.value.code, rows.value.code} == {"StoreUnavailable"}


def test_names_are_hashes(store: Store) -> None:
    with pytest.raises(ValueError, match="not a hash"):
        store.read_document("evidence", "../evidence")
    with pytest.raises(ValueError, match="none of"):
        store.read_document("elsewhere", "0" * 64)


def test_what_is_stored_again_counts_as_new(store: Store) -> None:
    rows = folder_of(store) / "snapshots" / store.write_rows("snapshots", TABLE)
    document = folder_of(store) / "evidence" / store.write_document("evidence", b"{}")
    long_ago = time.time() - 40 * 24 * 3600
    for path in (rows, document):
        os.utime(path, (long_ago, long_ago))
    store.write_rows("snapshots", TABLE)
    store.write_document("evidence", b"{}")
    for path in (rows, document):
        assert path.stat().st_mtime > time.time() - 3600


@pytest.mark.parametrize("damage", ["rows", "no rows", "manifest", "no manifest"])
def test_damaged_rows_are_replaced_when_they_are_written_again(store: Store, damage: str) -> None:
    content_hash = store.write_rows("snapshots", TABLE)
    folder = folder_of(store) / "snapshots" / content_hash
    file = folder / ("manifest.json" if "manifest" in damage else "rows.parquet")
    if damage.startswith("no"):
        file.unlink()
    else:
        file.write_bytes(b"x" + file.read_bytes()[1:])
    with pytest.raises(TrainerError):
        store.read_rows("snapshots", content_hash)
    assert store.write_rows("snapshots", TABLE) == content_hash
    assert store.read_rows("snapshots", content_hash).num_rows == TABLE.num_rows
    assert files_of(store) == [f"snapshots/{content_hash}/manifest.json", f"snapshots/{content_hash}/rows.parquet"]
    inode = (folder / "rows.parquet").stat().st_ino
    assert store.write_rows("snapshots", TABLE) == content_hash
    assert (folder / "rows.parquet").stat().st_ino == inode
