"""The `evaluate` activity's work: two stored predictions in, one document of evidence out."""

from __future__ import annotations

import json

import numpy as np

from reign_trainer.shapes import (
    Contender,
    ContenderRequest,
    EvaluateRequest,
    EvaluateResult,
    Evidence,
    EvidenceClusters,
)
from reign_trainer.store import Store

from .clusters import cluster_codes
from .judged_rows import JudgedRows, fitted_on, judged_rows
from .measured import measured
from .row_hash import row_hash


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
    content = evidence_bytes(assemble(request, store))
    return EvaluateResult(evidence=store.write_document("evidence", content))


def assemble(request: EvaluateRequest, store: Store) -> Evidence:
    """Give the evidence as a shape, without storing it."""
    definition, label = request.definition, request.definition.label
    rows = judged_rows(request, store)
    hash_of_rows = row_hash(rows.ids)
    clusters = cluster_codes(rows.challenger, definition.source.cluster)
    # The seed follows from the rows: resampling is part of what the same inputs give again.
    metrics, unmeasured = measured(rows, definition, request.trivial, clusters, seed=int(hash_of_rows[:12], 16))
    positive = None
    if definition.task == "binary" and label is not None:
        positive = label.classes[1] if label.positive is None else label.positive
    return Evidence(
        format=1,
        model=request.cycle.model,
        lineage=request.cycle.lineage,
        as_of=request.cycle.as_of,
        task=definition.task,
        primary=request.primary,
        classes=None if label is None else label.classes,
        positive=positive,
        window=request.window,
        row_hash=hash_of_rows,
        rows=rows.counts,
        clusters=_clusters(definition.source.cluster, clusters),
        challenger=_contender(request.challenger, rows, store),
        champion=None if request.champion is None else _contender(request.champion, rows, store),
        metrics=metrics,
        unmeasured=unmeasured,
        rehearsal=request.rehearsal,
    )


def evidence_bytes(evidence: Evidence) -> bytes:
    """Write evidence as it is stored: JSON in UTF-8, keys sorted, nothing between the tokens."""
    document = evidence.model_dump(mode="json", by_alias=True)
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _contender(contender: ContenderRequest, rows: JudgedRows, store: Store) -> Contender:
    return Contender(
        cycle=contender.cycle,
        definition_version=contender.definition_version,
        code_hash=contender.code_hash,
        train_snapshot=contender.train_snapshot,
        holdout_snapshot=contender.holdout_snapshot,
        predictions=contender.predictions,
        unscorable=contender.unscorable,
        fitted_on_judged_rows=fitted_on(contender, rows.ids, store),
    )


def _clusters(by: str | list[str], codes: np.ndarray) -> EvidenceClusters:
    sizes = np.bincount(codes) if codes.size else np.zeros(0, dtype=np.int64)
    return EvidenceClusters.model_validate(
        {"by": by, "count": sizes.size, "largest_share": float(sizes.max() / codes.size) if codes.size else 0.0}
    )
