"""Judged rows that a contender was fitted on are counted, also where its snapshot is gone."""

from __future__ import annotations

from typing import Any

import pytest
from judged_pair import COUNT, GOOD, IDS, LABELS, pair
from reign_trainer.evidence import evaluate
from stored_files import file_in


def test_judged_rows_that_were_trained_on_are_counted_for_each(bench: Any) -> None:
    request = pair(bench)
    request.challenger.train_snapshot = bench.snapshot([*range(50), *IDS[:7]])
    request.champion.train_snapshot = bench.snapshot([*IDS[:2], 7000])
    request.chose_champion = [bench.snapshot(IDS[:1])]
    found = bench.evidence(request)
    assert found.champion is not None
    assert (found.challenger.fitted_on_judged_rows, found.champion.fitted_on_judged_rows) == (6, 1)


def test_features_may_be_deleted_and_the_evidence_stays_the_same(bench: Any) -> None:
    request = pair(bench)
    request.champion.train_snapshot = bench.snapshot([*IDS[:2], 7000])
    request.chose_champion = [bench.snapshot(IDS[:1])]
    before = evaluate(request, bench.store).evidence
    bench.store.objects.delete("snapshots")
    assert evaluate(request, bench.store).evidence == before
    assert bench.evidence(request).champion.fitted_on_judged_rows == 1
    assert bench.evidence(request).rows.chose_champion == 1


def test_deleted_snapshots_without_row_ids_could_not_be_checked_and_the_evidence_says_so(bench: Any) -> None:
    request = pair(bench)
    request.champion.train_snapshot = bench.snapshot([*IDS[:2], 7000])
    request.chose_champion = [bench.snapshot(IDS[:1])]
    request.champion.train_window = request.window
    gone = [request.champion.train_snapshot, *request.chose_champion]
    for snapshot in gone:
        bench.store.objects.delete(f"snapshots/{snapshot}")
    found = bench.evidence(request)
    assert found.row_ids_gone == gone
    assert found.champion is not None
    assert (found.challenger.fitted_on_judged_rows, found.champion.fitted_on_judged_rows) == (0, None)
    assert found.rows.chose_champion == 0
    assert found.metrics != {}


def test_damaged_row_ids_are_written_again_from_the_snapshot(bench: Any) -> None:
    request = pair(bench)
    request.champion.train_snapshot = bench.snapshot([*IDS[:2], 7000])
    before = evaluate(request, bench.store).evidence
    rows = file_in(bench.store, f"rowids/{request.champion.train_snapshot}", "rows.parquet")
    bench.store.objects.put(rows, b"damaged")
    assert evaluate(request, bench.store).evidence == before
    bench.store.objects.delete("snapshots")
    assert evaluate(request, bench.store).evidence == before


@pytest.mark.parametrize("evidence_format", [2, 3])
def test_the_period_of_a_deleted_snapshot_is_known_as_well(bench: Any, evidence_format: int) -> None:
    window = {"from": "2001-02-19T00:00:00Z", "to": "2001-02-22T00:00:00Z"}
    request = pair(bench, evidenceFormat=evidence_format)
    request.champion.train_snapshot = bench.snapshot(["a", "b"], window)
    before = bench.evidence(request).champion.fitted_on_judged_rows
    bench.store.objects.delete("snapshots")
    assert bench.evidence(request).champion.fitted_on_judged_rows == before > 0


def test_training_rows_whose_ids_became_texts_count_by_their_time(bench: Any) -> None:
    request = pair(bench)
    window = {"from": "2001-02-19T00:00:00Z", "to": "2001-02-22T00:00:00Z"}
    request.challenger.train_snapshot = bench.snapshot([str(one) for one in IDS[:30]], window)
    assert bench.evidence(request).challenger.fitted_on_judged_rows == 30


def test_the_training_window_is_the_cycles_own_whatever_the_store_held_before(bench: Any) -> None:
    earlier = {"from": "2000-02-01T00:00:00Z", "to": "2000-03-01T00:00:00Z"}
    old = bench.snapshot(list(range(50)), earlier)
    own = {"from": "2001-01-22T00:00:00Z", "to": "2001-02-19T00:00:00Z"}
    asked = bench.contender("c2", bench.predictions(IDS, LABELS, GOOD), old, trainWindow=own)
    found = bench.evidence(bench.request(asked, None, evidenceFormat=3))
    assert found.challenger.train_window.model_dump(by_alias=True) == own
    # As the first release asked: its evidence comes out as it was stored.
    del asked["trainWindow"]
    assert bench.evidence(bench.request(asked, None)).challenger.train_window.model_dump(by_alias=True) == earlier


def test_a_training_period_is_that_of_its_rows(bench: Any) -> None:
    wide = {"from": "1999-01-01T00:00:00Z", "to": "2030-01-01T00:00:00Z"}
    # Ten rows a day: these are of the first five days. Their ids have become texts since.
    texts = bench.snapshot([str(at) for at in range(50)], wide)
    asked = bench.contender("c2", bench.predictions(IDS, LABELS, GOOD), texts, trainWindow=wide)
    assert bench.evidence(bench.request(asked, None, evidenceFormat=3)).challenger.fitted_on_judged_rows == 50
    assert bench.evidence(bench.request(asked, None)).challenger.fitted_on_judged_rows == COUNT
