"""Large payloads go through the store, and Temporal is given their hash. ``store/claimCheck.ts`` does the same."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Callable, Sequence

from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec
from temporalio.exceptions import ApplicationError

from reign_trainer.constants import LARGEST_INLINE_BYTES
from reign_trainer.errors import TrainerError
from reign_trainer.store import Store

_REFERENCE_ENCODING = b"json/reign-reference"
#: A reference keeps the encoding of what it stands for under this prefix, and what has the prefix under another one.
_PREFIX = "reign-"
_KEPT = re.compile(r"(reign-)*encoding")
_REFERENCE = re.compile(rb'"([0-9a-f]{64})"')

log = logging.getLogger("reign_trainer")


class ClaimCheck(PayloadCodec):
    """Keeps what grows with a definition out of Temporal.

    A result that cannot be written fails the attempt with the error's code as its type, so the activity is tried again
    while the store is away. Arguments that cannot be read fail it too, but Temporal's SDK wraps that error into a
    passing one without a type: the activity is tried again whatever the code, until the store is fixed.

    Parameters
    ----------
    store : Store
        The store that workers and trainers share.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Put references in the place of large payloads."""
        return [
            await _aside(self._to_reference, payload) if _is_large(payload) or _is_reference(payload) else payload
            for payload in payloads
        ]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Put what they stand for in the place of references."""
        return [await _aside(self._to_content, payload) if _is_reference(payload) else payload for payload in payloads]

    def _to_reference(self, payload: Payload) -> Payload:
        content_hash = self._store.write_document("payloads", payload.data)
        metadata = {_PREFIX + key if _KEPT.fullmatch(key) else key: value for key, value in payload.metadata.items()}
        metadata["encoding"] = _REFERENCE_ENCODING
        return Payload(metadata=metadata, data=json.dumps(content_hash).encode())

    def _to_content(self, payload: Payload) -> Payload:
        reference = _REFERENCE.fullmatch(payload.data)
        if reference is None:
            raise TrainerError.of("StoreCorrupt", "reference")
        data = self._store.read_document("payloads", reference[1].decode())
        metadata = {
            key.removeprefix(_PREFIX) if _KEPT.fullmatch(key) else key: value
            for key, value in payload.metadata.items()
            if key != "encoding"
        }
        return Payload(metadata=metadata, data=data)


def _is_large(payload: Payload) -> bool:
    return len(payload.data) > LARGEST_INLINE_BYTES


def _is_reference(payload: Payload) -> bool:
    """Say whether it calls itself a reference; one that is none is put into the store, whatever its size."""
    return payload.metadata.get("encoding") == _REFERENCE_ENCODING


async def _aside(work: Callable[[Payload], Payload], payload: Payload) -> Payload:
    """Work in a thread: the disk may be slow, and heartbeats go on."""
    try:
        return await asyncio.to_thread(work, payload)
    except TrainerError as error:
        # No activity runs yet, or none any more: nobody else would log it.
        log.warning("%s: %s", error.code, error.message)
        raise ApplicationError(error.message, type=error.code, non_retryable=not error.retryable) from None
