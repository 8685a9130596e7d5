"""How many rows were judged, and how many of them are independent."""

from __future__ import annotations

import numpy as np

from reign_trainer.evidence.measure.arrays import Floats
from reign_trainer.shapes import Definition, EvidenceClusters, EvidenceRows

from .judged_rows import JudgedRows
from .measure import effective_rows
from .rows.clusters import cluster_sizes
from .rows.columns import numbers
from .rows.holdout_rows import HoldoutRows


def row_counts(holdout: HoldoutRows, judged: JudgedRows, definition: Definition) -> EvidenceRows:
    """Count the rows of a holdout, those that are judged, and why the others are not."""
    labels = numbers(judged.rows.challenger, "label")
    classes = None if definition.label is None else len(definition.label.classes)
    return EvidenceRows(
        holdout=holdout.holdout,
        holdout_of_champion=holdout.holdout_of_champion,
        in_both=holdout.challenger.num_rows,
        unlabelled=int(np.count_nonzero(~holdout.labelled)),
        chose_champion=int(np.count_nonzero(holdout.chose)),
        other_classes=holdout.count_other_classes(),
        labels_differ=holdout.labels_differ,
        judged=labels.size,
        effective=_effective(judged.own_weights()),
        by_class=None if classes is None else np.bincount(labels.astype(np.intp), minlength=classes).tolist(),
    )


def cluster_evidence(judged: JudgedRows, definition: Definition) -> EvidenceClusters:
    """Count the clusters of the judged rows, and say how much of the weight the largest holds."""
    sizes = cluster_sizes(judged.clusters, judged.own_weights())
    share = float(sizes.max() / sizes.sum()) if sizes.any() else 0.0
    return EvidenceClusters.model_validate(
        {"by": definition.source.cluster, "count": sizes.size, "largest_share": share}
    )


def _effective(weights: Floats) -> float:
    return float(effective_rows(weights)) if weights.any() else 0.0
