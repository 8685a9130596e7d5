"""The `evaluate` activity's work: stored predictions in, one document of evidence out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from reign_trainer.evidence.calibration import calibration, swap_ins, swap_set
from reign_trainer.evidence.controls import controls
from reign_trainer.evidence.labels import label_evidence, selection
from reign_trainer.evidence.measure import MeasureError, effective_rows
from reign_trainer.evidence.rows.columns import numbers
from reign_trainer.evidence.rows.gate_parameters import gate_parameters
from reign_trainer.evidence.slices import declared_slices, found_slices
from reign_trainer.known_row_ids import ids_of, keep_row_ids
from reign_trainer.shapes import (
    Contender,
    ContenderRequest,
    Definition,
    Detection,
    EvaluateRequest,
    EvaluateResult,
    Evidence,
    EvidenceClusters,
    EvidenceRows,
    Selection,
)
from reign_trainer.store import Store

from .detection import detection, wanted_gain
from .follow_up import follow_up
from .measured import measured, plain
from .observed import champion_shift, observations_summary
from .ranges import calibration_within_range, within_range
from .rows.clusters import cluster_codes, cluster_sizes
from .rows.compare import broken_scores, compare, scores_in
from .rows.comparison import Comparison
from .rows.holdout_rows import HoldoutRows, fitted_on, holdout_rows, in_both
from .rows.row_hash import row_hash


def evaluate(request: EvaluateRequest, store: Store) -> EvaluateResult:
    """Compare a challenger with a champion on the rows that neither has seen, and store what was found.

    The same request and the same stored rows give the same bytes: nothing in the evidence tells when, where or by which
    run it was made.

    Parameters
    ----------
    request : EvaluateRequest
    store : Store
        Has the predictions and the snapshots; takes the evidence.

    Returns
    -------
    EvaluateResult
        The hash of the evidence.

    Raises
    ------
    TrainerError
        ``MeasurementImpossible`` where the challenger has no predictions, and what the store raises. Rows that cannot
        be measured are no error: the evidence says why in ``unmeasured``.
    """
    content = evidence_bytes(assemble(_with_known_rows(request, store), store))
    return EvaluateResult(evidence=store.write_document("evidence", content))


def snapshots_to_tell_rows_by(request: EvaluateRequest) -> list[str]:
    """Give the snapshots whose row ids are needed: what was fitted on, and what versions were chosen on."""
    contenders = [one for one in (request.challenger, request.champion, request.anchor) if one is not None]
    chose = [*request.chose_champion, *([] if request.follow_up is None else request.follow_up.chose)]
    return list(dict.fromkeys([*(one.train_snapshot for one in contenders), *chose]))


def _with_known_rows(request: EvaluateRequest, store: Store) -> EvaluateRequest:
    """Keep the row ids of every snapshot apart, for the time when it is deleted; name those that are gone already."""
    gone = [one for one in snapshots_to_tell_rows_by(request) if not keep_row_ids(store, one)]
    return request.model_copy(update={"row_ids_gone": gone or None})


def assemble(request: EvaluateRequest, store: Store) -> Evidence:
    """Give the evidence as a shape, without storing it."""
    definition, label = request.definition, request.definition.label
    holdout = holdout_rows(request, store)
    judged = _judge(holdout, request)
    rows = judged.rows
    ids = ids_of(rows.challenger)
    hash_of_rows = row_hash(ids)
    # The seed follows from the cycle and its rows: resampling is part of what the same inputs give again.
    seed = int(hashlib.sha256(f"{request.cycle.id}\n{hash_of_rows}".encode()).hexdigest()[:12], 16)
    found = _measure(judged, request, store, seed)
    positive = None
    if definition.task == "binary" and label is not None:
        positive = label.classes[1] if label.positive is None else label.positive
    score_reference, score_shift = champion_shift(request, store)

    def contender_of(asked: ContenderRequest, scored: pa.Table | None) -> Contender:
        broken = 0 if scored is None else broken_scores(scored, definition)
        return _contender(asked, rows.challenger, broken, store, request)

    return Evidence(
        format=request.evidence_format or 2,
        model=request.cycle.model,
        lineage=request.cycle.lineage,
        as_of=request.cycle.as_of,
        task=definition.task,
        primary=request.primary,
        classes=None if label is None else label.classes,
        positive=positive,
        window=request.window,
        charge=request.charge,
        row_hash=hash_of_rows,
        rows=_counts(holdout, judged, definition.label is not None, len(label.classes) if label else 0),
        clusters=_clusters(definition.source.cluster, rows.challenger, _own_weights(rows.challenger, judged.weights)),
        challenger=contender_of(request.challenger, rows.challenger),
        champion=None if request.champion is None else contender_of(request.champion, rows.champion),
        anchor=None if request.anchor is None else contender_of(_anchor(request.anchor, holdout), rows.anchor),
        chose_champion=request.chose_champion,
        row_ids_gone=request.row_ids_gone,
        trivial=request.trivial,
        labels=label_evidence(
            holdout.challenger,
            definition,
            definition.gate,
            cluster_codes(holdout.challenger, definition.source.cluster),
        ),
        selection=judged.selection,
        swap_set=swap_set(holdout.challenger, holdout.champion, definition.gate, definition),
        shuffled_fit=request.shuffled_fit,
        observations=observations_summary(request, store),
        score_shift=score_shift,
        score_reference=score_reference,
        past=request.past,
        follow_up=follow_up(request, store, seed),
        follow_up_request=request.follow_up,
        rehearsal=request.rehearsal,
        **found,
    )


def evidence_bytes(evidence: Evidence) -> bytes:
    """Write evidence as it is stored: JSON in UTF-8, keys sorted, nothing between the tokens."""
    document = plain(evidence.as_stored())
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


@dataclass(frozen=True)
class _Judged:
    """The rows that are judged, what they weigh, and why nothing can be measured, if so."""

    rows: HoldoutRows
    weights: np.ndarray | None
    selection: Selection | None
    unmeasured: str | None


def _judge(holdout: HoldoutRows, request: EvaluateRequest) -> _Judged:
    """Leave out rows without label, rows that chose the champion, and rows that stand in for nobody."""
    definition = request.definition
    keep = holdout.labelled & holdout.known & ~holdout.chose & _weighs(holdout.challenger, definition)
    if definition.source.labels == "complete" or definition.source.selection is None:
        return _Judged(holdout.only(keep), None, None, _nothing_left(holdout, keep))
    swapped = swap_ins(holdout.challenger, holdout.champion, definition.gate, definition)
    try:
        selected, weights = selection(holdout.challenger, definition, keep, swapped)
    except MeasureError as error:
        return _Judged(holdout.only(keep), None, None, str(error))
    if weights is None:
        return _Judged(holdout.only(keep), None, selected, _nothing_left(holdout, keep))
    keep = keep & (weights > 0)
    return _Judged(holdout.only(keep), weights[keep], selected, _nothing_left(holdout, keep))


def _weighs(rows: pa.Table, definition: Definition) -> np.ndarray:
    """Tell which rows count: those of weight zero are no evidence. Weights that are broken are told when measuring."""
    if definition.source.weight is None:
        return np.ones(rows.num_rows, dtype=np.bool_)
    return np.asarray(numbers(rows, "weight") != 0)


def _measure(judged: _Judged, request: EvaluateRequest, store: Store, seed: int) -> dict[str, object]:
    """Give everything that is measured on the judged rows alone."""
    gate = request.definition.gate
    reason = judged.unmeasured
    if reason is None:
        try:
            comparison = compare(judged.rows, request, judged.weights, seed)
        except MeasureError as error:
            reason = str(error)
        else:
            metrics, reason = measured(comparison, gate_parameters(gate, judged.rows.challenger))
            if reason is None:
                found = calibration(comparison)
                if (request.evidence_format or 2) >= 3:
                    metrics, found = within_range(metrics), calibration_within_range(found)
                return {
                    "metrics": metrics,
                    "unmeasured": None,
                    "identical": _identical(comparison),
                    "detection": detection(comparison, request, metrics),
                    "slices": declared_slices(comparison, gate),
                    "found_slices": found_slices(comparison, gate),
                    "controls": controls(
                        comparison,
                        gate,
                        _shuffled_fit(request, store, judged.rows),
                        metrics.get(request.primary),
                    ),
                    "calibration": found,
                }
    return {
        "metrics": {},
        "unmeasured": reason,
        "identical": False,
        "detection": Detection(
            wanted=wanted_gain(request, None),
            detectable=None,
            clusters_needed=None,
            enough_on=None,
            forecast=request.forecast,
        ),
        "slices": [],
        "found_slices": [],
        "controls": None,
        "calibration": None,
    }


def _identical(comparison: Comparison) -> bool:
    return comparison.champion is not None and bool(np.array_equal(comparison.challenger, comparison.champion))


def _shuffled_fit(request: EvaluateRequest, store: Store, rows: HoldoutRows) -> np.ndarray | None:
    if request.shuffled_fit is None:
        return None
    judged = rows.challenger
    ours, theirs = in_both(judged, rows.classes.table(store.read_rows("predictions", request.shuffled_fit)))
    if ours.num_rows != judged.num_rows:
        return None
    return scores_in(theirs, request.definition)


def _anchor(anchor: ContenderRequest, holdout: HoldoutRows) -> ContenderRequest:
    """Give the anchor, with why it has no scores on these rows where it should have some."""
    if anchor.predictions is None or holdout.anchor is not None:
        return anchor
    return anchor.model_copy(update={"unscorable": "its own query lacks rows of this holdout"})


def _nothing_left(holdout: HoldoutRows, keep: np.ndarray) -> str | None:
    if keep.any():
        return None
    if holdout.holdout == 0:
        return "the holdout has no rows"
    if holdout.challenger.num_rows == 0:
        return "no row is in the holdout of both queries: the two row ids have nothing in common"
    if not holdout.labelled.any():
        return "no row of the holdout has a label"
    if not (holdout.labelled & ~holdout.chose).any():
        return "every labelled row of the holdout took part in choosing the champion: judge on newer rows"
    if not (holdout.labelled & holdout.known & ~holdout.chose).any():
        return "no labelled row is of a class that both versions know"
    return "no labelled row has an approval probability above zero"


def _counts(holdout: HoldoutRows, judged: _Judged, classified: bool, classes: int) -> EvidenceRows:
    rows = judged.rows.challenger
    labels = rows.column("label").cast(pa.float64()).to_numpy()
    return EvidenceRows(
        holdout=holdout.holdout,
        holdout_of_champion=holdout.holdout_of_champion,
        in_both=holdout.challenger.num_rows,
        unlabelled=int(np.count_nonzero(~holdout.labelled)),
        chose_champion=int(np.count_nonzero(holdout.chose)),
        other_classes=None if holdout.classes.all_known else int(np.count_nonzero(holdout.labelled & ~holdout.known)),
        labels_differ=holdout.labels_differ,
        judged=rows.num_rows,
        effective=_effective(_own_weights(rows, judged.weights)),
        by_class=np.bincount(labels.astype(np.intp), minlength=classes).tolist() if classified else None,
    )


def _own_weights(rows: pa.Table, weights: np.ndarray | None) -> np.ndarray:
    """Give what each row weighs; broken weights as zero."""
    own = numbers(rows, "weight") if "weight" in rows.column_names else np.ones(rows.num_rows)
    both = own if weights is None else own * weights
    return np.where(np.isfinite(both) & (both > 0), both, 0.0)


def _contender(
    contender: ContenderRequest, judged: pa.Table, broken: int, store: Store, request: EvaluateRequest
) -> Contender:
    return Contender(
        cycle=contender.cycle,
        definition_version=contender.definition_version,
        code_hash=contender.code_hash,
        train_snapshot=contender.train_snapshot,
        holdout_snapshot=contender.holdout_snapshot,
        predictions=contender.predictions,
        unscorable=contender.unscorable,
        classes=contender.classes,
        fitted_on_judged_rows=fitted_on(contender, judged, store, request),
        broken_scores=broken,
        train_window=contender.train_window or _window_of(contender.train_snapshot, store),
    )


def _window_of(snapshot: str, store: Store) -> dict[str, str]:
    """Give the window of a snapshot that an earlier release's request does not name."""
    kept = store.has_rows("rowids", snapshot) and not store.has_rows("snapshots", snapshot)
    manifest = store.read_manifest("rowids" if kept else "snapshots", snapshot)
    if "window" in manifest:
        return dict(manifest["window"])
    if kept:
        first, last = (f"{np.datetime64(one, 'us')}Z" for one in manifest["events"])
        return {"from": first, "to": last}
    return {"from": manifest["events"]["first"], "to": manifest["events"]["last"]}


def _effective(weights: np.ndarray) -> float:
    return float(effective_rows(weights)) if weights.any() else 0.0


def _clusters(by: str | list[str], rows: pa.Table, weights: np.ndarray) -> EvidenceClusters:
    sizes = cluster_sizes(cluster_codes(rows, by), weights)
    share = float(sizes.max() / sizes.sum()) if sizes.any() else 0.0
    return EvidenceClusters.model_validate({"by": by, "count": sizes.size, "largest_share": share})
