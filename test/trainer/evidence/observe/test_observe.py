"""What is seen in two windows, from the snapshots to the stored document."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from conftest import Eyes, shift
from default_gate import default_gate
from reign_trainer.children import run_child, start_forkserver
from reign_trainer.evidence.observe import score_shift
from reign_trainer.settings import Settings
from reign_trainer.shapes import ColumnShift, Gate, Observations, ObserveResult
from reign_trainer.store import Store


def two(random: np.random.Generator, rows: int = 2000, **columns: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Labels at random; of each column what a function of the number of rows and the window gives."""
    made = []
    for holdout in (False, True):
        of_window = {name: column(rows, holdout) for name, column in columns.items()}
        made.append({"late": (random.random(rows) < 0.3).astype(float), **of_window})
    return made[0], made[1]


def only(seen: Observations, column: str) -> ColumnShift:
    (found,) = [one for one in seen.columns if one.column == column]
    return found


def texts(values: Any) -> pa.Array:
    return pa.array(values, type=pa.string())


def times(values: Any) -> pa.Array:
    return pa.array(np.asarray(values, dtype="M8[us]"))


def test_a_shifted_column_alarms_and_the_others_do_not(eyes: Eyes, random: np.random.Generator) -> None:
    windows = two(
        random,
        moved=lambda rows, holdout: random.normal(float(holdout), 1, rows),
        same=lambda rows, _: random.normal(0, 1, rows),
        places=lambda rows, holdout: texts(random.choice(["a", "b", "c"], rows, p=[0.1, 0.1, 0.8] if holdout else [0.5, 0.3, 0.2])),
        gone=lambda rows, holdout: np.where(random.random(rows) < (0.5 if holdout else 0.05), np.nan, 1.0),
    )  # fmt: skip
    past = eyes.past(**{name: [0.01, 0.02, 0.03] for name in ["moved", "same", "places", "gone"]})
    seen = eyes.see(*windows, past=past)
    assert [one.column for one in seen.columns if one.alarm] == ["moved", "places", "gone"]
    assert (seen.sampled_rows, seen.flipped_labels, seen.leaks) == (2000, None, [])
    assert seen.domain_auc is not None and seen.domain_auc > 0.8


def test_what_is_always_so_is_no_alarm(eyes: Eyes, random: np.random.Generator) -> None:
    windows = two(random, number=lambda rows, holdout: np.arange(rows) + 5000.0 * holdout)
    usual = eyes.past(number=[30.0, 31.0, 29.0, 32.0])
    assert not only(eyes.see(*windows, past=usual), "number").alarm
    unusual = eyes.past(number=[0.4, 0.3, 0.2, 0.1])
    found = only(eyes.see(*windows, past=unusual), "number")
    assert found.alarm
    assert found.reference.model_dump() == {"holdouts": 4, "psi": 0.4, "ks": 0.4, "auc": 0.4}


def test_a_small_size_is_no_alarm_however_unusual(eyes: Eyes, random: np.random.Generator) -> None:
    windows = two(random, amount=lambda rows, holdout: random.normal(0.1 * holdout, 1, rows))
    past = eyes.past(amount=[0.0, 0.0, 0.0])
    assert not only(eyes.see(*windows, past=past), "amount").alarm
    strict = eyes.see(*windows, past=past, gate={"shift": {"psi": 0.2, "ks": 0.02, "auc": 0.6}})
    assert only(strict, "amount").alarm


@pytest.mark.parametrize(("known", "alarm"), [(0, False), (2, False), (3, True), (8, True)])
def test_without_three_holdouts_before_nothing_alarms(
    eyes: Eyes, random: np.random.Generator, known: int, alarm: bool
) -> None:
    windows = two(random, moved=lambda rows, holdout: random.normal(float(holdout), 1, rows))
    found = only(eyes.see(*windows, past=eyes.past(moved=[0.01] * known)), "moved")
    assert (found.alarm, found.reference.holdouts) == (alarm, known)


def test_a_holdout_is_no_reference_for_itself(eyes: Eyes, random: np.random.Generator) -> None:
    windows = two(random, moved=lambda rows, holdout: random.normal(float(holdout), 1, rows))
    first = eyes.store.write_document("observations", eyes.bytes_of(*windows))
    past = eyes.past(moved=[0.01, 0.02, 0.03])
    found = only(eyes.see(*windows, past=[first, *past, past[0]]), "moved")
    assert (found.reference.holdouts, found.alarm) == (3, True)


