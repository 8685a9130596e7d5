"""The property tests draw the same examples in every run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

EXAMPLES = """
import property_tests
property_tests.choose_examples()
{imported}
from hypothesis import given, strategies as st

@given(st.lists(st.text() | st.integers().map(str) | st.binary().map(repr)))
def draw(value):
    print(ascii(value))

draw()
"""


def drawn(tmp_path: Path, imported: str = "", **environment: str) -> str:
    """Print what a property is tried on, in a process of its own."""
    (tmp_path / "neighbour.py").write_text("CONSTANTS = ['harvested-by-chance', 918273645, b'another']\n")
    script = tmp_path / "examples.py"
    script.write_text(EXAMPLES.format(imported=imported))
    paths = os.pathsep.join([str(Path(__file__).parent), str(tmp_path)])
    fuzz = {name: value for name, value in os.environ.items() if name != "REIGN_FUZZ"}
    ran = subprocess.run(
        [sys.executable, str(script)],
        env={**fuzz, "PYTHONPATH": paths, **environment},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def test_the_same_in_every_run_unless_fresh_ones_are_asked_for(tmp_path: Path) -> None:
    first = drawn(tmp_path)
    assert len(set(first.splitlines())) > 50
    assert drawn(tmp_path, "import neighbour") == first
    assert drawn(tmp_path, REIGN_FUZZ="1") != first
    assert not (tmp_path / ".hypothesis" / "examples").exists()
