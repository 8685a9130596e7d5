"""One extract in a fresh process: python extract_once.py URL STORE < request.json; prints time and peak memory."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from reign_trainer.shapes import ExtractRequest
from reign_trainer.store import open_store
from reign_trainer.work.extract import extract


def main(url: str, store: str) -> None:
    """Run the request on standard input."""
    request = ExtractRequest.model_validate_json(sys.stdin.read())
    started = time.perf_counter()
    result = extract(request, open_store(store), url, lambda progress: None, lambda: False)
    seconds = time.perf_counter() - started
    [snapshot] = result.snapshots
    answer = {
        "rows": snapshot.rows,
        "seconds": seconds,
        "peakMegabytes": peak_megabytes(),
        "contentHash": snapshot.content_hash,
    }
    print(json.dumps(answer))


def peak_megabytes() -> float:
    """Give the largest memory of this program; getrusage would also count what its parent held before it started."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    main(*sys.argv[1:])