def test_the_event_time_is_compared_by_the_clock(eyes: Eyes, random: np.random.Generator) -> None:
    windows = two(random, size=lambda rows, _: np.ones(rows))
    past = eyes.past(at=[0.01, 0.02, 0.03])
    found = only(eyes.see(*windows, past=past, features=["at", "size"]), "at")
    assert (found.ks, found.alarm) == (None, False)
    assert found.psi is not None and found.psi < 0.02
    # The same column under another name is known by its values; at other hours of the day it alarms.
    train, holdout = windows
    copies = ({**train, "copy": eyes_times(eyes, train, False)}, {**holdout, "copy": eyes_times(eyes, holdout, True)})
    copy = only(eyes.see(*copies, past=past, features=["copy"]), "copy")
    assert (copy.psi, copy.ks) == (found.psi, None)


def eyes_times(eyes: Eyes, columns: dict[str, Any], holdout: bool) -> pa.Array:
    rows = eyes.store.read_rows("snapshots", eyes.window(columns, holdout=holdout), ["at"])
    return rows.column("at").combine_chunks()


def test_rows_that_come_at_other_hours_are_seen(eyes: Eyes, random: np.random.Generator) -> None:
    def at(rows: int, holdout: bool) -> pa.Array:
        days = (np.datetime64("2001-01-01", "us") + 28 * 86_400_000_000 * holdout) + np.arange(
            rows
        ) % 14 * 86_400_000_000
        return times(days + random.integers(0, 6 if holdout else 24, rows) * 3_600_000_000)

    windows = two(random, at=at)
    found = only(eyes.see(*windows, features=["at"], past=eyes.past(at=[0.01, 0.01, 0.01])), "at")
    assert found.alarm
    assert found.psi is not None and found.psi > 1


def test_another_time_is_compared_by_its_distance(eyes: Eyes, random: np.random.Generator) -> None:
    train, holdout = two(random, x=lambda rows, _: np.ones(rows))
    week = 7 * 86_400_000_000
    for columns, is_holdout in ((train, False), (holdout, True)):
        at = eyes_times(eyes, columns, is_holdout).to_numpy()
        ages = random.integers(20, 60, len(at)) * 52
        columns["born"] = times(at - ages * week)
        columns["younger"] = times(at - (ages - 52 * 12 * is_holdout) * week)
        columns["never"] = times(np.full(len(at), np.datetime64("NaT")))
    past = eyes.past(**{name: [0.01, 0.05, 0.02] for name in ["born", "younger", "never"]})
    seen = eyes.see(train, holdout, past=past)
    assert [one.column for one in seen.columns if one.alarm] == ["younger"]
    born = only(seen, "born")
    assert born.ks is not None and born.ks < 0.06
    never = only(seen, "never")
    assert (never.psi, never.ks, never.auc) == (0, 0, 0.5)


def test_new_and_vanished_categories_are_counted_over_all_rows(eyes: Eyes, random: np.random.Generator) -> None:
    rows = 60_000
    train, holdout = two(random, rows, x=lambda rows, _: np.ones(rows))
    # `rare` is in one row of each: no sample decides whether it is new.
    train["place"] = texts([*["old"] * 599, *["both"] * (rows - 600), "rare"])
    holdout["place"] = texts([*["new"] * 1199, *["newer"] * 300, *[None] * 300, *["both"] * (rows - 1800), "rare"])
    seen = eyes.see(train, holdout)
    found = only(seen, "place")
    assert (found.new_categories, found.new_category_share) == (3, 0.029983)
    assert (found.vanished_categories, found.vanished_category_share) == (1, 0.009983)
    assert seen.sampled_rows == 50_000
    assert only(seen, "x").new_categories is None


def test_columns_that_say_nothing_make_no_noise(eyes: Eyes, random: np.random.Generator) -> None:
    windows = two(
        random,
        constant=lambda rows, _: np.ones(rows),
        nothing=lambda rows, _: np.full(rows, np.nan),
        empty=lambda rows, _: texts([None] * rows),
        one=lambda rows, _: texts(["a"] * rows),
    )
    past = eyes.past(**{name: [0.0, 0.0, 0.0] for name in ["constant", "nothing", "empty", "one"]})
    seen = eyes.see(*windows, past=past)
    assert all((one.psi, one.auc, one.alarm) == (0, 0.5, False) for one in seen.columns)
    assert (seen.domain_auc, seen.leaks) == (None, [])


