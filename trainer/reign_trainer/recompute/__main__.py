"""`python -m reign_trainer.recompute`: recomputes evidence, one judgement a line.

Each line of standard input is ``{"store": PLACE, "request": EvaluateRequest}``; each line of the answer is
``{"evidence": TEXT}``, the document as it would be stored, or an error as `answer_line` writes it.
"""

from __future__ import annotations

import json
from typing import Any

from reign_trainer.shapes import EvaluateRequest
from reign_trainer.store import open_store

from .answers import serve
from .recomputed import Recomputation


def main() -> None:
    """Answer until the input ends."""
    known: dict[str, Recomputation] = {}

    def recompute(line: str) -> dict[str, Any]:
        asked = json.loads(line)
        store = asked["store"]
        recomputation = known.setdefault(store, Recomputation(open_store(store)))
        evidence = recomputation.evidence(EvaluateRequest.model_validate(asked["request"]))
        return {"evidence": evidence.decode()}

    serve(recompute)


if __name__ == "__main__":
    main()
