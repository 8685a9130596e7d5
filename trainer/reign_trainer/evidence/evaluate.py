"""The `evaluate` activity's work: stored predictions in, one document of evidence out."""

from __future__ import annotations

from reign_trainer.known_row_ids import kept_row_ids
from reign_trainer.shapes import EvaluateRequest, EvaluateResult
from reign_trainer.store import Store

from .assemble import assemble, evidence_bytes
from .rows.read_rows import read_rows


def evaluate(request: EvaluateRequest, store: Store) -> EvaluateResult:
    """Compare a challenger with a champion on the rows that neither has seen, and store what was found.

    The same request and the same stored rows give the same bytes: nothing in the evidence tells when, where or by which
    run it was made. The row ids of every snapshot are kept apart, for the time when it is deleted.

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
    rows = read_rows(request, store, kept_row_ids)
    return EvaluateResult(evidence=store.write_document("evidence", evidence_bytes(assemble(request, rows))))
