"""What a notebook does for the same question: the five metrics of both models, and ROC AUC slice by slice. No uncertainty."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score, roc_curve


def main(store: str, request: str) -> None:
    """Measure and tell."""
    asked = json.loads(Path(request).read_text(encoding="utf-8"))
    begun = time.perf_counter()
    read = [
        pd.read_parquet(Path(store) / "predictions" / asked[who]["predictions"] / "rows.parquet")
        for who in ("challenger", "champion")
    ]
    rows = read[0].merge(read[1][["reign_row_id", "score"]], on="reign_row_id", suffixes=("", "_champion"))
    found = {}
    for score in ("score", "score_champion"):
        false, true, _ = roc_curve(rows["label"], rows[score])
        found[score] = [
            roc_auc_score(rows["label"], rows[score]),
            average_precision_score(rows["label"], rows[score]),
            log_loss(rows["label"], rows[score]),
            brier_score_loss(rows["label"], rows[score]),
            float(np.max(true - false)),
        ]
    slices = 0
    for policy in asked["definition"]["gate"]["slices"]:
        for _, part in rows.groupby(policy["column"]):
            found[slices] = [roc_auc_score(part["label"], part[score]) for score in ("score", "score_champion")]
            slices += 1
    told = {
        "seconds": time.perf_counter() - begun,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "slices": slices,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
