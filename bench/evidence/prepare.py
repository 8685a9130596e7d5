"""Draw a holdout into a store, and print the hashes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from holdout import drawn, stored

if __name__ == "__main__":
    folder, rows, columns = sys.argv[1:]
    _, hashes = stored(Path(folder), *drawn(int(rows), int(columns)))
    print(json.dumps(hashes))
