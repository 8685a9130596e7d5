"""Large payloads go through the store, as the worker's own claim check does it."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st
from reign_trainer.claim_check import ClaimCheck
from reign_trainer.constants import LARGEST_INLINE_BYTES
from reign_trainer.store import Store, open_store
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError

FIXTURE = Path(__file__).parents[1] / "store" / "reference.json"
LARGE = {"columns": [{"name": f"größe_{at}", "type": "double precision"} for at in range(300)]}


def converter(store: Store) -> DataConverter:
    """Build the trainer's data converter."""
    return dataclasses.replace(pydantic_data_converter, payload_codec=ClaimCheck(store))


def document(reference: Payload) -> str:
    """Name the object that a reference stands for."""
    return f"payloads/{json.loads(reference.data)}"


async def test_a_large_payload_comes_back_as_it_was(store: Store) -> None:
    (plain,) = await pydantic_data_converter.encode([LARGE])
    (reference,) = await converter(store).encode([LARGE])
    assert dict(reference.metadata) == {"encoding": b"json/reign-reference", "reign-encoding": b"json/plain"}
    assert store.objects.read(document(reference)) == plain.data
    assert await converter(store).decode([reference]) == [LARGE]
    assert await ClaimCheck(store).decode([reference]) == [plain]


async def test_what_is_small_never_meets_the_store(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    unusable = ClaimCheck(open_store(tmp_path / "file"))
    small = [Payload(), Payload(metadata={"encoding": b"json/plain"}, data=b"x" * LARGEST_INLINE_BYTES)]
    assert await unusable.encode(small) == small
    assert await unusable.decode(small) == small
    with pytest.raises(ApplicationError):
        await unusable.encode([Payload(data=b"x" * (LARGEST_INLINE_BYTES + 1))])


PAYLOADS = st.builds(
    lambda metadata, some, length: Payload(metadata=metadata, data=((some or b"0") * length)[:length]),
    st.dictionaries(
        st.sampled_from(["encoding", "reign-encoding", "reign-reign-encoding", "other"]),
        st.binary(max_size=20) | st.sampled_from([b"json/reign-reference", b"json/plain"]),
        max_size=3,
    ),
    st.binary(max_size=20),
    st.integers(0, 2 * LARGEST_INLINE_BYTES),
)


@runs(max_examples=50, deadline=None)
@given(payloads=st.lists(PAYLOADS, max_size=4))
def test_decoding_what_was_encoded_changes_nothing(payloads: list[Payload]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        check = ClaimCheck(open_store(folder))
        encoded = asyncio.run(check.encode(payloads))
        assert all(len(payload.data) <= LARGEST_INLINE_BYTES for payload in encoded)
        assert asyncio.run(check.decode(encoded)) == payloads


@pytest.mark.parametrize("size", [66, LARGEST_INLINE_BYTES + 1])
@pytest.mark.parametrize(
    "metadata",
    [
        {"encoding": b"json/reign-reference"},
        {"encoding": b"json/reign-reference", "reign-encoding": b"json/plain"},
        {"reign-encoding": b"json/plain"},
    ],
)
async def test_metadata_like_that_of_a_reference_passes_as_it_is(
    store: Store, metadata: dict[str, bytes], size: int
) -> None:
    payload = Payload(metadata=metadata, data=b"a" * size)
    assert await ClaimCheck(store).decode(await ClaimCheck(store).encode([payload])) == [payload]


async def test_the_worker_writes_the_same_reference_for_the_same_value(store: Store) -> None:
    fixture: dict[str, Any] = json.loads(FIXTURE.read_text(encoding="utf-8"))
    (reference,) = await converter(store).encode([{"text": fixture["text"] * fixture["repeat"]}])
    assert {key: value.decode() for key, value in reference.metadata.items()} == fixture["reference"]["metadata"]
    assert reference.data.decode() == fixture["reference"]["data"]


@pytest.mark.parametrize("damage", ["bytes", "missing", "reference"])
async def test_a_document_that_is_not_there_as_it_was_is_named(store: Store, damage: str) -> None:
    (reference,) = await converter(store).encode([LARGE])
    if damage == "bytes":
        store.objects.put(document(reference), b"{}")
    elif damage == "missing":
        store.objects.delete(document(reference))
    else:
        reference.data = b'"../secrets"'
    with pytest.raises(ApplicationError) as raised:
        await converter(store).decode([reference])
    assert (raised.value.type, raised.value.non_retryable) == ("StoreCorrupt", True)
    expected = {"bytes": "does not match its hash", "missing": "has no payloads/", "reference": "names no document"}
    assert expected[damage] in raised.value.message


async def test_a_store_that_is_away_may_come_back(store: Store, tmp_path: Path) -> None:
    (reference,) = await converter(store).encode([LARGE])
    (tmp_path / "file").touch()
    with pytest.raises(ApplicationError) as reading:
        await converter(open_store(tmp_path / "nowhere")).decode([reference])
    with pytest.raises(ApplicationError) as writing:
        await converter(open_store(tmp_path / "file")).encode([LARGE])
    for raised in (reading, writing):
        assert (raised.value.type, raised.value.non_retryable) == ("StoreUnavailable", False)


async def test_a_payload_in_a_folder_that_is_stored_again_after_a_day_counts_as_new(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    (reference,) = await converter(store).encode([LARGE])
    file, now = tmp_path / document(reference), time.time()
    for hours, renewed in ((23, False), (25, True)):
        os.utime(file, (now - hours * 3600, now - hours * 3600))
        await converter(store).encode([LARGE])
        assert (file.stat().st_mtime > now - 3600) is renewed
