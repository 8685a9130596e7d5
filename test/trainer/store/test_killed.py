"""A process that is killed at any of its writes leaves nothing half there, and nothing in the way of the next one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from reign_trainer.store import FIT_RESULT, Store, open_store

HERE = Path(__file__).parent


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
                assert [fit.read(file) for file in fit.names()] == [b"{}", b"a model", b"{}"]
            seen += 1
    return seen


@pytest.mark.parametrize("where", ["folder", "s3"])
def test_kill_at_every_write(where: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    s3 = request.getfixturevalue("s3_place") if where == "s3" else ""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, str(HERE / "killed_at.py")],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        deaths = 0
        for step in range(1, 200):
            # A store each: what one left behind must not hide what the next one leaves.
            place = str(tmp_path / str(step)) if where == "folder" else s3.replace("/prefix", f"/{step}")
            writer.stdin.write(f"{place} {step}\n")
            writer.stdin.flush()
            code = int(writer.stdout.readline())
            store = open_store(place)
            seen = check_what_is_there(store) if where == "s3" or Path(place).exists() else 0
            if code == 0:
                assert seen == 3
                break
            assert code == -9
            deaths += 1
            if step % 8 == 0:
                # Whoever comes next finishes it.
                writer.stdin.write(f"{place} 0\n")
                writer.stdin.flush()
                assert writer.stdout.readline() == "0\n"
                assert check_what_is_there(store) == 3
        writer.stdin.close()
    assert deaths > 20
