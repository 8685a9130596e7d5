"""Every row id once and none that is NULL, watched while the rows pass in its order."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from reign_trainer.errors import TrainerError


class RowIds:
    """Counts what is wrong with the row ids of one query; rows come ordered by them.

    Parameters
    ----------
    column : str
        The column's name, for messages.
    """

    def __init__(self) -> None:
        self._rows = 0
        self._last: pa.Scalar | None = None
        self._nulls = 0
        self._repeated = 0
        self._first_repeated: int | None = None

    def add(self, row_ids: pa.Array) -> None:
        """Look at the row ids of the next batch."""
        if len(row_ids) == 0:
            return
        self._nulls += row_ids.null_count
        if self._last is not None and self._last.is_valid and self._last.equals(row_ids[0]):
            self._count_repeated(1, self._rows)
        if len(row_ids) > 1:
            same = pc.equal(row_ids.slice(1), row_ids.slice(0, len(row_ids) - 1))
            repeated = pc.sum(same).as_py() or 0
            if repeated > 0:
                self._count_repeated(repeated, self._rows + 1 + pc.index(same, pa.scalar(True)).as_py())
        self._last = row_ids[len(row_ids) - 1]
        self._rows += len(row_ids)

    def check(self) -> None:
        """Refuse what was seen; the message says how many and where, never which.

        Raises
        ------
        TrainerError
            RowIdInvalid.
        """
        if self._nulls > 0:
            raise TrainerError.of("RowIdInvalid", "null", rows=_rows(self._nulls), all=self._rows)
        if self._repeated > 0:
            assert self._first_repeated is not None
            raise TrainerError.of(
                "RowIdInvalid",
                "repeated",
                rows=_rows(self._repeated),
                all=self._rows,
                first=self._first_repeated + 1,
            )

    def _count_repeated(self, count: int, position: int) -> None:
        self._repeated += count
        if self._first_repeated is None:
            self._first_repeated = position


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
