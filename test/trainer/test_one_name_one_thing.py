"""A public name of the trainer means one thing, wherever it is read."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import reign_trainer

PACKAGE = Path(reign_trainer.__file__).parent

SAME_THING = {
    "main": "what `python -m` runs of a module",
    "check_pipeline": "the child's function around that of the pipeline package",
    "evaluate": "the child's function around that of the evidence package",
    "observe": "the child's function around that of the evidence package",
}
"""Names that stand in more than one module, and what they are everywhere."""


def test_no_public_class_or_function_is_defined_twice() -> None:
    defined = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith(
                "_"
            ):
                defined[node.name].append(path.relative_to(PACKAGE).as_posix())
    twice = {name: places for name, places in defined.items() if len(places) > 1}
    assert set(twice) == set(SAME_THING), {name: places for name, places in twice.items() if name not in SAME_THING}
