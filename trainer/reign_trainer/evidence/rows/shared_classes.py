"""Versions that know other classes than the challenger, or know them in another order: compared by name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from reign_trainer.evidence.rows.columns import numbers
from reign_trainer.shapes import ContenderRequest, EvaluateRequest

ClassName = str | float | bool


@dataclass(frozen=True)
class SharedClasses:
    """The classes of all versions of a comparison.

    Attributes
    ----------
    names : list of class
        The challenger's in their order, then those that only another version knows.
    shared : list of int
        Which of them every version knows: only rows of these are judged.
    own : int
        How many the challenger knows.
    """

    names: list[ClassName]
    shared: list[int]
    own: int

    @classmethod
    def of(cls, request: EvaluateRequest) -> SharedClasses:
        """Take the classes of everybody who is scored in a request."""
        label = request.definition.label
        ours: list[ClassName] = [] if label is None else list(label.classes)
        beaten = None if request.follow_up is None else request.follow_up.beaten
        others = [list(one.classes) for one in (request.champion, request.anchor, beaten) if one and one.classes]
        names = list(ours)
        for theirs in others:
            names += [name for name in theirs if name not in names]
        shared = [at for at, name in enumerate(names) if name in ours and all(name in theirs for theirs in others)]
        return cls(names, shared, len(ours))

    @property
    def all_known(self) -> bool:
        """Whether every version knows every class."""
        return len(self.shared) == len(self.names)

    def table(self, rows: pa.Table, version: ContenderRequest | None = None) -> pa.Table:
        """Give stored predictions with labels and probabilities by these classes.

        A class that a version does not know has the probability zero; a label that is none of its classes is missing.

        Parameters
        ----------
        rows : pyarrow.Table
        version : ContenderRequest or None
            Whose they are; None, or one without `classes`, for the classes of the challenger.
        """
        theirs = None if version is None else version.classes
        if theirs is None and len(self.names) == self.own:
            return rows
        places = np.array([self.names.index(name) for name in theirs] if theirs else range(self.own), dtype=np.float64)
        labels = numbers(rows, "label")
        known = ~np.isnan(labels)
        moved = np.full(labels.size, np.nan)
        moved[known] = places[labels[known].astype(np.intp)]
        columns = {name: rows.column(name) for name in rows.column_names if not name.startswith("score_")}
        columns["label"] = pa.chunked_array([pa.array(moved, from_pandas=True)])
        if "score" not in rows.column_names:
            nothing = pa.chunked_array([pa.array(np.zeros(rows.num_rows))])
            scores = {int(place): rows.column(f"score_{at}") for at, place in enumerate(places)}
            columns |= {f"score_{at}": scores.get(at, nothing) for at in range(len(self.names))}
        return pa.table(columns)

    def known_to_all(self, rows: pa.Table) -> np.ndarray:
        """Tell which rows have a label that every version knows, or none."""
        if self.all_known:
            return np.ones(rows.num_rows, dtype=np.bool_)
        labels = numbers(rows, "label")
        return np.asarray(np.isnan(labels) | np.isin(labels, self.shared))
