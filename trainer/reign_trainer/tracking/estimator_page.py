"""`estimator.html`, as autolog writes it."""

from __future__ import annotations

from typing import Any

from sklearn.utils import estimator_html_repr


def estimator_page(estimator: Any) -> str:
    """Give scikit-learn's picture of an estimator as a page of its own."""
    body = estimator_html_repr(estimator)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n  <head>\n    <meta charset="UTF-8"/>\n  </head>\n'
        f"  <body>\n    {body}\n  </body>\n</html>\n"
    )
