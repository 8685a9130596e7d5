"""What became of the last promotion, on rows newer than those that it was promoted on."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from reign_trainer.shapes import EvaluateRequest, FollowUp, FollowUpRequest, Interval

from .measure import MeasureError, measure_difference
from .rows.clusters import cluster_codes
from .rows.columns import has_label, in_window, numbers
from .rows.gate_parameters import gate_parameters
from .rows.joined import in_both
from .rows.read_rows import PromotedRows
from .rows.scores import labels_in, scores_in, trivial_answer


def follow_up(rows: PromotedRows | None, gone: list[str], seed: int, request: EvaluateRequest) -> FollowUp | None:
    """Measure the promoted version against whom it beat, on the mature rows of the period after its promoting holdout.

    Parameters
    ----------
    rows : PromotedRows or None
    gone : list of str
        Snapshots of which nobody knows any more which rows they held.
    seed : int
        Of resampling.
    request : EvaluateRequest
        `follow_up` names the promotion; the promoted version is the champion.

    Returns
    -------
    FollowUp or None
        None where no promotion is to be followed or the champion could not be scored.
    """
    asked = request.follow_up
    if asked is None or rows is None:
        return None
    promoted = rows.promoted.filter(pa.array(_new_and_labelled(rows, asked)))
    beaten, found = None, None
    unmeasured = _why_not(rows, asked, gone)
    if unmeasured is None and rows.beaten is not None:
        promoted, beaten = in_both(promoted, rows.beaten)
    if unmeasured is None:
        try:
            found = _difference(promoted, beaten, len(rows.classes.names), seed, request)
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
        look=asked.look,
    )


def _new_and_labelled(rows: PromotedRows, asked: FollowUpRequest) -> np.ndarray:
    """Tell which rows lie in the period after the promotion, have a label that everyone knows, and did not choose it."""
    promoted = rows.promoted
    return np.asarray(
        in_window(promoted, asked.window.model_dump(by_alias=True))
        & has_label(promoted)
        & rows.classes.known_to_all(promoted)
        & ~rows.seen.in_any(asked.chose)
    )


def _why_not(rows: PromotedRows, asked: FollowUpRequest, gone: list[str]) -> str | None:
    if set(asked.chose) & set(gone):
        return "nobody knows any more which rows chose the promoted version: the store has lost their row ids"
    if asked.beaten is not None and rows.beaten is None:
        return asked.beaten.unscorable or "whom it beat could not be scored"
    return None


def _difference(
    promoted: pa.Table, beaten: pa.Table | None, classes: int, seed: int, request: EvaluateRequest
) -> Interval:
    definition = request.definition
    look = None if request.follow_up is None else request.follow_up.look
    alpha = request.charge.alpha if look is None else look.alpha
    first = scores_in(promoted, definition)
    if beaten is None:
        trivial = np.asarray(trivial_answer(request.trivial, definition, classes))
        second = np.broadcast_to(trivial[1] if definition.task == "binary" else trivial, first.shape)
    else:
        second = scores_in(beaten, definition)
    weights = None
    if definition.source.weight is not None:
        if "weight" not in promoted.column_names:
            raise MeasureError("the champion's own query gives no weights")
        weights = numbers(promoted, "weight")
    by = definition.source.cluster
    if isinstance(by, list) and not set(by) <= set(promoted.column_names):
        raise MeasureError("the champion's own query gives no columns to cluster by")
    return measure_difference(
        request.primary,
        definition.task,
        labels_in(promoted, definition),
        first,
        second,
        cluster_codes(promoted, by),
        weights,
        seed,
        0.95,
        alpha,
        gate_parameters(definition.gate, promoted),
    )
