"""Which rows of the holdout are judged, and why the others are not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reign_trainer.errors import TrainerError
from reign_trainer.known_row_ids import EVENT_TIME, ROW_ID, KnownRowIds, ids_of, known_row_ids
from reign_trainer.score.predictions_table import slice_columns
from reign_trainer.shapes import ContenderRequest, Definition, EvaluateRequest
from reign_trainer.store import Store

from .shared_classes import SharedClasses


@dataclass(frozen=True)
class HoldoutRows:
    """The rows of a holdout that both contenders answered, in the order of their ids.

    Attributes
    ----------
    challenger : pyarrow.Table
        Its stored predictions.
    champion : pyarrow.Table or None
        Those of the champion, row for row; None where there is none that could be scored.
    anchor : pyarrow.Table or None
        Those of the anchor, row for row; None as well where it lacks a row.
    holdout : int
        How many rows the challenger's holdout has.
    holdout_of_champion : int or None
        How many the champion's has.
    labels_differ : int
        Rows whose label is another one in the champion's query.
    labelled, chose, known : ndarray of shape (n,), bool
        Rows with a label; labelled rows that took part in choosing the champion; rows whose class, if they have one,
        every version knows.
    classes : SharedClasses
    """

    challenger: pa.Table
    champion: pa.Table | None
    anchor: pa.Table | None
    holdout: int
    holdout_of_champion: int | None
    labels_differ: int
    labelled: np.ndarray
    chose: np.ndarray
    known: np.ndarray
    classes: SharedClasses

    def only(self, keep: np.ndarray) -> HoldoutRows:
        """Give the rows where `keep` is true."""
        mask = pa.array(keep)
        return HoldoutRows(
            challenger=self.challenger.filter(mask),
            champion=None if self.champion is None else self.champion.filter(mask),
            anchor=None if self.anchor is None else self.anchor.filter(mask),
            holdout=self.holdout,
            holdout_of_champion=self.holdout_of_champion,
            labels_differ=self.labels_differ,
            labelled=self.labelled[keep],
            chose=self.chose[keep],
            known=self.known[keep],
            classes=self.classes,
        )


def holdout_rows(request: EvaluateRequest, store: Store) -> HoldoutRows:
    """Read the contenders' predictions and keep the rows that are in the holdout of both.

    Where labels differ between the two queries, the challenger's count: its query is the one that the definition has now.
    """
    if request.challenger.predictions is None:
        raise TrainerError("MeasurementImpossible", "The challenger has no predictions.")
    classes = SharedClasses.of(request)
    challenger = classes.table(_predictions(store, request.challenger.predictions, request.definition))
    champion = None
    holdout = challenger.num_rows
    holdout_of_champion = None
    labels_differ = 0
    if request.champion is not None and request.champion.predictions is not None:
        champion = classes.table(store.read_rows("predictions", request.champion.predictions), request.champion)
        holdout_of_champion = champion.num_rows
        challenger, champion = in_both(challenger, champion)
        labels_differ = _differences(
            challenger.column("label"), champion.column("label"), classes.known_to_all(challenger)
        )
    labelled = has_label(challenger)
    return HoldoutRows(
        challenger,
        champion,
        _anchor(request, store, challenger, classes),
        holdout,
        holdout_of_champion,
        labels_differ,
        labelled,
        seen_in(request.chose_champion if request.champion is not None else [], store, challenger, request) & labelled,
        classes.known_to_all(challenger),
        classes,
    )


def fitted_on(contender: ContenderRequest, rows: pa.Table, store: Store, request: EvaluateRequest) -> int | None:
    """Count the judged rows that a contender was fitted on: by row id or, where that is another column by now, by time.

    None where nobody knows any more which rows it was fitted on.
    """
    if contender.train_snapshot in (request.row_ids_gone or []):
        return None
    return int(np.count_nonzero(seen_in([contender.train_snapshot], store, rows, request)))


def in_both(first: pa.Table, second: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Give the rows of two tables that share a row id, in the order of the first."""
    ours, theirs = ids_of(first), ids_of(second)
    if ours.equals(theirs):
        return first, second
    if ours.type != theirs.type:
        return first.slice(0, 0), second.slice(0, 0)
    at = pc.index_in(ours, value_set=theirs)
    return first.filter(at.is_valid()), second.take(at.drop_null())


def seen_in(snapshots: list[str], store: Store, rows: pa.Table, request: EvaluateRequest) -> np.ndarray:
    """Tell which rows are in any of some snapshots, by row id. Snapshots whose row ids are gone tell of no row."""
    seen = np.zeros(rows.num_rows, dtype=np.bool_)
    ids = ids_of(rows)
    for snapshot in snapshots:
        if snapshot in (request.row_ids_gone or []):
            continue
        known = known_row_ids(store, snapshot)
        others = known.ids
        if others.type == ids.type:
            seen |= pc.is_in(ids, value_set=others).to_numpy(zero_copy_only=False)
        else:
            # The row id has become another column since: no id can be found again, so the whole period goes.
            seen |= _in_period(rows, known, request)
    return seen


def _in_period(rows: pa.Table, known: KnownRowIds, request: EvaluateRequest) -> np.ndarray:
    """Tell which rows lie between a snapshot's first and last event; by the rules of format 2, in its manifest's window."""
    if known.window is not None and (request.evidence_format or 2) < 3:
        return in_window(rows, known.window)
    if known.events is None:
        return np.zeros(rows.num_rows, dtype=np.bool_)
    first, last = (np.datetime64(one, "us") for one in known.events)
    times = rows.column(EVENT_TIME).to_numpy()
    return np.asarray((times >= first) & (times <= last))


def in_window(rows: pa.Table, window: dict[str, str]) -> np.ndarray:
    """Tell which rows have their event time in a half-open window."""
    times = rows.column(EVENT_TIME).to_numpy()
    start, end = (np.datetime64(window[bound].removesuffix("Z"), "us") for bound in ("from", "to"))
    return np.asarray((times >= start) & (times < end))


def has_label(rows: pa.Table) -> np.ndarray:
    """Tell which rows have a label."""
    return np.asarray(~np.isnan(rows.column("label").cast(pa.float64()).fill_null(np.nan).to_numpy()))


def _anchor(request: EvaluateRequest, store: Store, challenger: pa.Table, classes: SharedClasses) -> pa.Table | None:
    if request.anchor is None or request.anchor.predictions is None:
        return None
    anchor = classes.table(store.read_rows("predictions", request.anchor.predictions), request.anchor)
    ours, theirs = in_both(challenger, anchor)
    return theirs if ours.num_rows == challenger.num_rows else None


def _predictions(store: Store, predictions: str, definition: Definition) -> pa.Table:
    rows = store.read_rows("predictions", predictions)
    weight = ["weight"] if definition.source.weight else []
    needed = [ROW_ID, EVENT_TIME, "label", *slice_columns(definition), *weight]
    missing = [name for name in needed if name not in rows.column_names]
    if missing:
        raise TrainerError("StoreCorrupt", f"The predictions {predictions} have no column {', '.join(missing)}.")
    return rows


def _differences(ours: pa.ChunkedArray, theirs: pa.ChunkedArray, known: np.ndarray) -> int:
    first, second = (column.cast(pa.float64()).fill_null(np.nan).to_numpy() for column in (ours, theirs))
    return int(np.count_nonzero(known & (first != second) & ~(np.isnan(first) & np.isnan(second))))
