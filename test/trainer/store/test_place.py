"""Where a store is: TypeScript and Python read the same texts the same way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from reign_trainer.errors import TrainerError
from reign_trainer.store import Bucket, lies_below, parse_place

PLACES = json.loads((Path(__file__).parents[2] / "store/places.json").read_text())


@pytest.mark.parametrize("text", PLACES["valid"])
def test_a_place_is_read(text: str) -> None:
    expected, found = PLACES["valid"][text], parse_place(text)
    if isinstance(found, Path):
        assert expected == {"kind": "folder", "folder": str(found)}
    else:
        given = {"bucket": found.name, **{name: value for name, value in vars(found).items() if name != "name"}}
        assert {name: value for name, value in given.items() if value is not None} == expected


@pytest.mark.parametrize("text", PLACES["invalid"])
def test_a_place_that_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(TrainerError) as refused:
        parse_place(text)
    assert refused.value.code == "SettingInvalid"
    assert PLACES["invalid"][text] in refused.value.message
    assert "secret" not in refused.value.message


def test_a_folder_may_be_relative_and_lies_below_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse_place("store") == tmp_path / "store"
    assert lies_below("store", tmp_path)
    assert not lies_below("store", tmp_path / "other")
    assert not lies_below("s3://bucket/x", tmp_path)
    assert isinstance(parse_place("s3://bucket/x"), Bucket)
