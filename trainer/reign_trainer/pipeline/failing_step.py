"""Which step of a pipeline an exception came out of."""

from __future__ import annotations

import traceback
from typing import Any


def failing_step(exception: BaseException) -> str | None:
    """Name the innermost estimator that an exception passed through, by its steps' names where they have some.

    Returns
    -------
    str or None
        ``step `columns` > `hour` (Hour)``, ``step `model` (XGBClassifier)``, or the class alone where no pipeline names
        it; None where no estimator was on the way.
    """
    path: list[str] = []
    parent: Any = None
    for frame, _ in traceback.walk_tb(exception.__traceback__):
        values = frame.f_locals
        # scikit-learn's own helpers call it transformer: `_fit_transform_one(transformer, X, y, ...)`.
        for one in (values.get("self"), values.get("transformer")):
            if one is None or one is parent or not _is_estimator(one):
                continue
            name = _name_in(parent, one)
            if name is not None:
                path.append(f"`{name}`")
            parent = one
    if parent is None:
        return None
    kind = type(parent).__name__
    return f"step {' > '.join(path)} ({kind})" if path else kind


def _is_estimator(one: Any) -> bool:
    # Asked of the class: an instance may answer anything.
    kind = type(one)
    return hasattr(kind, "get_params") and hasattr(kind, "fit") and not kind.__module__.startswith("reign_trainer.")


def _name_in(parent: Any, step: Any) -> str | None:
    """Give the name that a step has in a Pipeline, a ColumnTransformer or a union; copies are known by their class."""
    named = [
        (one[0], one[1])
        for attribute in ("steps", "transformers", "transformer_list", "estimators")
        for one in _list_of(parent, attribute)
        if isinstance(one, tuple) and len(one) >= 2 and isinstance(one[0], str)
    ]
    same = [name for name, one in named if one is step]
    alike = same or [name for name, one in named if type(one) is type(step)]
    return alike[0] if len(alike) == 1 else None


def _list_of(parent: Any, attribute: str) -> list[Any]:
    value = getattr(parent, "__dict__", {}).get(attribute)
    return value if isinstance(value, list) else []
