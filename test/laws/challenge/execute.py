"""Executes the cells of a notebook one after the other, in one namespace, as a kernel does. Its path is the argument."""

from __future__ import annotations

import json
import sys
from pathlib import Path

notebook = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
names: dict[str, object] = {"__name__": "__main__"}
for number, cell in enumerate(notebook["cells"]):
    if cell["cell_type"] != "code":
        continue
    exec(compile("".join(cell["source"]), f"cell {number}", "exec"), names)  # noqa: S102
train, holdout = names["train"], names["holdout"]
print(
    json.dumps(
        {
            "columns": list(train.X.columns),
            "train": [len(train.X), *train.window],
            "holdout": [len(holdout.X), *holdout.window],
            "snapshot": train.snapshot,
            "verdict": names["measured"].verdict["kind"],
            "difference": names["measured"].evidence.metrics["roc_auc"].difference.estimate,
            "pictures": sorted(names["measured"].pictures),
            "version": int(names["version"]),
            "cycle": names["cycle"],
        }
    )
)
