"""From stored predictions to evidence: which rows are judged, and what is said about them."""

from __future__ import annotations

import json
import shutil
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from reign_trainer.errors import TrainerError
from reign_trainer.evidence import evaluate
from reign_trainer.evidence.observe.observe import observe
from reign_trainer.evidence.rows.row_hash import row_hash
from reign_trainer.shapes import EvaluateRequest, ObserveRequest
from reign_trainer.store import Store
from sklearn.metrics import log_loss, roc_auc_score
from store_folder import folder_of

COUNT = 140
IDS = list(range(100, 100 + COUNT))
RANDOM = np.random.default_rng(9)
LABELS = (RANDOM.random(COUNT) < 0.4).astype(float)
GOOD = np.clip(LABELS * 0.4 + 0.3 + RANDOM.normal(0, 0.15, COUNT), 0.01, 0.99)
POOR = np.clip(LABELS * 0.1 + 0.3 + RANDOM.normal(0, 0.15, COUNT), 0.01, 0.99)


def pair(bench: Any, **changes: Any) -> Any:
    old = bench.snapshot(list(range(50)))
    challenger = bench.contender("c2", bench.predictions(IDS, LABELS, GOOD), old)
    champion = bench.contender("c1", bench.predictions(IDS, LABELS, POOR), old)
    return bench.request(challenger, champion, **changes)


def test_both_are_measured_on_the_same_rows(bench: Any) -> None:
    found = bench.evidence(pair(bench))
    assert found.rows.model_dump(by_alias=False, exclude_none=True) == {
        "holdout": COUNT,
        "holdout_of_champion": COUNT,
        "in_both": COUNT,
        "unlabelled": 0,
        "chose_champion": 0,
        "labels_differ": 0,
        "judged": COUNT,
        "effective": COUNT,
        "by_class": [int(COUNT - LABELS.sum()), int(LABELS.sum())],
    }
    assert set(found.metrics) == {"roc_auc", "pr_auc", "log_loss", "brier", "ks"}
    auc = found.metrics["roc_auc"]
    assert auc.challenger == pytest.approx(roc_auc_score(LABELS, GOOD))
    assert auc.champion == pytest.approx(roc_auc_score(LABELS, POOR))
    assert auc.difference is not None
    assert auc.difference.low is not None
    assert auc.difference.low < auc.difference.estimate
    assert found.metrics["log_loss"].trivial == pytest.approx(log_loss(LABELS, np.full(COUNT, 0.3)))
    assert found.clusters.model_dump(by_alias=False) == {"by": "day", "count": 14, "largest_share": 10 / COUNT}
    assert found.unmeasured is None
    assert found.positive is True
    assert found.row_hash == row_hash(pa.array(IDS))
    assert found.challenger.fitted_on_judged_rows == 0


