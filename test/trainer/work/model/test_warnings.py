"""Warnings are kept, each once, and quote the source alone."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reign_trainer.work.model.warnings import KeptWarnings
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

AUTHOR = """
import warnings
import numpy as np

TABLE = "a long text that a module of the author's read from a table of people"

def constant():
    warnings.warn("The column is skewed.")

def quoting(value):
    warnings.warn(f"The purpose {value} is not known to the table of risks")

def percent(value):
    warnings.warn("The purpose %s is not known" % value, RuntimeWarning)

def only(value):
    warnings.warn(value)

def quoted(value):
    warnings.warn(f"The purpose is new: '{value}'")

def quoted_at_the_end(value):
    warnings.warn("The purpose is '" + value)

def often():
    for at in range(50):
        warnings.warn(f"row number {at}")

def logarithm():
    return np.log(np.array([0.0]))

def old():
    warnings.warn("Use new() instead.", DeprecationWarning, stacklevel=1)
"""


@pytest.fixture
def author(tmp_path: Path) -> Any:
    """Code of an author's, with the warnings that its functions leave."""
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "pipeline.py").write_text(AUTHOR)
    names: dict[str, Any] = {}
    exec(compile(AUTHOR, str(folder / "pipeline.py"), "exec"), names)  # noqa: S102

    def warned(name: str, *arguments: Any) -> list[tuple[str, str, str, int]]:
        kept = KeptWarnings("fit", folder)
        with kept.listening():
            names[name](*arguments)
        return [(one.category, one.text, one.place, one.count) for one in kept.found]

    warned.table = names["TABLE"]  # type: ignore[attr-defined]
    return warned


def test_a_text_is_told_as_far_as_it_stands_in_the_source(author: Any) -> None:
    assert author("constant") == [("UserWarning", "The column is skewed.", "pipeline.py:8", 1)]
    told = "The purpose … is not known to the table of risks"
    assert author("quoting", "boat of Ms Smith") == [("UserWarning", told, "pipeline.py:11", 1)]
    assert author("percent", "Smith") == [("RuntimeWarning", "The purpose … is not known", "pipeline.py:14", 1)]
    assert author("only", "Ms Smith lives here") == [("UserWarning", "", "pipeline.py:17", 1)]
    assert author("only", author.table) == [("UserWarning", "", "pipeline.py:17", 1)]


def test_no_quote_stays_open(author: Any) -> None:
    assert author("quoted", "Ms Smith")[0][1] == "The purpose is new: …"
    assert author("quoted_at_the_end", "Ms Smith")[0][1] == "The purpose is …"


def test_one_place_is_told_once_and_counted(author: Any) -> None:
    assert author("often") == [("UserWarning", "row number …", "pipeline.py:27", 50)]


def test_numpy_and_deprecations_in_the_authors_own_lines(author: Any) -> None:
    assert author("logarithm") == [("RuntimeWarning", "divide by zero encountered in log", "pipeline.py:30", 1)]
    assert author("old") == [("DeprecationWarning", "Use new() instead.", "pipeline.py:33", 1)]


def test_what_scikit_learn_says_about_weights_is_kept() -> None:
    kept = KeptWarnings("fit")
    rows, labels = np.arange(40.0).reshape(-1, 1), np.arange(40) % 2
    with kept.listening():
        CalibratedClassifierCV(make_pipeline(LogisticRegression()), cv=2).fit(rows, labels, sample_weight=np.ones(40))
    (one,) = [one for one in kept.found if "sample_weight" in one.text]
    assert "the result of the calibration is likely to be incorrect" in one.text
    assert one.place.startswith("sklearn/calibration.py:")
    assert (one.category, one.during) == ("UserWarning", "fit")


def test_filters_that_the_author_sets_are_respected_and_end_with_the_step() -> None:
    kept = KeptWarnings("fit")
    before = list(warnings.filters)
    with kept.listening():
        warnings.filterwarnings("ignore")
        warnings.warn("nobody hears this")
    assert kept.found == []
    assert warnings.filters == before
    assert warnings.showwarning is not kept._keep
