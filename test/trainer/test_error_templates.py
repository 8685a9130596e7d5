"""Errors that are made from templates: every call names a template of the catalogue and fills all of its places."""

import ast
import re
from pathlib import Path

import pytest
from reign_trainer.constants import TEMPLATES
from reign_trainer.errors import TrainerError

_TRAINER = Path(__file__).parents[2] / "trainer" / "reign_trainer"


def _calls() -> list[tuple[str, ast.Call]]:
    found = []
    for path in sorted(_TRAINER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "TrainerError.of":
                found.append((f"{path.relative_to(_TRAINER)}:{node.lineno}", node))
    return found


def test_every_call_fills_a_template_of_the_catalogue() -> None:
    calls = _calls()
    assert calls
    for where, call in calls:
        code, situation = (ast.literal_eval(argument) for argument in call.args)
        places = set(re.findall(r"\{(\w+)", TEMPLATES[code][situation]))
        given = {keyword.arg for keyword in call.keywords if keyword.arg != "detail"}
        assert given == places, where


def test_an_error_says_its_template() -> None:
    error = TrainerError.of("SourceUnavailable", "brokeOff", connection="warehouse")
    assert error.code == "SourceUnavailable"
    assert error.message == "The source (connection warehouse) broke off in the middle."
    assert error.retryable


def test_what_a_value_holds_is_never_taken_for_a_place() -> None:
    assert "{x}" in TrainerError.of("SourceUnavailable", "brokeOff", connection="{x}").message


def test_a_missing_value_is_a_defect_of_the_caller() -> None:
    with pytest.raises(KeyError):
        TrainerError.of("SourceUnavailable", "brokeOff")
