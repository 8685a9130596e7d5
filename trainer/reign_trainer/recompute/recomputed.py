"""The evidence of a judgement, made again from the rows that it was made from. Nothing is written."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from reign_trainer.content_hash import ContentHasher
from reign_trainer.errors import TrainerError
from reign_trainer.evidence.assemble import assemble, evidence_bytes
from reign_trainer.evidence.rows.read_rows import read_rows
from reign_trainer.known_row_ids import known_row_ids
from reign_trainer.shapes import ContenderRequest, EvaluateRequest
from reign_trainer.store import Store


class Recomputation:
    """Recomputes judgements of one store; rows that several judgements rest on are hashed once.

    Parameters
    ----------
    store : Store
        Is only read.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._checked: set[tuple[str, str]] = set()

    def evidence(self, request: EvaluateRequest) -> bytes:
        """Give the evidence as it would be stored.

        The hash that names rows is taken over their values. Reading checks the file's bytes against the manifest beside it,
        which whoever changes a file can change as well; so the values are hashed here once more.

        Parameters
        ----------
        request : EvaluateRequest

        Returns
        -------
        bytes
            As `reign_trainer.evidence.assemble.evidence_bytes` writes them.

        Raises
        ------
        TrainerError
            ``StoreCorrupt`` where rows are missing or are not what their hash names; what evaluating raises.
        """
        for kind, content_hash in _rows_of(request):
            self._check(kind, content_hash)
        return evidence_bytes(assemble(request, read_rows(request, self._store, known_row_ids)))

    def _check(self, kind: str, content_hash: str) -> None:
        if (kind, content_hash) in self._checked or not self._store.has_rows(kind, content_hash):
            return
        try:
            with self._store.open_rows(kind, content_hash) as rows, pq.ParquetFile(rows) as file:
                hasher = ContentHasher(file.schema_arrow)
                for batch in file.iter_batches():
                    hasher.update(batch)
            found = hasher.hexdigest()
        except (pa.ArrowException, TypeError):
            found = ""
        if found != content_hash:
            raise TrainerError.of("StoreCorrupt", "valuesHash", object=f"{kind}/{content_hash}")
        self._checked.add((kind, content_hash))


def _rows_of(request: EvaluateRequest) -> list[tuple[str, str]]:
    follow = request.follow_up
    contenders = [request.challenger, request.champion, request.anchor, None if follow is None else follow.beaten]
    named = [one for one in contenders if isinstance(one, ContenderRequest)]
    predictions = [one.predictions for one in named] + [request.shuffled_fit]
    snapshots = [
        *(one.train_snapshot for one in named if one.train_snapshot is not None),
        *(one.holdout_snapshot for one in named),
        *request.chose_champion,
        *([] if follow is None else follow.chose),
    ]
    rows = [("predictions", one) for one in predictions if one is not None] + [("snapshots", one) for one in snapshots]
    return list(dict.fromkeys(rows))
