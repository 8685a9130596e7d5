"""Which rows of the two holdouts are judged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from judged_pair import COUNT, GOOD, IDS, LABELS, POOR, pair
from reign_trainer.evidence.rows.row_hash import row_hash
from sklearn.metrics import roc_auc_score


def test_different_holdouts_are_joined_by_row_id_and_differing_labels_counted(bench: Any) -> None:
    request = pair(bench)
    theirs = [*IDS[20:], 9000, 9001]
    labels = np.append(LABELS[20:], [0, 1])
    labels[[0, 1, 2]] = 1 - labels[[0, 1, 2]]
    scores = np.append(POOR[20:], [0.5, 0.5])
    request.champion.predictions = bench.predictions(theirs, labels, scores)
    found = bench.evidence(request)
    assert (found.rows.holdout, found.rows.in_both, found.rows.judged) == (COUNT, COUNT - 20, COUNT - 20)
    assert found.rows.holdout_of_champion == COUNT - 18
    assert found.rows.labels_differ == 3
    assert found.metrics["roc_auc"].challenger == pytest.approx(roc_auc_score(LABELS[20:], GOOD[20:]))
    assert found.metrics["roc_auc"].champion == pytest.approx(roc_auc_score(LABELS[20:], POOR[20:]))


def test_scores_that_are_none_are_counted_for_each(bench: Any) -> None:
    request = pair(bench)
    request.champion.predictions = bench.predictions(IDS, LABELS, np.where(np.arange(COUNT) < 2, [np.nan], POOR))
    request.challenger.predictions = bench.predictions(IDS, LABELS, np.where(np.arange(COUNT) == 5, 1.5, GOOD))
    found = bench.evidence(request)
    assert (found.challenger.broken_scores, found.champion.broken_scores) == (1, 2)
    assert found.unmeasured is not None


def test_a_join_survives_another_order(bench: Any) -> None:
    request = pair(bench)
    expected = bench.evidence(request).metrics
    order = np.random.default_rng(1).permutation(COUNT)
    request.champion.predictions = bench.predictions(np.array(IDS)[order].tolist(), LABELS[order], POOR[order])
    assert bench.evidence(request).metrics == expected


def test_unlabelled_rows_and_rows_that_chose_the_champion_are_left_out(bench: Any) -> None:
    request = pair(bench)
    labels = [None if at < 5 else label for at, label in enumerate(LABELS)]
    request.challenger.predictions = bench.predictions(IDS, labels, GOOD)
    request.champion.predictions = bench.predictions(IDS, labels, POOR)
    request.chose_champion = [bench.snapshot(IDS[:40]), bench.snapshot([*IDS[30:60], 5])]
    found = bench.evidence(request)
    assert found.rows.unlabelled == 5
    assert found.rows.chose_champion == 55
    assert found.rows.judged == COUNT - 60
    assert found.clusters.count == 8
    assert found.row_hash == row_hash(pa.array(IDS[60:]))


def test_where_every_row_chose_the_champion_nothing_is_measured_and_said_so(bench: Any) -> None:
    request = pair(bench)
    request.chose_champion = [bench.snapshot(IDS)]
    found = bench.evidence(request)
    assert found.metrics == {}
    assert found.unmeasured is not None
    assert "took part in choosing the champion" in found.unmeasured
    assert found.clusters.model_dump(by_alias=False) == {"by": "day", "count": 0, "largest_share": 0.0}
    assert found.rows.judged == 0


def test_a_row_id_of_another_type_leaves_out_the_whole_period(bench: Any) -> None:
    request = pair(bench)
    window = {"from": "2001-02-19T00:00:00Z", "to": "2001-02-22T00:00:00Z"}
    request.chose_champion = [bench.snapshot(["a", "b"], window)]
    assert bench.evidence(request).rows.chose_champion == 30


def test_one_class_only_is_said_and_not_raised(bench: Any) -> None:
    request = pair(bench)
    request.challenger.predictions = bench.predictions(IDS, np.zeros(COUNT), GOOD)
    request.champion = None
    found = bench.evidence(request)
    assert found.metrics == {}
    assert found.unmeasured is not None
    assert "one class only" in found.unmeasured


def test_no_common_row_is_said(bench: Any) -> None:
    request = pair(bench)
    request.champion.predictions = bench.predictions([str(one) for one in IDS], LABELS, POOR)
    found = bench.evidence(request)
    assert found.rows.in_both == 0
    assert found.unmeasured is not None
    assert "nothing in common" in found.unmeasured


def test_one_day_gives_no_interval(bench: Any) -> None:
    request = pair(bench)
    request.challenger.predictions = bench.predictions(IDS, LABELS, GOOD, rows_a_day=1000)
    request.champion = None
    lead = bench.evidence(request).metrics["roc_auc"].lead
    assert (lead.low, lead.standard_error) == (None, None)


def test_text_ids_are_joined_and_excluded_as_well(bench: Any) -> None:
    ids = [f"é{one}" for one in IDS]
    request = pair(bench)
    request.challenger.train_snapshot = request.champion.train_snapshot = bench.snapshot([ids[-1]])
    request.challenger.predictions = bench.predictions(ids, LABELS, GOOD)
    request.champion.predictions = bench.predictions(ids[10:], LABELS[10:], POOR[10:])
    request.chose_champion = [bench.snapshot(ids[:40])]
    found = bench.evidence(request)
    assert found.rows.judged == COUNT - 40
    assert found.challenger.fitted_on_judged_rows == 1


def test_rows_without_weight_are_no_evidence(bench: Any) -> None:
    weights = np.where(np.arange(COUNT) < COUNT - 30, 0.0, 1.0)
    request = pair(bench, source={"weight": "exposure"})
    request.challenger.predictions = bench.predictions(IDS, LABELS, GOOD, weight=weights)
    found = bench.evidence(request)
    assert (found.rows.judged, found.clusters.count) == (30, 3)
    weights = np.where(np.arange(COUNT) < COUNT - 10, 1e-6, 1.0)
    request.challenger.predictions = bench.predictions(IDS, LABELS, GOOD, weight=weights)
    assert bench.evidence(request).clusters.largest_share > 0.99


def test_row_hashes_are_told_apart_by_type_order_and_borders() -> None:
    hashes = [
        row_hash(ids)
        for ids in (
            pa.array([1, 2]),
            pa.array([2, 1]),
            pa.array(["1", "2"]),
            pa.array(["12", ""]),
            pa.array(["", "12"]),
            pa.array([], pa.int64()),
            pa.array([], pa.string()),
        )
    ]
    assert len(set(hashes)) == len(hashes)
    assert row_hash(pa.array([0, 1, 2]).slice(1)) == hashes[0]
    assert row_hash(pa.array(["1", "2"], pa.large_string())) == hashes[2]
