"""What became of the last promotion, on rows newer than those that it was promoted on."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from reign_trainer.evidence.measure import MeasureError, measure_difference
from reign_trainer.evidence.rows.columns import numbers, positive_index
from reign_trainer.evidence.rows.gate_parameters import gate_parameters
from reign_trainer.shapes import EvaluateRequest, FollowUp, Interval
from reign_trainer.store import Store

from .measured import plain
from .rows.clusters import cluster_codes
from .rows.compare import scores_in
from .rows.holdout_rows import has_label, in_both, in_window, seen_in
from .rows.shared_classes import SharedClasses


def follow_up(request: EvaluateRequest, store: Store, seed: int) -> FollowUp | None:
    """Measure the promoted version against whom it beat, on the mature rows of the period after its promoting holdout.

    Parameters
    ----------
    request : EvaluateRequest
        `follow_up` names the promotion; the promoted version is the champion.
    store : Store
    seed : int
        Of resampling.

    Returns
    -------
    FollowUp or None
        None where no promotion is to be followed or the champion could not be scored.
    """
    asked, champion = request.follow_up, request.champion
    if asked is None or champion is None or champion.predictions is None:
        return None
    classes = SharedClasses.of(request)
    promoted = classes.table(store.read_rows("predictions", champion.predictions), champion)
    promoted = promoted.filter(pa.array(in_window(promoted, asked.window.model_dump(by_alias=True))))
    promoted = promoted.filter(
        pa.array(has_label(promoted) & classes.known_to_all(promoted) & ~seen_in(asked.chose, store, promoted, request))
    )
    beaten, unmeasured = None, None
    if set(asked.chose) & set(request.row_ids_gone or []):
        unmeasured = "nobody knows any more which rows chose the promoted version: the store has lost their row ids"
    elif asked.beaten is not None:
        if asked.beaten.predictions is None:
            unmeasured = asked.beaten.unscorable or "whom it beat could not be scored"
        else:
            promoted, beaten = in_both(
                promoted, classes.table(store.read_rows("predictions", asked.beaten.predictions), asked.beaten)
            )
    found = None
    if unmeasured is None:
        try:
            found = _difference(request, promoted, beaten, seed)
        except MeasureError as error:
            unmeasured = str(error)
    return FollowUp(
        cycle=asked.cycle,
        epoch=asked.epoch,
        window=asked.window,
        rows=promoted.num_rows,
        complete=request.window.from_ <= asked.window.from_ and request.window.to >= asked.window.to,
        promised=asked.promised,
        found=found,
        unmeasured=unmeasured,
    )


def _difference(request: EvaluateRequest, promoted: pa.Table, beaten: pa.Table | None, seed: int) -> Interval:
    definition = request.definition
    labels = numbers(promoted, "label")
    trivial = request.trivial
    if definition.task == "binary":
        positive = positive_index(definition)
        labels = (labels == positive).astype(np.float64)
        trivial = trivial[positive] if isinstance(trivial, list) else trivial
    first = scores_in(promoted, definition)
    second = np.broadcast_to(np.asarray(trivial), first.shape) if beaten is None else scores_in(beaten, definition)
    weights = None
    if definition.source.weight is not None:
        if "weight" not in promoted.column_names:
            raise MeasureError("the champion's own query gives no weights")
        weights = numbers(promoted, "weight")
    by = definition.source.cluster
    if isinstance(by, list) and not set(by) <= set(promoted.column_names):
        raise MeasureError("the champion's own query gives no columns to cluster by")
    found = measure_difference(
        request.primary,
        definition.task,
        labels,
        first,
        second,
        cluster_codes(promoted, by),
        weights,
        seed,
        0.95,
        request.charge.alpha,
        gate_parameters(definition.gate, promoted),
    )
    return Interval.model_validate(plain(vars(found)))