def test_the_same_inputs_give_the_same_bytes_in_small(bench: Any) -> None:
    first, second = evaluate(pair(bench), bench.store), evaluate(pair(bench), bench.store)
    assert first == second
    content = bench.store.read_document("evidence", first.evidence)
    assert len(content) < 200_000
    assert b"-0.0," not in content
    assert (
        content == json.dumps(json.loads(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )
    assert json.loads(content)["asOf"] == "2001-03-05T00:00:00Z"


def test_equal_predictions_differ_by_zero_without_a_sign(bench: Any) -> None:
    request = pair(bench)
    request.champion.predictions = request.challenger.predictions
    content = bench.store.read_document("evidence", evaluate(request, bench.store).evidence)
    assert b"-0.0," not in content
    assert json.loads(content)["metrics"]["log_loss"]["difference"]["estimate"] == 0


def test_without_a_champion_the_trivial_predictor_is_beaten_or_not(bench: Any) -> None:
    request = pair(bench)
    request.champion = None
    found = bench.evidence(request)
    assert found.champion is None
    assert found.metrics["roc_auc"].difference is None
    assert found.metrics["roc_auc"].lead.estimate > 0.2


def test_a_champion_that_cannot_be_scored_leaves_the_lead_and_its_reason(bench: Any) -> None:
    request = pair(bench)
    request.champion.predictions = None
    request.champion.unscorable = "VersionUnloadable: it wants scikit-learn 1.8"
    found = bench.evidence(request)
    assert found.champion is not None
    assert found.champion.unscorable == "VersionUnloadable: it wants scikit-learn 1.8"
    assert found.metrics["roc_auc"].champion is None
    assert found.metrics["roc_auc"].lead.low is not None


def test_a_challenger_without_predictions_is_an_error(bench: Any) -> None:
    request = pair(bench)
    request.challenger.predictions = None
    with pytest.raises(TrainerError) as caught:
        evaluate(request, bench.store)
    assert caught.value.code == "MeasurementImpossible"


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


def test_what_was_told_before_the_fit_stands_beside_what_was_found(bench: Any) -> None:
    told = {"optimistic": 0.01, "pessimistic": 0.02, "pastCycles": 4}
    assert bench.evidence(pair(bench, forecast=told)).detection.forecast.model_dump(by_alias=True) == told
    assert bench.evidence(pair(bench)).detection.forecast is None


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
    shutil.rmtree(folder_of(bench.store) / "snapshots")
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
        shutil.rmtree(folder_of(bench.store) / "snapshots" / snapshot)
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
    (folder_of(bench.store) / "rowids" / request.champion.train_snapshot / "rows.parquet").write_bytes(b"damaged")
    assert evaluate(request, bench.store).evidence == before
    shutil.rmtree(folder_of(bench.store) / "snapshots")
    assert evaluate(request, bench.store).evidence == before


@pytest.mark.parametrize("evidence_format", [2, 3])
def test_the_period_of_a_deleted_snapshot_is_known_as_well(bench: Any, evidence_format: int) -> None:
    window = {"from": "2001-02-19T00:00:00Z", "to": "2001-02-22T00:00:00Z"}
    request = pair(bench, evidenceFormat=evidence_format)
    request.champion.train_snapshot = bench.snapshot(["a", "b"], window)
    before = bench.evidence(request).champion.fitted_on_judged_rows
    shutil.rmtree(folder_of(bench.store) / "snapshots")
    assert bench.evidence(request).champion.fitted_on_judged_rows == before > 0


def test_the_first_class_may_be_the_positive_one(bench: Any) -> None:
    label = {"classes": ["late", "on time"], "positive": "late"}
    request = pair(bench, label=label, trivial=[0.3, 0.7])
    request.challenger.predictions = bench.predictions(IDS, 1 - LABELS, GOOD)
    request.champion = None
    found = bench.evidence(request)
    assert found.positive == "late"
    assert found.metrics["roc_auc"].challenger == pytest.approx(roc_auc_score(LABELS, GOOD))
    assert found.metrics["log_loss"].trivial == pytest.approx(log_loss(LABELS, np.full(COUNT, 0.3)))


def test_several_classes(bench: Any) -> None:
    labels = np.arange(COUNT) % 3
    scores = np.full((COUNT, 3), 0.2) + np.eye(3)[labels] * 0.4
    label = {"classes": ["a", "b", "c"]}
    request = pair(bench, task="multiclass", label=label, trivial=[0.3, 0.3, 0.4], primary="log_loss")
    request.challenger.predictions = bench.predictions(IDS, labels, scores)
    request.champion.predictions = bench.predictions(IDS, labels, np.full((COUNT, 3), 1 / 3))
    found = bench.evidence(request)
    assert found.positive is None
    assert found.metrics["accuracy"].challenger == 1
    assert found.metrics["log_loss"].challenger == pytest.approx(-np.log(0.6))


def test_a_champion_of_another_task_is_said(bench: Any) -> None:
    label = {"classes": ["a", "b", "c"]}
    request = pair(bench, task="multiclass", label=label, trivial=[0.3, 0.3, 0.4], primary="log_loss")
    request.challenger.predictions = bench.predictions(IDS, np.arange(COUNT) % 3, np.full((COUNT, 3), 1 / 3))
    found = bench.evidence(request)
    assert found.unmeasured is not None
    assert "another task" in found.unmeasured


def test_scores_of_another_task_are_held_against_none(bench: Any) -> None:
    request = pair(bench)
    first = evaluate(request, bench.store).evidence
    request.past = [first]
    assert bench.evidence(request).score_shift is not None
    request.champion.predictions = bench.predictions(IDS, np.arange(COUNT) % 3, np.full((COUNT, 3), 1 / 3))
    found = bench.evidence(request)
    assert (found.score_shift, found.score_reference) == (None, None)
    assert "another task" in str(found.unmeasured)


def test_a_regression(bench: Any) -> None:
    truth = np.linspace(0, 5, COUNT)
    request = pair(bench, task="regression", label=None, trivial=2.5, primary="rmse")
    request.challenger.predictions = bench.predictions(IDS, truth, truth + 0.1)
    request.champion.predictions = bench.predictions(IDS, truth, truth + 0.2)
    found = bench.evidence(request)
    assert found.classes is None
    assert found.metrics["rmse"].difference is not None
    assert found.metrics["rmse"].difference.estimate == pytest.approx(0.1)


def test_weights_count(bench: Any) -> None:
    weights = np.where(np.arange(COUNT) % 2 == 0, 3.0, 1.0)
    request = pair(bench, source={"weight": "exposure"})
    request.challenger.predictions = bench.predictions(IDS, LABELS, GOOD, weight=weights)
    request.champion = None
    found = bench.evidence(request).metrics["roc_auc"].challenger
    assert found == pytest.approx(roc_auc_score(LABELS, GOOD, sample_weight=weights))


@pytest.mark.parametrize(
    ("cluster", "count"), [("none", COUNT), (["branch"], 7), (["branch", "officer"], 7), (["branch", "bridge"], 3)]
)
def test_clusters_come_from_the_definition(bench: Any, cluster: Any, count: int) -> None:
    at = np.arange(COUNT)
    columns = {
        "branch": pa.array([None if one % 7 == 0 else f"b{one % 7}" for one in at]),
        "officer": pa.array(at % 14, pa.float64()),  # two officers a branch
        "bridge": pa.array(at % 3, pa.float64()),  # meets every branch
    }
    request = pair(bench, source={"cluster": cluster})
    request.challenger.predictions = bench.predictions(IDS, LABELS, GOOD, **columns)
    found = bench.evidence(request)
    assert found.clusters.count == count
    assert found.clusters.by == cluster
    difference = found.metrics["roc_auc"].difference
    assert difference is not None
    assert difference.clusters == count


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


def test_one_prediction_changed_changes_the_evidence(bench: Any) -> None:
    request = pair(bench)
    before = evaluate(request, bench.store).evidence
    other = GOOD.copy()
    other[17] = 1 - other[17]
    request.challenger.predictions = bench.predictions(IDS, LABELS, other)
    assert evaluate(request, bench.store).evidence != before


def test_bounds_that_decide_are_at_the_charged_chance_of_error(bench: Any) -> None:
    wide = bench.evidence(pair(bench, charge={"alpha": 0.001, "account": "schedule"})).metrics["roc_auc"].difference
    usual = bench.evidence(pair(bench)).metrics["roc_auc"].difference
    assert wide is not None
    assert usual is not None
    assert usual.deciding_low == pytest.approx(usual.low)
    assert wide.low == usual.low
    assert wide.deciding_low is not None
    assert wide.deciding_low < usual.low
    assert wide.alpha == 0.001


def test_the_anchor_is_measured_on_the_same_rows(bench: Any) -> None:
    request = pair(bench)
    anchor = bench.predictions(IDS, LABELS, np.full(COUNT, 0.5))
    request.anchor = request.champion.model_copy(update={"cycle": "c0", "predictions": anchor})
    found = bench.evidence(request)
    assert found.anchor is not None
    assert found.anchor.unscorable is None
    difference = found.metrics["roc_auc"].anchor_difference
    assert difference is not None
    assert difference.estimate == pytest.approx(roc_auc_score(LABELS, GOOD) - 0.5)


def test_an_anchor_that_lacks_rows_says_so(bench: Any) -> None:
    request = pair(bench)
    anchor = bench.predictions(IDS[5:], LABELS[5:], POOR[5:])
    request.anchor = request.champion.model_copy(update={"cycle": "c0", "predictions": anchor})
    found = bench.evidence(request)
    assert found.anchor is not None
    assert found.anchor.unscorable is not None
    assert "lacks rows" in found.anchor.unscorable
    assert found.metrics["roc_auc"].anchor_difference is None


def test_equal_answers_are_seen(bench: Any) -> None:
    request = pair(bench)
    assert not bench.evidence(request).identical
    request.champion.predictions = request.challenger.predictions
    assert bench.evidence(request).identical


def test_enough_data_is_said_in_clusters_and_as_a_date(bench: Any) -> None:
    found = bench.evidence(pair(bench, gate={"detect": 0.05})).detection
    assert found.wanted == 0.05
    assert found.detectable is not None
    assert found.clusters_needed is not None
    assert (found.clusters_needed > 14) == (found.detectable > 0.05)
    # 14 days are 14 clusters here, labels mature at once: the date is so many days after the window began.
    expected = np.datetime64("2001-02-19T00:00:00") + np.timedelta64(found.clusters_needed, "D")
    assert found.enough_on == f"{expected}Z"


def test_what_is_worth_having_has_a_default_by_metric(bench: Any) -> None:
    assert bench.evidence(pair(bench)).detection.wanted == 0.01
    found = bench.evidence(pair(bench, primary="log_loss"))
    assert found.detection.wanted == pytest.approx(0.01 * found.metrics["log_loss"].trivial)


def test_what_must_be_reached_adds_to_what_it_takes(bench: Any) -> None:
    plain = bench.evidence(pair(bench, gate={"detect": 0.05})).detection
    asking = bench.evidence(pair(bench, gate={"detect": 0.08, "minimumGain": 0.03})).detection
    assert (asking.clusters_needed, asking.wanted) == (plain.clusters_needed, 0.08)
    assert bench.evidence(pair(bench, gate={"minimumGain": 0.03})).detection.wanted == pytest.approx(0.04)
    worse = {"win": "nonInferior", "margin": 0.05, "reason": "half the features"}
    assert bench.evidence(pair(bench, gate=worse)).detection.clusters_needed == plain.clusters_needed
    first = pair(bench, gate={**worse, "detect": 0.2}).model_copy(update={"champion": None})
    alone = pair(bench, gate={"detect": 0.2}).model_copy(update={"champion": None})
    assert bench.evidence(first).detection.clusters_needed == bench.evidence(alone).detection.clusters_needed


def test_a_promotion_is_followed_on_newer_rows_only(bench: Any) -> None:
    request = pair(bench)
    # The champion was promoted on the first five days: the period after them counts, as long as they.
    chose = bench.snapshot(IDS[:50])
    beaten = request.champion.model_copy(
        update={"cycle": "c0", "predictions": bench.predictions(IDS, LABELS, np.full(COUNT, 0.3))}
    )
    follow_up = {
        "cycle": "c1",
        "epoch": 2,
        "window": {"from": "2001-02-24T00:00:00Z", "to": "2001-03-01T00:00:00Z"},
        "promised": {"estimate": 0.02, "low": 0.01, "high": 0.03},
        "beaten": beaten.model_dump(by_alias=True),
        "chose": [chose],
    }
    found = bench.evidence(EvaluateRequest.model_validate({**request.model_dump(by_alias=True), "followUp": follow_up}))
    assert found.follow_up is not None
    assert (found.follow_up.rows, found.follow_up.complete) == (50, True)
    assert found.follow_up.found is not None
    assert found.follow_up.found.estimate == pytest.approx(roc_auc_score(LABELS[50:100], POOR[50:100]) - 0.5)
    assert found.follow_up.promised.estimate == 0.02


def test_a_first_champion_is_followed_although_it_knows_a_class_of_its_own(bench: Any) -> None:
    random = np.random.default_rng(5)
    truth = random.integers(0, 2, COUNT).astype(float)
    three = np.column_stack([np.full(COUNT, 0.3), np.full(COUNT, 0.4), np.full(COUNT, 0.3)])
    old = bench.snapshot(list(range(50)))
    challenger = bench.contender("c2", bench.predictions(IDS, truth, three), old)
    champion = bench.contender("c1", bench.predictions(IDS, truth, three), old, classes=["a", "b", "gone"])
    follow_up = {
        "cycle": "c1",
        "epoch": 1,
        "window": {"from": "2001-02-24T00:00:00Z", "to": "2001-03-01T00:00:00Z"},
        "promised": {"estimate": 0.02, "low": 0.01, "high": 0.03},
        "beaten": None,
        "chose": [],
    }
    task = {
        "task": "multiclass",
        "primary": "log_loss",
        "trivial": [0.6, 0.3, 0.1],
        "label": {"classes": ["a", "b", "c"]},
    }
    found = bench.evidence(bench.request(challenger, champion, evidenceFormat=3, followUp=follow_up, **task))
    assert found.follow_up is not None and found.follow_up.found is not None
    chosen = truth[50:100].astype(int)
    expected = -np.log(np.array([0.6, 0.3])[chosen]).mean() + np.log(np.array([0.3, 0.4])[chosen]).mean()
    assert found.follow_up.found.estimate == pytest.approx(expected)


def test_each_part_of_the_store_is_read_once(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    request = pair(bench)
    chose = bench.snapshot(IDS[:50])
    beaten = request.champion.model_copy(
        update={"cycle": "c0", "predictions": bench.predictions(IDS, LABELS, np.full(COUNT, 0.3))}
    )
    request.anchor, request.chose_champion, request.shuffled_fit = beaten, [chose], request.champion.predictions
    follow_up = {
        "cycle": "c1",
        "epoch": 2,
        "window": {"from": "2001-02-24T00:00:00Z", "to": "2001-03-01T00:00:00Z"},
        "promised": {"estimate": 0.02, "low": 0.01, "high": 0.03},
        "beaten": beaten.model_dump(by_alias=True),
        "chose": [chose],
    }
    request = EvaluateRequest.model_validate({**request.model_dump(by_alias=True), "followUp": follow_up})
    first = bench.evidence(request)
    read, reads = Store.read_rows, []
    monkeypatch.setattr(Store, "read_rows", lambda *given: reads.append(given[1:3]) or read(*given))
    assert bench.evidence(request) == first
    assert first.anchor is not None and first.follow_up is not None and first.follow_up.found is not None
    assert len(reads) == len(set(reads)) == 5


def test_slices_come_from_carried_columns(bench: Any) -> None:
    region = pa.array(["north" if one % 2 else "south" for one in range(COUNT)])
    request = pair(bench, source={"carry": ["region"]}, gate={"slices": [slice_by("region")]})
    request.challenger.predictions = bench.predictions(IDS, LABELS, GOOD, region=region)
    found = bench.evidence(request).slices
    assert {one.where[0].value for one in found} == {"north", "south"}
    assert all(one.rows == COUNT // 2 for one in found)


def slice_by(column: str) -> dict[str, Any]:
    """Declare slices by a column."""
    return {"column": column, "margin": 0.05, "protected": False}


def test_selected_labels_are_weighed_by_the_chance_to_be_seen(bench: Any) -> None:
    accepted = np.arange(COUNT) % 4 != 0
    chance = np.where(np.arange(COUNT) % 2 == 0, 0.5, 1.0)
    labels = [label if seen else None for label, seen in zip(LABELS, accepted, strict=True)]
    columns = {"accepted": pa.array(accepted.astype(float)), "chance": pa.array(chance)}
    selection = {"decision": "accepted", "probability": "chance"}
    request = pair(bench, source={"labels": "selected", "selection": selection})
    request.challenger.predictions = bench.predictions(IDS, labels, GOOD, **columns)
    request.champion.predictions = bench.predictions(IDS, labels, POOR)
    found = bench.evidence(request)
    assert found.selection is not None
    assert found.selection.weighted
    assert found.selection.overlap == 1
    assert found.rows.judged == int(accepted.sum())
    assert found.rows.effective < found.rows.judged
    seen = accepted
    expected = roc_auc_score(LABELS[seen], GOOD[seen], sample_weight=1 / chance[seen])
    assert found.metrics["roc_auc"].challenger == pytest.approx(expected)


def test_amounts_are_costs(bench: Any) -> None:
    amount = np.linspace(100, 1000, COUNT)
    gate = {
        "cutoff": {"score": 0.5, "accept": "below"},
        "cost": {"falsePositive": 10, "falseNegative": "amount", "truePositive": 0, "trueNegative": 0},
    }
    request = pair(bench, source={"carry": ["amount"]}, gate=gate, primary="expected_cost")
    request.challenger.predictions = bench.predictions(IDS, LABELS, GOOD, amount=pa.array(amount))
    found = bench.evidence(request)
    flagged = GOOD >= 0.5
    expected = np.where(flagged, np.where(LABELS == 1, 0, 10), np.where(LABELS == 1, amount, 0)).mean()
    assert found.metrics["expected_cost"].challenger == pytest.approx(expected)
    assert found.swap_set is not None


def test_rows_without_weight_are_no_evidence(bench: Any) -> None:
    weights = np.where(np.arange(COUNT) < COUNT - 30, 0.0, 1.0)
    request = pair(bench, source={"weight": "exposure"})
    request.challenger.predictions = bench.predictions(IDS, LABELS, GOOD, weight=weights)
    found = bench.evidence(request)
    assert (found.rows.judged, found.clusters.count) == (30, 3)
    weights = np.where(np.arange(COUNT) < COUNT - 10, 1e-6, 1.0)
    request.challenger.predictions = bench.predictions(IDS, LABELS, GOOD, weight=weights)
    assert bench.evidence(request).clusters.largest_share > 0.99


def test_training_rows_whose_ids_became_texts_count_by_their_time(bench: Any) -> None:
    request = pair(bench)
    window = {"from": "2001-02-19T00:00:00Z", "to": "2001-02-22T00:00:00Z"}
    request.challenger.train_snapshot = bench.snapshot([str(one) for one in IDS[:30]], window)
    assert bench.evidence(request).challenger.fitted_on_judged_rows == 30


def test_a_probability_that_does_not_come_true_is_seen(bench: Any) -> None:
    # The champion cuts at its own score, and records a coin toss.
    accepted = POOR < np.median(POOR)
    labels = [label if seen else None for label, seen in zip(LABELS, accepted, strict=True)]
    columns = {"accepted": pa.array(accepted.astype(float)), "chance": pa.array(np.full(COUNT, 0.5))}
    selection = {"decision": "accepted", "probability": "chance"}
    request = pair(bench, source={"labels": "selected", "selection": selection})
    request.challenger.predictions = bench.predictions(IDS, labels, POOR, **columns)
    request.champion = None
    found = bench.evidence(request).selection
    assert found is not None
    assert found.disagreement is not None
    assert found.disagreement > 5
    columns["accepted"] = pa.array((np.random.default_rng(4).random(COUNT) < 0.5).astype(float))
    request.challenger.predictions = bench.predictions(IDS, labels, POOR, **columns)
    tossed = bench.evidence(request).selection
    assert tossed is not None
    assert tossed.disagreement is not None
    assert tossed.disagreement < 5
    assert tossed.contradicted == 0


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


def test_intervals_of_shares_end_at_zero_and_one(bench: Any) -> None:
    scores = np.where(LABELS == 1, 0.9, 0.1)
    scores[:2] = 1 - scores[:2]
    asked = bench.contender("c2", bench.predictions(IDS, LABELS, scores), bench.snapshot(list(range(50))))
    gate = {"badRate": 0.4}
    by_format = {form: bench.evidence(bench.request(asked, None, gate=gate, evidenceFormat=form)) for form in (2, 3)}
    highs = {
        form: [one.alone.high for one in found.metrics.values() if one.better == "higher"]
        for form, found in by_format.items()
    }
    assert max(highs[2]) > 1
    assert max(highs[3]) == 1
    lows = [one.alone.low for one in by_format[3].metrics.values()]
    assert min(lows) >= 0
    # Differences decide: they are what they were.
    assert [one.lead for one in by_format[2].metrics.values()] == [one.lead for one in by_format[3].metrics.values()]


def test_what_the_first_release_wrote_has_none_of_the_later_fields(bench: Any) -> None:
    content = json.loads(bench.store.read_document("evidence", evaluate(pair(bench), bench.store).evidence))
    assert content["format"] == 2
    assert set(content["challenger"]) == {
        *("cycle", "codeHash", "definitionVersion", "trainSnapshot", "holdoutSnapshot", "predictions", "unscorable"),
        *("fittedOnJudgedRows", "brokenScores", "trainWindow"),
    }


def test_a_feature_without_a_value_in_training_and_a_shift_without_a_reference_are_said(bench: Any) -> None:
    rows = 1000

    def window(values: Any, ids: range) -> str:
        at = pa.array([982_540_800_000_000 + one * 1_000_000 for one in range(rows)], pa.timestamp("us"))
        labels = pa.array([0.0, 1.0] * (rows // 2))
        table = {"reign_row_id": pa.array(ids), "reign_event_time": at, "late": labels}
        return bench.store.write_rows("snapshots", pa.table({**table, "amount": pa.array(values, pa.float64())}))

    train = window([None] * rows, range(rows))
    holdout = window(RANDOM.normal(size=rows), range(rows, 2 * rows))
    asked = bench.contender("c2", bench.predictions(IDS, LABELS, GOOD), bench.snapshot(list(range(50))))
    plain = bench.request(asked, None)
    looked = observe(
        ObserveRequest(
            cycle=plain.cycle,
            definition=plain.definition,
            train_snapshot=train,
            holdout_snapshot=holdout,
            past=[],
            last_predictions=None,
        ),
        bench.store,
    ).observations
    found = bench.evidence(bench.request(asked, None, observations=looked, evidenceFormat=3)).observations
    assert found is not None
    assert (found.empty, found.shifted) == (["amount"], [])
    [far] = found.unreferenced or []
    assert far.column == "amount"
    assert far.psi is not None
    assert far.psi > 5
    old = bench.evidence(bench.request(asked, None, observations=looked)).observations
    assert old is not None
    assert old.model_dump(exclude_none=True) == {"document": looked, "leaks": [], "shifted": [], "flippedLabels": 0}


def test_classes_in_another_order_are_compared_by_name(bench: Any) -> None:
    named = {"label": {"classes": ["paid", "defaulted"], "positive": "defaulted"}}
    straight = bench.evidence(pair(bench, evidenceFormat=3, **named))
    old = bench.snapshot(list(range(50)))
    challenger = bench.contender("c2", bench.predictions(IDS, LABELS, GOOD), old)
    turned = bench.predictions(IDS, 1 - LABELS, POOR)
    champion = bench.contender("c1", turned, old, classes=["defaulted", "paid"])
    found = bench.evidence(bench.request(challenger, champion, evidenceFormat=3, **named))
    assert (found.rows.labels_differ, found.rows.other_classes) == (0, None)
    assert found.champion is not None
    assert found.champion.classes == ["defaulted", "paid"]
    assert found.metrics == straight.metrics


def test_of_several_classes_rows_are_judged_whose_class_both_know(bench: Any) -> None:
    random = np.random.default_rng(3)
    truth = random.integers(0, 4, COUNT)

    def scores(classes: int) -> np.ndarray:
        raw = random.random((COUNT, classes)) + 0.2
        return np.asarray(raw / raw.sum(axis=1, keepdims=True))

    ours, theirs = scores(4), scores(3)
    # The challenger has learned of `fraud`; the champion knows the others, in another order.
    names, known = ["paid", "late", "defaulted", "fraud"], ["defaulted", "paid", "late"]
    own = np.array([known.index(names[at]) if names[at] in known else np.nan for at in truth])
    old = bench.snapshot(list(range(50)))
    challenger = bench.contender("c2", bench.predictions(IDS, truth.astype(float), ours), old)
    champion = bench.contender("c1", bench.predictions(IDS, own, theirs), old, classes=known)
    task = {"task": "multiclass", "primary": "log_loss", "trivial": [0.25] * 4, "label": {"classes": names}}
    found = bench.evidence(bench.request(challenger, champion, evidenceFormat=3, **task))
    kept = truth < 3
    assert found.unmeasured is None
    assert (found.rows.judged, found.rows.other_classes) == (int(kept.sum()), int((~kept).sum()))
    assert found.rows.labels_differ == 0
    # Nothing is scaled up: what the challenger gives to fraud counts against it on rows that are none.
    by_name = theirs[:, [known.index(name) for name in names[:3]]]
    rows = np.flatnonzero(kept)
    loss = found.metrics["log_loss"]
    assert loss.challenger == pytest.approx(-np.log(ours[rows, truth[rows]]).mean())
    assert loss.champion == pytest.approx(-np.log(by_name[rows, truth[rows]]).mean())


def test_a_class_that_only_the_champion_knows_costs_it(bench: Any) -> None:
    random = np.random.default_rng(4)
    truth = random.integers(0, 2, COUNT).astype(float)
    ours = random.random(COUNT)
    theirs = np.column_stack([np.full(COUNT, 0.3), np.full(COUNT, 0.3), np.full(COUNT, 0.4)])
    third = {"classes": ["a", "b", "c"]}
    old = bench.snapshot(list(range(50)))
    three = np.column_stack([ours * 0.9, (1 - ours) * 0.9, np.full(COUNT, 0.1)])
    challenger = bench.contender("c2", bench.predictions(IDS, truth, three), old)
    champion = bench.contender("c1", bench.predictions(IDS, truth, theirs), old, classes=["a", "b", "gone"])
    task = {"task": "multiclass", "primary": "log_loss", "trivial": [0.5, 0.4, 0.1], "label": third}
    found = bench.evidence(bench.request(challenger, champion, evidenceFormat=3, **task))
    assert found.unmeasured is None
    assert found.metrics["log_loss"].champion == pytest.approx(-np.log(0.3))
    assert found.metrics["accuracy"].champion == 0
