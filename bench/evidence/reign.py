"""Evidence of one comparison, as the trainer's child assembles it. Prints seconds, peak memory and the size of the document."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from reign_trainer.evidence.assemble import assemble, evidence_bytes
from reign_trainer.evidence.rows.read_rows import read_rows
from reign_trainer.known_row_ids import known_row_ids
from reign_trainer.shapes import EvaluateRequest
from reign_trainer.store import open_store


def main(store: str, request: str) -> None:
    """Assemble and tell."""
    asked: dict[str, Any] = json.loads(Path(request).read_text(encoding="utf-8"))
    begun = time.perf_counter()
    evaluated = EvaluateRequest.model_validate(asked)
    found = assemble(evaluated, read_rows(evaluated, open_store(store), known_row_ids))
    content = evidence_bytes(found)
    told = {
        "seconds": time.perf_counter() - begun,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "slices": len(found.slices),
        "bytes": len(content),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
