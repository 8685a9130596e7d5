"""What one comparison reads of the store. Nothing after this reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa

from reign_trainer.constants import EVENT_TIME, ROW_ID
from reign_trainer.errors import TrainerError
from reign_trainer.known_row_ids import KnownRowIds
from reign_trainer.shapes import ContenderRequest, EvaluateRequest, Evidence, Observations, Window
from reign_trainer.store import Store
from reign_trainer.stored_predictions import slice_columns

from .columns import has_label
from .holdout_rows import HoldoutRows
from .joined import count_differing_labels, in_both, matching
from .seen_rows import SeenRows, held_by
from .shared_classes import SharedClasses

RowIdsOf = Callable[[Store, str], KnownRowIds | None]


@dataclass(frozen=True)
class PromotedRows:
    """The rows that tell what became of the last promotion.

    Attributes
    ----------
    promoted : pyarrow.Table
        Predictions of the promoted version, the champion, on its holdout of today.
    seen : SeenRows
        Which of them chose it.
    beaten : pyarrow.Table or None
        Predictions of whom it beat.
    classes : SharedClasses
    """

    promoted: pa.Table
    seen: SeenRows
    beaten: pa.Table | None
    classes: SharedClasses


@dataclass(frozen=True)
class StoredRows:
    """Everything of the store that one comparison rests on.

    Attributes
    ----------
    holdout : HoldoutRows
    shuffled_fit : pyarrow.Table or None
        Predictions of a version fitted on shuffled labels.
    promoted : PromotedRows or None
        None where no promotion is to be followed or the champion could not be scored.
    champion : pyarrow.Table or None
        The champion's predictions of its whole holdout.
    last_predictions : str or None
        The champion's predictions of the last holdout that it was judged on, where the store has them.
    last_scores : pyarrow.Table or None
        Their scores.
    past : list of Evidence
        Earlier evidence, the newest first.
    observations : Observations or None
    train_windows : dict of str to Window or None
        Of the versions that are compared, by their cycles; None where nobody knows.
    row_ids_gone : list of str
        Snapshots of which nobody knows any more which rows they held.
    """

    holdout: HoldoutRows
    shuffled_fit: pa.Table | None
    promoted: PromotedRows | None
    champion: pa.Table | None
    last_predictions: str | None
    last_scores: pa.Table | None
    past: list[Evidence]
    observations: Observations | None
    train_windows: dict[str, Window | None]
    row_ids_gone: list[str]


def read_rows(request: EvaluateRequest, store: Store, row_ids_of: RowIdsOf) -> StoredRows:
    """Read predictions, documents and row ids, each once.

    Rows that are in the holdout of one contender alone are left out. Where labels differ between the two queries, the
    challenger's count: its query is the one that the definition has now.

    Parameters
    ----------
    request : EvaluateRequest
        ``row_ids_gone``: the snapshots whose row ids are not to be looked for.
    store : Store
    row_ids_of : callable
        Gives the row ids of a snapshot; None where nobody knows them any more.

    Raises
    ------
    TrainerError
        ``MeasurementImpossible`` where the challenger has no predictions, and what the store raises.
    """
    if request.challenger.predictions is None:
        raise TrainerError.of("MeasurementImpossible", "noPredictions")
    classes = SharedClasses.of(request)
    read = cache(lambda predictions: store.read_rows("predictions", predictions))

    def predictions_of(version: ContenderRequest | None) -> pa.Table | None:
        return (
            None
            if version is None or version.predictions is None
            else classes.table(read(version.predictions), version)
        )

    everything = read(request.challenger.predictions)
    _check_columns(everything, request)
    challenger = classes.table(everything)
    champion = both = predictions_of(request.champion)
    labels_differ = 0
    if champion is not None:
        challenger, both = in_both(challenger, champion)
        labels_differ = count_differing_labels(challenger, both, classes.known_to_all(challenger))
    followed = champion if request.follow_up is not None else None

    gone = list(request.row_ids_gone or [])
    of_holdout, of_followed = {}, {}
    for snapshot in snapshots_to_tell_rows_by(request):
        known = None if snapshot in gone else row_ids_of(store, snapshot)
        if known is not None:
            of_holdout[snapshot] = held_by(known, challenger, format_of(request))
            if followed is not None and request.follow_up is not None and snapshot in request.follow_up.chose:
                of_followed[snapshot] = held_by(known, followed, format_of(request))
        elif snapshot not in gone:
            gone.append(snapshot)

    seen = SeenRows(challenger.num_rows, of_holdout)
    labelled = has_label(challenger)
    past = _past(request, store) if champion is not None else []
    last = _last_predictions(request, past, store)
    observations = request.observations
    return StoredRows(
        holdout=HoldoutRows(
            challenger=challenger,
            champion=both,
            anchor=matching(challenger, predictions_of(request.anchor)),
            holdout=everything.num_rows,
            holdout_of_champion=None if champion is None else champion.num_rows,
            labels_differ=labels_differ,
            labelled=labelled,
            chose=labelled & seen.in_any(request.chose_champion if request.champion is not None else []),
            known=classes.known_to_all(challenger),
            seen=seen,
            classes=classes,
        ),
        shuffled_fit=None if request.shuffled_fit is None else classes.table(read(request.shuffled_fit)),
        promoted=None
        if followed is None or request.follow_up is None
        else PromotedRows(
            followed, SeenRows(followed.num_rows, of_followed), predictions_of(request.follow_up.beaten), classes
        ),
        champion=champion,
        last_predictions=last,
        last_scores=None if last is None else store.read_rows("predictions", last, ["score"]),
        past=past,
        observations=None
        if observations is None
        else Observations.model_validate_json(store.read_document("observations", observations)),
        train_windows={one.cycle: _train_window(one, store) for one in contenders_of(request)},
        row_ids_gone=gone,
    )


def format_of(request: EvaluateRequest) -> int:
    """Give the number of the rules that evidence is made by."""
    return request.evidence_format or 2


def contenders_of(request: EvaluateRequest) -> list[ContenderRequest]:
    """Give the versions that are compared."""
    return [one for one in (request.challenger, request.champion, request.anchor) if one is not None]


def snapshots_to_tell_rows_by(request: EvaluateRequest) -> list[str]:
    """Give the snapshots whose row ids are needed: what was fitted on, and what versions were chosen on."""
    chose = [*request.chose_champion, *([] if request.follow_up is None else request.follow_up.chose)]
    fitted_on = [one.train_snapshot for one in contenders_of(request) if one.train_snapshot is not None]
    return list(dict.fromkeys([*fitted_on, *chose]))


def _check_columns(rows: pa.Table, request: EvaluateRequest) -> None:
    """Refuse predictions of the challenger that lack what the definition names."""
    definition = request.definition
    weight = ["weight"] if definition.source.weight else []
    needed = [ROW_ID, EVENT_TIME, "label", *slice_columns(definition), *weight]
    missing = [name for name in needed if name not in rows.column_names]
    if missing:
        named = f"predictions/{request.challenger.predictions}"
        raise TrainerError.of("StoreCorrupt", "noColumn", object=named, columns=", ".join(missing))


def _past(request: EvaluateRequest, store: Store) -> list[Evidence]:
    if request.definition.task == "multiclass":
        return []  # scores of several classes are not followed
    return [Evidence.model_validate_json(store.read_document("evidence", one)) for one in request.past]


def _last_predictions(request: EvaluateRequest, past: list[Evidence], store: Store) -> str | None:
    """Find the champion's predictions in the newest of the earlier evidence."""
    champion = request.champion
    if champion is None or not past:
        return None
    contenders = [one for one in (past[0].challenger, past[0].champion) if one is not None]
    last = next((one.predictions for one in contenders if one.cycle == champion.cycle), None)
    return last if last is not None and store.has_rows("predictions", last) else None


def _train_window(contender: ContenderRequest, store: Store) -> Window | None:
    """Give the window of a training snapshot; an earlier release's request does not name it."""
    snapshot = contender.train_snapshot
    if contender.train_window is not None or snapshot is None:
        return contender.train_window
    kept = store.has_rows("rowids", snapshot) and not store.has_rows("snapshots", snapshot)
    manifest = store.read_manifest("rowids" if kept else "snapshots", snapshot)
    if "window" in manifest:
        return Window.model_validate(manifest["window"])
    if kept:
        first, last = (f"{np.datetime64(one, 'us')}Z" for one in manifest["events"])
        return Window.model_validate({"from": first, "to": last})
    return Window.model_validate({"from": manifest["events"]["first"], "to": manifest["events"]["last"]})
