"""Evidence comes out again to the bit, from rows that are what their hash names, and from no others."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from reign_trainer.errors import TrainerError
from reign_trainer.recompute.recomputed import Recomputation
from reign_trainer.store import Store
from stored_files import file_in, files_of

from .judged_store import judged_cycles
from .loans import definition


def test_evidence_comes_out_again_to_the_bit(store: Store) -> None:
    judged = judged_cycles(store, definition())
    before = files_of(store)
    recomputation = Recomputation(store)
    for one in judged:
        assert recomputation.evidence(one.request) == store.read_document("evidence", one.evidence)
    assert files_of(store) == before


def _alter(store: Store, kind: str, content_hash: str, *, manifest_too: bool) -> None:
    """Raise the last number of a stored file, as somebody would who knows how files are checked."""
    table = _stored(store, kind, content_hash)
    name = table.column_names[-1]
    values = table.column(name).to_pylist()
    values[5] = values[5] + 0.25
    altered = table.set_column(table.num_columns - 1, name, pa.array(values))
    _replace(store, kind, content_hash, altered, manifest_too=manifest_too)


def _stored(store: Store, kind: str, content_hash: str) -> pa.Table:
    return pq.read_table(io.BytesIO(store.objects.read(file_in(store, f"{kind}/{content_hash}", "rows.parquet"))))


def _replace(store: Store, kind: str, content_hash: str, table: pa.Table, *, manifest_too: bool) -> None:
    written = io.BytesIO()
    pq.write_table(table, written)
    rows, manifest = (file_in(store, f"{kind}/{content_hash}", name) for name in ("rows.parquet", "manifest.json"))
    store.objects.put(rows, written.getvalue())
    if manifest_too:
        file_hash = hashlib.sha256(written.getvalue()).hexdigest()
        document = json.loads(store.objects.read(manifest)) | {"fileHash": file_hash}
        store.objects.put(manifest, json.dumps(document).encode())


@pytest.mark.parametrize("manifest_too", [False, True])
@pytest.mark.parametrize("whose", ["challenger", "champion"])
def test_an_altered_prediction_is_named(store: Store, whose: str, manifest_too: bool) -> None:
    judged = judged_cycles(store, definition())[1]
    predictions = getattr(judged.request, whose).predictions
    _alter(store, "predictions", predictions, manifest_too=manifest_too)
    with pytest.raises(TrainerError, match=predictions) as raised:
        Recomputation(store).evidence(judged.request)
    assert raised.value.code == "StoreCorrupt"


def test_rows_that_are_gone_are_named(store: Store) -> None:
    judged = judged_cycles(store, definition())[1]
    train = judged.request.challenger.train_snapshot
    for kind in ("snapshots", "rowids"):
        store.objects.delete(f"{kind}/{train}")
    with pytest.raises(TrainerError, match=train) as raised:
        Recomputation(store).evidence(judged.request)
    assert raised.value.code == "StoreCorrupt"


def test_row_ids_are_enough(store: Store) -> None:
    judged = judged_cycles(store, definition())
    store.objects.delete("snapshots")
    for one in judged:
        assert Recomputation(store).evidence(one.request) == store.read_document("evidence", one.evidence)


def test_altered_row_ids_are_named(store: Store) -> None:
    judged = judged_cycles(store, definition())[1]
    train = judged.request.champion.train_snapshot
    _replace(store, "rowids", train, _stored(store, "rowids", train).slice(1), manifest_too=True)
    with pytest.raises(TrainerError, match=train) as raised:
        Recomputation(store).evidence(judged.request)
    assert raised.value.code == "StoreCorrupt"


def test_the_program_answers_line_by_line(store: Store) -> None:
    judged = judged_cycles(store, definition())
    asked = [{"store": store.place, "request": one.request.model_dump(mode="json", by_alias=True)} for one in judged]
    wrong = {"store": store.place, "request": {"cycle": "x"}}
    lines = "".join(f"{json.dumps(one)}\n" for one in [asked[0], wrong, asked[1]])
    trainer = Path(__file__).parents[3] / "trainer"
    done = subprocess.run(
        [sys.executable, "-m", "reign_trainer.recompute"],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
        cwd=trainer,
    )
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert first["evidence"].encode() == store.read_document("evidence", judged[0].evidence)
    assert second["error"]["code"] == "Internal"
    assert third["evidence"].encode() == store.read_document("evidence", judged[1].evidence)
