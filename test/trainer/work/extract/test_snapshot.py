"""What an extract leaves in the store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import adbc_driver_postgresql.dbapi
import pyarrow as pa
import pytest
from postgres_server import execute
from reign_trainer.errors import TrainerError
from reign_trainer.shapes import Manifest
from reign_trainer.work.extract import warehouse

NUMBERED = """select n as id, timestamp '2001-02-02' + n * interval '1 second' as taken_at,
  n % 7 as outcome, case when n % 3 = 0 then null else 'text ' || n end as feature
  from generate_series(1, 20000) as n"""


def test_the_same_extract_twice_is_stored_once(extracts: Any) -> None:
    plan = extracts.plan(NUMBERED)
    first = extracts.run(plan)
    before = extracts.visible()
    assert extracts.run(plan) == first
    assert extracts.visible() == before
    assert extracts.kinds() == ["rowids", "snapshots"]  # the rows and, apart from them, their ids


def test_two_extracts_at_once_are_one_snapshot(extracts: Any) -> None:
    plan = extracts.plan(NUMBERED)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: extracts.run(plan), range(4)))
    assert all(result == results[0] for result in results)
    assert extracts.kinds() == ["rowids", "snapshots"]


def test_the_hashes_do_not_depend_on_the_size_of_batches(extracts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = extracts.plan(NUMBERED)
    manifests = []
    for size in (1_000, 30_000, 4 << 20):
        monkeypatch.setattr(warehouse, "_BATCH_BYTES", size)
        content_hash = extracts.run(plan).snapshots[0].content_hash
        manifests.append(extracts.store.read_manifest("snapshots", content_hash))
    assert manifests[0] == manifests[1] == manifests[2]


def test_the_manifest_says_what_the_rows_are(extracts: Any) -> None:
    query = """select id, timestamp '2001-02-02' as taken_at, feature, size, at, outcome from (values
      (1, 'a', 1.5, timestamp '2001-01-01', 'yes'), (2, 'b', 'NaN', null, 'no'), (3, 'a', -2, '2001-01-02 03:04:05', 'no'),
      (4, null, null, null, 'maybe'), (5, '', 1e15, null, null)) as t (id, feature, size, at, outcome)"""
    label = {"task": "binary", "label": {"classes": ["no", "yes"], "positive": "yes"}}
    plan = extracts.plan(query, features=["feature", "size", "at"], definition=label)
    result = extracts.run(plan)
    [snapshot] = result.snapshots
    manifest = Manifest.model_validate(extracts.store.read_manifest("snapshots", snapshot.content_hash))
    assert (snapshot.rows, manifest.rows) == (5, 5)
    assert snapshot.query_hash == plan.query_hash
    assert manifest.events is not None
    assert (manifest.events.first, manifest.events.last) == ("2001-02-02T00:00:00Z", "2001-02-02T00:00:00Z")
    assert manifest.columns == plan.columns
    assert [(s.name, s.nulls, s.min, s.max, s.distinct) for s in manifest.statistics] == [
        ("feature", 1, None, None, 3),
        ("size", 1, "-2", "1000000000000000", 4),
        ("at", 3, "2001-01-01T00:00:00", "2001-01-02T03:04:05", 2),
        ("outcome", 1, None, None, 3),
    ]
    assert [(count.class_, count.rows) for count in manifest.classes or []] == [("no", 2), ("yes", 1)]
    assert (manifest.unknown_class_rows, manifest.unlabelled_rows) == (1, 1)


def test_a_manifest_says_nothing_of_the_extract_that_came_first(extracts: Any) -> None:
    query = "select 1 as id, timestamp '2001-02-02' as taken_at, 1 as outcome, 2 as feature"
    first = extracts.plan(query)
    wider = first.window.model_copy(update={"from_": "2000-01-01T00:00:00Z"})
    second = extracts.plan(f"{query} -- again").model_copy(update={"window": wider})
    snapshots = [extracts.run(plan).snapshots[0].content_hash for plan in (first, second)]
    assert snapshots[0] == snapshots[1]
    manifest = extracts.store.read_manifest("snapshots", snapshots[0])
    assert not {"window", "queryHash"} & manifest.keys()


@pytest.mark.parametrize(
    ("outcome", "classes", "counts"),
    [("n % 3", [0, 1], [6, 7]), ("n % 3 = 0", [False, True], [14, 6]), ("n % 3 = 0", [0, 1], [14, 6])],
)
def test_classes_are_counted_whatever_they_are(extracts: Any, outcome: str, classes: Any, counts: list[int]) -> None:
    query = f"select n as id, timestamp '2001-02-02' as taken_at, 1 as feature, {outcome} as outcome from generate_series(1, 20) n"
    plan = extracts.plan(query, definition={"task": "binary", "label": {"classes": classes}})
    manifest = extracts.store.read_manifest("snapshots", extracts.run(plan).snapshots[0].content_hash)
    assert [count["rows"] for count in manifest["classes"]] == counts
    assert manifest["unknownClassRows"] == 20 - sum(counts)


def test_other_classes_over_the_same_values_are_another_snapshot(extracts: Any) -> None:
    query = "select n as id, timestamp '2001-02-02' as taken_at, 1 as feature, n % 3 as outcome from generate_series(1, 20) n"
    hashes = set()
    for classes in ([0, 1], [0, 1, 2]):
        definition = {"task": "multiclass", "label": {"classes": classes}}
        hashes.add(extracts.run(extracts.plan(query, definition=definition)).snapshots[0].content_hash)
    assert len(hashes) == 2


def test_many_different_values_are_not_counted(extracts: Any) -> None:
    [snapshot] = extracts.run(extracts.plan(NUMBERED)).snapshots
    statistics = extracts.store.read_manifest("snapshots", snapshot.content_hash)["statistics"]
    assert [(one["name"], one["nulls"], one["distinct"]) for one in statistics] == [
        ("feature", 6666, None),
        ("outcome", 0, 7),
    ]


def test_no_rows_are_a_snapshot_too(extracts: Any) -> None:
    table = extracts.rows(extracts.plan(f"select * from ({NUMBERED}) as t where id < 0"))
    assert table.num_rows == 0
    assert table.schema.field("feature").type == pa.string()


def test_all_queries_see_the_same_moment(extracts: Any) -> None:
    execute(extracts.url, "create table events (id integer, taken_at timestamp, outcome integer, feature integer)")
    execute(extracts.url, "insert into events select n, '2001-02-02', 1, 1 from generate_series(1, 10) n")
    # The first query waits until a row has arrived.
    slow = extracts.plan("select events.*, pg_advisory_lock_shared(7)::text as waited from events")
    quick = extracts.plan("select * from events")
    with (
        adbc_driver_postgresql.dbapi.connect(extracts.url, autocommit=True) as holder,
        holder.cursor() as lock,
        ThreadPoolExecutor(1) as pool,
    ):
        lock.execute("select pg_advisory_lock(7)::text").fetchall()
        running = pool.submit(extracts.run, slow, quick)
        # A query that waits has begun: what it sees is settled.
        while not execute(extracts.url, "select 1 from pg_locks where locktype = 'advisory' and not granted"):
            assert not running.done()
        execute(extracts.url, "insert into events values (11, '2001-02-02', 1, 1)")
        lock.execute("select pg_advisory_unlock(7)").fetchall()
        assert [snapshot.rows for snapshot in running.result().snapshots] == [10, 10]


def test_the_query_sees_the_bounds_and_a_session_in_utc(extracts: Any) -> None:
    query = """select 1 as id, timestamp '2001-02-02' as taken_at, 1 as outcome,
      current_setting('reign.as_of') || ' ' || current_setting('reign.from') || ' ' || current_setting('reign.to')
      || ' ' || current_setting('TimeZone') || ' ' || current_setting('transaction_isolation')
      || ' ' || current_setting('transaction_read_only') as feature"""
    [said] = extracts.rows(extracts.plan(query))["feature"].to_pylist()
    assert said == "2001-03-02T00:00:00Z 2001-02-01T00:00:00Z 2001-03-01T00:00:00Z UTC repeatable read on"


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (["1", "2", "2", "3"], "The row id of 1 row of 4 is a duplicate; the first duplicate is row 3"),
        (["'b'", "'a'", "'a'", "'a'"], "The row id of 2 rows of 4 is a duplicate; the first duplicate is row 2"),
        (["1", "null", "null"], "The row id is NULL in 2 rows of 3"),
    ],
)
def test_a_row_id_twice_or_null_is_refused_without_naming_it(extracts: Any, ids: list[str], message: str) -> None:
    values = ", ".join(f"({row_id})" for row_id in ids)
    query = (
        f"select id, timestamp '2001-02-02' as taken_at, 1 as outcome, 2 as feature from (values {values}) as t (id)"
    )
    with pytest.raises(TrainerError, match=message) as refused:
        extracts.run(extracts.plan(query))
    assert refused.value.code == "RowIdInvalid"
    assert extracts.visible() == []


def test_a_row_id_twice_is_found_across_batches(extracts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warehouse, "_BATCH_BYTES", 1)
    query = "select n / 2 as id, timestamp '2001-02-02' as taken_at, 1 as outcome, 2 as feature from generate_series(0, 9) n"
    with pytest.raises(TrainerError, match="The row id of 5 rows of 10"):
        extracts.run(extracts.plan(query))


def test_duplicate_versions_are_refused(extracts: Any) -> None:
    query = """select id, taken_at::timestamp, known_at::timestamp, 1 as outcome, 2 as feature from (values
      (1, '2001-02-02', '2001-02-03'), (1, '2001-01-02', '2001-02-03')) as t (id, taken_at, known_at)"""
    with pytest.raises(TrainerError) as refused:
        extracts.run(extracts.plan(query, knownAt="known_at"))
    assert refused.value.code == "RowIdInvalid"
