"""`estimator.html`, as autolog writes it."""

from __future__ import annotations

from html import escape
from typing import Any

from sklearn.utils import estimator_html_repr


def estimator_page(estimator: Any) -> str:
    """Give scikit-learn's picture of an estimator as a page of its own; where it cannot draw it, its class's name."""
    try:
        body = estimator_html_repr(estimator)
    # Whatever the author's class answers to scikit-learn's questions: a page is no reason to fail a fit.
    except (Exception, SystemExit):  # noqa: BLE001
        body = f"<p>{escape(type(estimator).__qualname__)}</p>"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n  <head>\n    <meta charset="UTF-8"/>\n  </head>\n'
        f"  <body>\n    {body}\n  </body>\n</html>\n"
    )