@pytest.mark.parametrize("rows", [(0, 100), (100, 0), (0, 0), (1, 1)])
def test_few_or_no_rows_are_no_error(eyes: Eyes, rows: tuple[int, int]) -> None:
    windows = [{"late": np.zeros(count), "x": np.ones(count), "place": texts(["a"] * count)} for count in rows]
    seen = eyes.see(windows[0], windows[1], features=["x", "place", "at"])
    assert seen.domain_auc is None
    assert all(one.psi is None for one in seen.columns) == (0 in rows)


def test_columns_that_no_longer_go_together(eyes: Eyes, random: np.random.Generator) -> None:
    def pair(rows: int, holdout: bool) -> tuple[np.ndarray, np.ndarray]:
        first = random.normal(size=rows)
        return first, (random.normal(size=rows) if holdout else first)

    train, holdout = two(random, 4000, x=lambda rows, _: np.ones(rows))
    train["first"], train["second"] = pair(4000, False)
    holdout["first"], holdout["second"] = pair(4000, True)
    seen = eyes.see(train, holdout)
    assert all(one.auc is not None and one.auc < 0.55 for one in seen.columns)
    assert seen.domain_auc is not None and seen.domain_auc > 0.8


def test_the_same_request_gives_the_same_bytes(eyes: Eyes, random: np.random.Generator) -> None:
    windows = two(
        random,
        60_000,
        amount=lambda rows, _: random.normal(size=rows),
        place=lambda rows, _: texts(random.choice(["a", "b", None], rows)),
    )
    first = eyes.bytes_of(*windows, features=["at", "amount", "place"])
    assert first == eyes.bytes_of(*windows, features=["at", "amount", "place"])
    other = ({**windows[0], "amount": windows[0]["amount"] + 1e-9}, windows[1])
    assert first != eyes.bytes_of(*other, features=["at", "amount", "place"]), "the sample does not follow the rows"


def test_a_hundred_features_fit_into_sixty_kilobytes(eyes: Eyes, random: np.random.Generator) -> None:
    columns = {f"{'a' * 40}_{at:02d}": (lambda rows, _: texts(random.choice(["a", "b"], rows))) for at in range(100)}
    windows = two(random, 300, **columns)
    past = eyes.past(**{name: [0.123456] * 8 for name in columns})
    assert len(eyes.bytes_of(*windows, past=past)) < 60_000


def test_it_runs_as_work_of_a_child(eyes: Eyes, store: Store, random: np.random.Generator) -> None:
    windows = two(random, 500, amount=lambda rows, _: random.normal(size=rows))
    settings = Settings(store=store.place, tracking_uri="http://127.0.0.1:9")
    start_forkserver(settings)
    told = asyncio.run(
        run_child("reign_trainer.work.own:observe", eyes.request(*windows), settings, answer=ObserveResult)
    )
    assert isinstance(told, ObserveResult)
    assert store.read_document("observations", told.observations) == eyes.bytes_of(*windows)


GATE = Gate.model_validate(default_gate())


def test_scores_are_held_against_the_last_holdout(random: np.random.Generator) -> None:
    last, same, moved = (random.beta(2, 5 + add, 3000) for add in (0, 0, -3))
    past = [shift("score", size) for size in (0.02, 0.03, 0.01)]
    kept, changed = (score_shift(current, last, past, GATE) for current in (same, moved))
    assert (kept.column, kept.alarm, changed.alarm) == ("score", False, True)
    assert kept == score_shift(same, last, past, GATE)
    assert changed.reference.holdouts == 3
    assert not score_shift(moved, last, past[:2], GATE).alarm


def test_scores_of_classes_and_scores_that_cannot_be_compared(random: np.random.Generator) -> None:
    last = random.dirichlet([1, 2, 3], 2000)
    now = last[::-1].copy()
    now[:, 2] = now[:, 2] ** 2
    of_class = [score_shift(now[:, at], last[:, at], [], GATE).ks or 0 for at in range(3)]
    assert score_shift(now, last, [], GATE).ks == max(of_class) > 0.1
    for current in (np.zeros(0), random.random((10, 2))):
        found = score_shift(current, last, [], GATE)
        assert (found.psi, found.ks, found.auc, found.alarm) == (None, None, None, False)
