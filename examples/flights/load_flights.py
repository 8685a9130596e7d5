"""Loads three million US flights of 2001 into a table ``flights`` of a Postgres.

Usage: python load_flights.py --url postgresql://... --parquet .../vega-datasets/data/flights-3m.parquet

Does nothing when the table is there already. It is one transaction: killed in the middle, it leaves nothing behind.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

import adbc_driver_postgresql.dbapi
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

#: Delays of two hours early and more are mistakes in the data.
NONSENSE_DELAY = -120
#: Marks the table as this loader's own, complete.
MARK = "Reign's example: flights of vega-datasets, format 1"
BATCH_ROWS = 250_000


def main() -> int:
    """Load the flights that the command line asks for."""
    parser = argparse.ArgumentParser(description="Load the example's flights into a Postgres.")
    # A URL holds a password: better in the environment than on a command line that others can read.
    url = os.environ.get("FLIGHTS_URL")
    parser.add_argument("--url", default=url, required=url is None, help="URL of the warehouse; default: $FLIGHTS_URL")
    parser.add_argument("--parquet", required=True, help="flights-3m.parquet of vega-datasets")
    parser.add_argument("--rows", type=int, help="only the first flights, so many")
    arguments = parser.parse_args()
    with adbc_driver_postgresql.dbapi.connect(arguments.url) as connection, connection.cursor() as cursor:
        # Two loaders at once: the second waits and then finds the table.
        cursor.execute("select pg_advisory_xact_lock(hashtext('reign flights'))")
        cursor.fetchall()
        cursor.execute("select to_regclass('flights') is not null, obj_description(to_regclass('flights'), 'pg_class')")
        exists, mark = cursor.fetchone()
        if exists:
            connection.rollback()
            if mark == MARK:
                return 0
            say("The warehouse has a table flights that is not this example's: rename or drop it.")
            return 1
        flights = read_flights(arguments.parquet, arguments.rows)
        load(cursor, flights)
        connection.commit()
    return 0


def read_flights(path: str, rows: int | None) -> pa.Table:
    """Read the flights and number them.

    Returns
    -------
    pyarrow.Table
        flight_id, departed_at, delay, distance, origin, destination. The number follows a total order, so that it
        does not depend on the file's: thousands of flights are exact duplicates of others.
    """
    started = time.monotonic()
    raw = pq.read_table(path)
    table = pa.table(
        {
            "departed_at": raw["date"].cast(pa.timestamp("us")),
            "delay": raw["delay"].cast(pa.int32()),
            "distance": raw["distance"].cast(pa.int32()),
            "origin": raw["origin"].cast(pa.string()),
            "destination": raw["destination"].cast(pa.string()),
        }
    )
    table = table.filter(pc.greater(table["delay"], NONSENSE_DELAY))
    order = ["departed_at", "origin", "destination", "distance", "delay"]
    table = table.take(pc.sort_indices(table, sort_keys=[(name, "ascending") for name in order]))
    if rows is not None:
        table = table.slice(0, rows)
    numbers = pa.array(np.arange(1, table.num_rows + 1, dtype=np.int64))
    say(f"{table.num_rows:,} flights read in {time.monotonic() - started:.1f} s")
    return table.add_column(0, "flight_id", numbers)


def load(cursor: adbc_driver_postgresql.dbapi.Cursor, flights: pa.Table) -> None:
    """Make the table, fill it, index it."""
    started = time.monotonic()
    cursor.execute(
        "create table flights ("
        "flight_id bigint not null, departed_at timestamp not null, delay integer not null, "
        "distance integer not null, origin text not null, destination text not null)"
    )
    for first in range(0, flights.num_rows, BATCH_ROWS):
        cursor.adbc_ingest("flights", flights.slice(first, BATCH_ROWS), mode="append")
        say(f"{min(first + BATCH_ROWS, flights.num_rows):,} of {flights.num_rows:,} flights", same_line=True)
    cursor.execute("alter table flights add primary key (flight_id)")
    cursor.execute("create index flights_departed_at on flights (departed_at)")
    cursor.execute("comment on table flights is '" + MARK.replace("'", "''") + "'")
    cursor.execute("analyze flights")
    say(f"{flights.num_rows:,} flights loaded and indexed in {time.monotonic() - started:.1f} s")


def say(text: str, same_line: bool = False) -> None:
    """Tell on standard error how far it is; lines that are overwritten only on a terminal."""
    if not sys.stderr.isatty():
        if not same_line:
            print(text, file=sys.stderr, flush=True)
        return
    print(f"\r\x1b[K{text}", end="" if same_line else "\n", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
