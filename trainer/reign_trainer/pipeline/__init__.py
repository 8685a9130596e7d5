"""Pipelines: built from a definition, in either of its two forms, and checked before they are fitted."""

from .build import build_pipeline
from .by_value import register_by_value
from .check import check_pipeline
from .code import forget_code, unpack_code
from .fit_author import fit_author
from .labelled import LabelledClassifier
from .traceback import AuthorTraceback, author_traceback

__all__ = [
    "AuthorTraceback",
    "LabelledClassifier",
    "author_traceback",
    "build_pipeline",
    "check_pipeline",
    "fit_author",
    "forget_code",
    "register_by_value",
    "unpack_code",
]
