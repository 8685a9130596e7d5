"""A control: training rows whose labels were dealt out at random."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np

from reign_trainer.work.fit.training_rows import TrainingRows


def with_shuffled_labels(rows: TrainingRows, cycle: str) -> TrainingRows:
    """Deal the labels out anew: as many of each class as before, and nothing to learn from the features.

    Parameters
    ----------
    rows : TrainingRows
        Features and weights stay where they are.
    cycle : str
        Its id seeds the shuffle: a cycle that is tried again gets the same.
    """
    seed = int.from_bytes(hashlib.sha256(f"shuffled labels of {cycle}".encode()).digest()[:16], "big")
    order = np.random.Generator(np.random.PCG64(seed)).permutation(len(rows))
    return replace(rows, labels=rows.labels[order])
