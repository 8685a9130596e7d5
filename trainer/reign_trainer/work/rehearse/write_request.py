"""A caller's raw JSON, as a caller writes it."""

from __future__ import annotations

import json
from typing import Any


def raw_request(objects: list[dict[str, Any]]) -> str:
    """Write the body that a caller would post: ``{"dataframe_records": [...]}``."""
    return json.dumps({"dataframe_records": objects})
