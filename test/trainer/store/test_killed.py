"""A process that is killed at any of its writes leaves nothing half there, and nothing in the way of the next one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from killing_proxy import KillingProxy
from reign_trainer.store import FIT_RESULT, Store, open_store
from s3_server import s3_client

HERE = Path(__file__).parent
MODEL = b"a model " * (6 << 17)


def check_what_is_there(store: Store) -> int:
    """Check that all that can be seen is whole; count it."""
    seen = 0
    for kind in ("evidence", "snapshots", "fits"):
        for name, _ in store.objects.list(kind):
            if kind == "evidence":
                assert store.read_document(kind, name) == b"evidence"
            elif kind == "snapshots":
                if not store.has_rows(kind, name):
                    continue
                assert store.read_rows(kind, name).num_rows == 30_000
            else:
                fit = store.fit(name)
                if fit is None:
                    continue
                assert fit.names() == ["found.json", "model/model.pkl", FIT_RESULT]
                assert [fit.read(file) for file in fit.names()] == [b"{}", MODEL, b"{}"]
            seen += 1
    return seen


@pytest.fixture
def write() -> Iterator[Callable[..., int]]:
    """Write into a store by a process that dies; give its exit code."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, str(HERE / "killed_at.py")],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        stdin, stdout = writer.stdin, writer.stdout
        assert stdin is not None
        assert stdout is not None

        def by_a_process(place: str, step: int = 0, on_start: Callable[[int], None] = lambda pid: None) -> int:
            stdin.write(f"{place} {step}\n")
            stdin.flush()
            on_start(int(stdout.readline()))
            return int(stdout.readline())

        yield by_a_process
        stdin.close()


def test_in_a_folder(write: Callable[..., int], tmp_path: Path) -> None:
    """At every change, before it and after it."""
    deaths = 0
    for step in range(1, 200):
        # A store each: what one left behind must not hide what the next one leaves.
        place = tmp_path / str(step)
        code = write(str(place), step)
        seen = check_what_is_there(open_store(place)) if place.exists() else 0
        if code == 0:
            assert seen == 3
            break
        assert code == -9
        deaths += 1
        if step % 8 == 0:
            # Whoever comes next finishes it.
            assert write(str(place)) == 0
            assert check_what_is_there(open_store(place)) == 3
    assert deaths > 20


@pytest.fixture
def proxy(s3_endpoint: str) -> Iterator[KillingProxy]:
    """What stands between the writers and S3."""
    started = KillingProxy(s3_endpoint)
    yield started
    started.close()


def test_in_s3(write: Callable[..., int], proxy: KillingProxy, s3_place: str, s3_endpoint: str) -> None:
    """At every request: each part of an upload, the one that completes it, each copy, each index."""
    place = s3_place.replace(s3_endpoint, proxy.url)
    seen = []
    for request in range(1, 100):
        # A store each: what one left behind must not hide what the next one leaves.
        own = place.replace("/prefix", f"/{request}")
        store = open_store(own.replace(proxy.url, s3_endpoint))
        proxy.expect(request)
        code = write(own, on_start=proxy.know)
        seen.append(check_what_is_there(store))
        if code == 0:
            break
        assert code == -9
        if request % 6 == 0:
            # Whoever comes next finishes it.
            proxy.expect(None)
            assert write(own) == 0
            assert check_what_is_there(store) == 3
    # The document, then the rows, then the fit; each appears at one request.
    assert seen == sorted(seen)
    assert set(seen) == {0, 1, 2, 3}
    bucket = s3_place.removeprefix("s3://").partition("/")[0]
    unfinished = s3_client(s3_endpoint).list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    # They died in the middle of an upload as well, several times.
    assert len(unfinished) > 5
