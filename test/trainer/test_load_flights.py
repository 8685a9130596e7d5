"""The example's data: once, in one order, and only into a place that is free."""

from __future__ import annotations

import subprocess
import sys

from postgres_server import REPOSITORY, execute

LOADER = REPOSITORY / "examples/flights/load_flights.py"
PARQUET = REPOSITORY / "node_modules/vega-datasets/data/flights-3m.parquet"


def command(url: str, rows: int = 5000) -> list[str]:
    """Load a few flights."""
    return [sys.executable, str(LOADER), "--url", url, "--parquet", str(PARQUET), "--rows", str(rows)]


def test_flights_are_loaded_once(database: str) -> None:
    # The first is killed while it writes a million rows: nothing half is left, and the other does all.
    with subprocess.Popen(command(database, rows=1_000_000), stderr=subprocess.PIPE, text=True) as killed:
        assert killed.stderr is not None
        assert "flights read" in killed.stderr.readline()
        killed.kill()
    first = subprocess.run(command(database), check=True, capture_output=True, text=True)
    assert "5,000 flights loaded" in first.stderr
    count = "select count(*), min(flight_id), max(flight_id), min(departed_at)::text, max(delay) > 15 from flights"
    assert execute(database, count) == [(5000, 1, 5000, "2001-01-01 00:01:00", True)]
    indexes = execute(database, "select indexdef from pg_indexes where tablename = 'flights' order by 1")
    assert len(indexes) == 2
    second = subprocess.run(command(database), check=True, capture_output=True, text=True)
    assert second.stderr == ""


def test_another_table_of_that_name_stays(database: str) -> None:
    execute(database, "create table flights (n integer)")
    refused = subprocess.run(command(database), check=False, capture_output=True, text=True)
    assert refused.returncode == 1
    assert "rename or drop it" in refused.stderr
    assert execute(database, "select count(*) from flights") == [(0,)]
