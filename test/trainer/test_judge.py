"""The notebook's function asks the command line: one gate, and its words."""

from __future__ import annotations

import doctest
from pathlib import Path

import pyarrow as pa
import pytest
from reign_trainer import judge as module
from reign_trainer.errors import TrainerError
from reign_trainer.judge import Judged, judge

VERDICT = {
    "kind": "keep",
    "summary": "It is <not> better.",
    "deciding": "primary",
    "checks": [
        {"name": "rehearsal", "status": "notRun", "measured": "nothing", "required": "answers", "why": ""},
        {"name": "primary", "status": "failed", "measured": "-0.1", "required": "> 0", "why": "better"},
    ],
}


def test_the_example_runs() -> None:
    found = doctest.testmod(module)
    assert (found.failed, found.attempted > 0) == (0, True)


def test_what_is_wrong_is_said_with_its_code() -> None:
    frame = pa.table({"label": [0, 1], "challenger": [0.2, 0.8], "champion": [0.3, 0.7]})
    with pytest.raises(TrainerError, match="no column event_time.*--cluster none") as raised:
        judge(frame, {})
    assert raised.value.code == "UsageInvalid"
    assert raised.value.detail.situation == "noEventTime"


def test_a_checkout_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match="is not a checkout of Reign") as raised:
        judge(pa.table({}), {}, checkout=tmp_path)
    assert raised.value.code == "SettingMissing"


def test_it_shows_itself() -> None:
    judged = Judged(verdict=VERDICT, evidence={}, policy={})
    assert repr(judged).splitlines() == ["keep: It is <not> better.", "– rehearsal: nothing", "✗ primary: -0.1"]
    page = judged._repr_html_()
    assert "It is &lt;not&gt; better." in page
    assert "primary (decided)" in page
