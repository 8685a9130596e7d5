"""Tracebacks cut to the author's lines, without what a message may quote."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from reign_trainer.pipeline import author_traceback, build_pipeline

TEXT = """
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

def explode(X):
    raise ValueError(f"cannot use {X.iloc[0, 0]}")

class Own(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        explode(X)
    def transform(self, X):
        return X

def build():
    return Pipeline([('c', ColumnTransformer([('own', Own(), ['amount'])])), ('m', LogisticRegression())])
"""


def test_an_error_in_fit_shows_the_authors_lines_only(define: Any, write_code: Any) -> None:
    folder = write_code(pipeline=TEXT)
    model = build_pipeline(define({"entrypoint": "pipeline.py:build"}), folder)
    with pytest.raises(ValueError, match="cannot use") as caught:
        model.fit(pd.DataFrame({"amount": [4711.0, 2.0]}), np.array([0, 1]))
    short, full, file, line = author_traceback(caught.value, folder)
    assert short == "ValueError\n  pipeline.py:12 in fit\n  pipeline.py:8 in explode"
    assert (file, line) == ("pipeline.py", 8)
    assert "4711" in full
    assert "4711" not in short


def test_an_error_elsewhere_has_no_line_of_the_author(tmp_path: Any) -> None:
    try:
        int("17 rows")
    except ValueError as error:
        assert author_traceback(error, tmp_path)[0] == "ValueError"
        assert author_traceback(error, None)[2:] == (None, None)


def test_the_authors_lines_are_found_behind_a_later_error(define: Any, write_code: Any) -> None:
    folder = write_code(pipeline=TEXT)
    model = build_pipeline(define({"entrypoint": "pipeline.py:build"}), folder)
    try:
        try:
            model.fit(pd.DataFrame({"amount": [1.0, 2.0]}), np.array([0, 1]))
        except ValueError as cause:
            raise RuntimeError("fit did not end") from cause
    except RuntimeError as error:
        assert author_traceback(error, folder).line == 8
