"""From stored predictions to evidence: what is measured, and what the document says."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from judged_pair import COUNT, GOOD, IDS, LABELS, POOR, pair
from reign_trainer.errors import TrainerError
from reign_trainer.evidence import evaluate
from reign_trainer.evidence.observe.observe import observe
from reign_trainer.evidence.rows.row_hash import row_hash
from reign_trainer.shapes import EvaluateRequest, ObserveRequest
from reign_trainer.store import Store
from sklearn.metrics import log_loss, roc_auc_score


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


def test_what_was_told_before_the_fit_stands_beside_what_was_found(bench: Any) -> None:
    told = {"optimistic": 0.01, "pessimistic": 0.02, "pastCycles": 4}
    assert bench.evidence(pair(bench, forecast=told)).detection.forecast.model_dump(by_alias=True) == told
    assert bench.evidence(pair(bench)).detection.forecast is None


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


def test_equal_answers_are_seen(bench: Any) -> None:
    request = pair(bench)
    assert not bench.evidence(request).identical
    request.champion.predictions = request.challenger.predictions
    assert bench.evidence(request).identical


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
    holdout = window(np.random.default_rng(9).normal(size=rows), range(rows, 2 * rows))
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
