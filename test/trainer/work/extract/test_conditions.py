"""What an SQLSTATE of the warehouse means for the next attempt."""

from __future__ import annotations

import pytest
from reign_trainer.work.extract.conditions import is_unavailable


@pytest.mark.parametrize(
    "sqlstate", ["08006", "28P01", "3D000", "40001", "40P01", "53100", "53300", "55P03", "57014", "57P01"]
)
def test_what_passes(sqlstate: str) -> None:
    assert is_unavailable(sqlstate)


@pytest.mark.parametrize("sqlstate", ["53400", "54001", "25006", "42501", "42601", "22012", "XX001", "00000"])
def test_what_the_same_query_meets_again(sqlstate: str) -> None:
    assert not is_unavailable(sqlstate)
