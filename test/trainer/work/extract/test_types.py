"""What Postgres holds is what a snapshot holds, by the one table of types."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from postgres_server import execute
from reign_trainer.errors import TrainerError
from reign_trainer.frame import features_frame
from reign_trainer.shapes import Column

TYPES = {
    "a_smallint": ("smallint", "float64"),
    "an_integer": ("integer", "float64"),
    "a_bigint": ("bigint", "float64"),
    "a_real": ("real", "float64"),
    "a_double": ("double precision", "float64"),
    "a_numeric": ("numeric", "float64"),
    "a_boolean": ("boolean", "float64"),
    "a_text": ("text", "str"),
    "a_varchar": ("varchar(9)", "str"),
    "a_char": ("char(5)", "str"),
    "an_enum": ("colour", "str"),
    "a_uuid": ("uuid", "str"),
    "a_name": ("name", "str"),
    "a_domain": ("positive", "float64"),
    "a_timestamptz": ("timestamptz", "datetime64[us]"),
    "a_timestamp": ("timestamp", "datetime64[us]"),
    "a_date": ("date", "datetime64[us]"),
}

# As SQL, and as it is in the snapshot.
ROWS: list[dict[str, tuple[str, Any]]] = [
    {
        "a_smallint": ("-32768", -32768.0),
        "an_integer": ("2147483647", 2147483647.0),
        "a_bigint": ("9007199254740992", 2.0**53),
        "a_real": ("0.1", struct.unpack("f", struct.pack("f", 0.1))[0]),
        "a_double": ("'Infinity'", math.inf),
        "a_numeric": ("9007199254740992", 2.0**53),
        "a_boolean": ("true", 1.0),
        "a_text": ("''", ""),
        "a_varchar": ("'007'", "007"),
        "a_char": ("'ab'", "ab"),
        "an_enum": ("'red'", "red"),
        "a_uuid": ("'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        "a_name": ("'name'", "name"),
        "a_domain": ("5", 5.0),
        "a_timestamptz": ("'2001-02-03 04:05:06.789012+02'", datetime(2001, 2, 3, 2, 5, 6, 789012)),
        "a_timestamp": ("'9999-12-31 23:59:59.999999'", datetime(9999, 12, 31, 23, 59, 59, 999999)),
        "a_date": ("'9999-12-31'", datetime(9999, 12, 31)),
    },
    {
        "a_smallint": ("0", 0.0),
        "an_integer": ("-2147483648", -2147483648.0),
        "a_bigint": ("-9007199254740992", -(2.0**53)),
        "a_real": ("'NaN'", math.nan),
        "a_double": ("'-Infinity'", -math.inf),
        "a_numeric": ("'NaN'", math.nan),
        "a_boolean": ("false", 0.0),
        "a_text": ("E'NULL\\n\"a\",''b''\\\\N\\t'", "NULL\n\"a\",'b'\\N\t"),
        "a_varchar": ("'a  '", "a  "),
        "a_char": ("''", ""),
        "an_enum": ("'a b'", "a b"),
        "a_uuid": ("'00000000-0000-0000-0000-000000000000'", "00000000-0000-0000-0000-000000000000"),
        "a_name": ("''", ""),
        "a_domain": ("7", 7.0),
        "a_timestamptz": ("'0001-01-01 00:00:00+00'", datetime(1, 1, 1)),
        "a_timestamp": ("'1969-12-31 23:59:59.999999'", datetime(1969, 12, 31, 23, 59, 59, 999999)),
        "a_date": ("'0001-01-01'", datetime(1, 1, 1)),
    },
    {
        "a_double": ("'NaN'", math.nan),
        "a_numeric": ("0.1", 0.1),
        "a_text": ("'NULL'", "NULL"),
        "a_varchar": ("'ä😀'", "ä😀"),
    },
]


def everything(rows: list[dict[str, tuple[str, Any]]]) -> list[str]:
    """Make a table with a column of every type, and fill it."""
    columns = ", ".join(f"{name} {sql}" for name, (sql, _) in TYPES.items())
    statements = [
        "create type colour as enum ('red', 'a b')",
        "create domain positive as integer check (value > 0)",
        f"create table everything (id integer primary key, taken_at timestamp, outcome integer, {columns})",
    ]
    for number, row in enumerate(rows):
        names = "".join(f", {name}" for name in row)
        values = "".join(f", {sql}" for sql, _ in row.values())
        statements.append(
            f"insert into everything (id, taken_at, outcome{names}) values ({number}, '2001-02-02', 1{values})"
        )
    return statements


def same(found: Any, expected: Any) -> bool:
    """Equal, and of one type; NaN equals NaN."""
    if isinstance(expected, float) and math.isnan(expected):
        return isinstance(found, float) and math.isnan(found)
    return type(found) is type(expected) and bool(found == expected)


def test_every_type_comes_as_the_table_of_types_says(extracts: Any) -> None:
    execute(extracts.url, *everything(ROWS))
    table = extracts.rows(extracts.plan("select * from everything", features=list(TYPES)))
    assert table.num_rows == len(ROWS)
    for number, row in enumerate(ROWS):
        for name in TYPES:
            found = table[name][number].as_py()
            expected = row[name][1] if name in row else None
            assert same(found, expected), (name, number, found)


@pytest.mark.parametrize("rows", [[], [{}], [{}, ROWS[0]], ROWS], ids=["empty", "only NULLs", "some NULLs", "values"])
def test_types_depend_neither_on_values_nor_on_nulls(extracts: Any, rows: list[dict[str, tuple[str, Any]]]) -> None:
    execute(extracts.url, *everything(rows))
    table = extracts.rows(extracts.plan("select * from everything", features=list(TYPES)))
    frame = features_frame(table, None, list(TYPES))  # type: ignore[arg-type]
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        name: dtype for name, (_, dtype) in TYPES.items()
    }


@pytest.mark.parametrize(
    ("expression", "column_type"),
    [
        ("9007199254740993", "bigint"),
        ("-9007199254740993", "bigint"),
        ("9007199254740992.5", "numeric"),
        ("-1e300", "numeric"),
        ("1e400", "numeric"),
        ("'Infinity'", "numeric"),
        ("'infinity'", "timestamp"),
        ("'-infinity'", "timestamptz"),
        ("'infinity'", "date"),
        ("'5874897-12-31'", "date"),
        ("'294276-12-31'", "timestamp"),
        ("'10000-01-01'", "date"),
        ("'10000-01-01'", "timestamp"),
        ("'0001-12-31 BC'", "timestamptz"),
        ("'4713-01-01 BC'", "date"),
    ],
)
def test_a_value_beyond_what_a_snapshot_can_hold_is_refused_by_its_column(
    extracts: Any, expression: str, column_type: str
) -> None:
    values = f"values (1, null::{column_type}), (2, {expression}::{column_type})"
    query = f"select id, timestamp '2001-02-02' as taken_at, 1 as outcome, feature from ({values}) as t (id, feature)"
    with pytest.raises(TrainerError) as refused:
        extracts.run(extracts.plan(query))
    assert refused.value.code == "ValueOutOfRange"
    assert "the column feature" in refused.value.message
    assert expression.strip("'-") not in refused.value.message
    assert extracts.visible() == []


def test_a_row_id_has_no_such_bound(extracts: Any) -> None:
    query = "select 9223372036854775807 as id, timestamp '2001-02-02' as taken_at, 1 as outcome, 2 as feature"
    assert extracts.rows(extracts.plan(query))["reign_row_id"].to_pylist() == [2**63 - 1]


def test_event_times_are_utc_and_a_feature_keeps_its_own_clock(extracts: Any) -> None:
    query = "select 'x' as id, timestamp '2001-02-02 12:00' as taken_at, 1 as outcome"
    table = extracts.rows(extracts.plan(query, features=["taken_at"], timeZone="America/New_York"))
    assert table["reign_event_time"].to_pylist() == [datetime(2001, 2, 2, 17)]
    assert table["taken_at"].to_pylist() == [datetime(2001, 2, 2, 12)]
    assert table["reign_row_id"].to_pylist() == ["x"]


@pytest.mark.parametrize(
    ("zone", "over"),
    [
        ("UTC", datetime(2001, 2, 2, 23, 59, 59, 999999)),
        ("Europe/Berlin", datetime(2001, 2, 2, 22, 59, 59, 999999)),
        ("America/New_York", datetime(2001, 2, 3, 4, 59, 59, 999999)),
    ],
)
def test_what_happened_on_a_date_has_happened_at_the_end_of_that_day(extracts: Any, zone: str, over: datetime) -> None:
    query = "select 1 as id, date '2001-02-02' as taken_at, 1 as outcome"
    table = extracts.rows(extracts.plan(query, features=["taken_at"], timeZone=zone))
    assert table["reign_event_time"].to_pylist() == [over]
    assert table["taken_at"].to_pylist() == [datetime(2001, 2, 2)]


SAFE_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@pytest.fixture
def values_plan(extracts: Any) -> Any:
    """One plan over a table that each example fills anew."""
    execute(
        extracts.url,
        "create table drawn (id text, taken_at timestamp, outcome double precision, words text, moment timestamp)",
    )
    return extracts.plan("select * from drawn", features=["words", "moment"])


def test_whatever_is_drawn_comes_back(extracts: Any, values_plan: Any) -> None:
    rows = st.lists(
        st.tuples(
            SAFE_TEXT,
            st.none() | st.floats(),
            st.none() | SAFE_TEXT,
            st.none() | st.datetimes(),
        ),
        max_size=30,
        unique_by=lambda row: row[0],
    )

    @settings(max_examples=15, deadline=None)
    @given(rows)
    def comes_back(drawn: list[tuple[str, float | None, str | None, datetime | None]]) -> None:
        values = [
            f"({text(key)}, '2001-02-02', {number(outcome)}, {text(words)}, {moment(at)})"
            for key, outcome, words, at in drawn
        ]
        execute(extracts.url, "truncate drawn", *([f"insert into drawn values {', '.join(values)}"] if values else []))
        table = extracts.rows(values_plan)
        expected = sorted(drawn, key=lambda row: row[0].encode("utf-8"))
        assert table["reign_row_id"].to_pylist() == [row[0] for row in expected]
        assert all(map(same, table["outcome"].to_pylist(), [row[1] for row in expected]))
        assert table["words"].to_pylist() == [row[2] for row in expected]
        assert table["moment"].to_pylist() == [row[3] for row in expected]

    comes_back()


def text(value: str | None) -> str:
    """Write a text as SQL."""
    return "null" if value is None else "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def number(value: float | None) -> str:
    """Write a number as SQL."""
    return "null" if value is None else f"'{value!r}'::float8"


def moment(value: datetime | None) -> str:
    """Write a time as SQL."""
    return "null" if value is None else f"'{value.isoformat()}'"


def test_columns_of_the_plan_name_their_types(extracts: Any) -> None:
    execute(extracts.url, *everything([]))
    plan = extracts.plan("select * from everything", features=["a_char", "a_numeric"])
    assert plan.columns[0] == Column(name="a_char", kind="text", source_type="text", postgres_type="character(5)")


@pytest.fixture
def bytes_database(postgres: str) -> Iterator[str]:
    """A database that takes every byte for text."""
    execute(postgres + "postgres", "create database bytes encoding 'SQL_ASCII' locale 'C' template template0")
    yield postgres + "bytes"
    execute(postgres + "postgres", "drop database bytes with (force)")


@pytest.mark.parametrize(
    ("query", "column"),
    [
        (
            "select 1 as id, timestamp '2001-02-02' as taken_at, 1 as outcome, town as feature from towns",
            "the column feature",
        ),
        ("select town as id, timestamp '2001-02-02' as taken_at, 1 as outcome, 1 as feature from towns", "the row id"),
    ],
)
def test_text_that_is_not_utf8_is_refused_with_its_column(
    extracts: Any, bytes_database: str, query: str, column: str
) -> None:
    execute(bytes_database, r"create table towns as select convert_from('Z\374rich'::bytea, 'SQL_ASCII') as town")
    extracts.url = bytes_database
    plan = extracts.plan(query)
    with pytest.raises(TrainerError, match=f"A value of {column} is not valid UTF-8") as failed:
        extracts.run(plan)
    assert failed.value.code == "TextInvalid"
    assert extracts.visible() == []


def test_text_of_a_known_encoding_is_converted_in_the_query(extracts: Any, bytes_database: str) -> None:
    execute(bytes_database, r"create table towns as select convert_from('Z\374rich'::bytea, 'SQL_ASCII') as town")
    extracts.url = bytes_database
    town = "convert_from(convert(convert_to(town, 'SQL_ASCII'), 'LATIN1', 'UTF8'), 'SQL_ASCII')"
    plan = extracts.plan(
        f"select 1 as id, timestamp '2001-02-02' as taken_at, 1 as outcome, {town} as feature from towns"
    )
    assert extracts.rows(plan)["feature"].to_pylist() == ["Zürich"]


def test_a_role_with_another_client_encoding_gives_the_same_text(extracts: Any) -> None:
    role = f"latin_{extracts.url.rpartition('/')[2]}"
    execute(extracts.url, f"create role {role} login", f"alter role {role} set client_encoding = 'LATIN1'")
    plan = extracts.plan("select 1 as id, timestamp '2001-02-02' as taken_at, 1 as outcome, 'Zürich' as feature")
    try:
        result = extracts.run(plan, url=extracts.url.replace("postgres@", f"{role}@"))
        rows = extracts.store.read_rows("snapshots", result.snapshots[0].content_hash)
        assert rows["feature"].to_pylist() == ["Zürich"]
    finally:
        execute(extracts.url, f"drop role {role}")
