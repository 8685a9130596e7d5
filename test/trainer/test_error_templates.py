"""Errors that are made from templates: every call names a template of the catalogue and fills all of its places."""

import ast
import re
from pathlib import Path

import pytest
from reign_trainer.children.run_child import Limits
from reign_trainer.constants import TEMPLATES
from reign_trainer.errors import TrainerError

_TRAINER = Path(__file__).parents[2] / "trainer" / "reign_trainer"


def _calls(function: str) -> list[tuple[str, ast.Call]]:
    found = []
    for path in sorted(_TRAINER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == function:
                found.append((f"{path.relative_to(_TRAINER)}:{node.lineno}", node))
    return found


#: What a process that takes too long is called depends on what it does.
_CODES_OF_LIMITS = {
    ast.literal_eval(keyword.value)
    for _, call in _calls("Limits")
    for keyword in call.keywords
    if keyword.arg == "code"
} | {Limits().code}


def test_every_call_fills_a_template_of_the_catalogue() -> None:
    calls = _calls("TrainerError.of")
    assert calls
    for where, call in calls:
        named, situation = call.args
        if not isinstance(situation, ast.Constant):  # said by a child, or by a call of `invalid`
            continue
        codes = _CODES_OF_LIMITS if ast.unparse(named) == "limits.code" else {ast.literal_eval(named)}
        for code in codes:
            places = set(re.findall(r"\{(\w+)", TEMPLATES[code][ast.literal_eval(situation)]))
            given = {keyword.arg for keyword in call.keywords if keyword.arg != "detail"}
            assert given == places, (where, code)


def test_every_call_of_invalid_fills_a_template_of_its_code() -> None:
    calls = _calls("invalid")
    assert calls
    for where, call in calls:
        places = set(re.findall(r"\{(\w+)", TEMPLATES["PipelineInvalid"][ast.literal_eval(call.args[1])]))
        assert {"place", *(keyword.arg for keyword in call.keywords)} == places, where


def test_an_error_says_its_template() -> None:
    error = TrainerError.of("SourceUnavailable", "brokeOff", connection="warehouse")
    assert error.code == "SourceUnavailable"
    assert error.message == "The source (connection warehouse) ended the connection in the middle of the query."
    assert error.retryable
    assert error.detail.situation == "brokeOff"
    assert error.detail.values == {"connection": "warehouse"}


def test_what_a_value_holds_is_never_taken_for_a_place() -> None:
    assert "{x}" in TrainerError.of("SourceUnavailable", "brokeOff", connection="{x}").message


def test_a_missing_value_is_a_defect_of_the_caller() -> None:
    with pytest.raises(KeyError):
        TrainerError.of("SourceUnavailable", "brokeOff")
