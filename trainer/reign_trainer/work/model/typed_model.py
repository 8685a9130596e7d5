"""What is logged: a fitted model that sees the same types from every caller.

This module travels inside the model, by value: it imports nothing of Reign.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from sklearn import config_context
from sklearn.base import BaseEstimator
from sklearn.utils.metaestimators import available_if


def _answers_probabilities(self: TypedModel) -> bool:
    return hasattr(self.model, "predict_proba")


class TypedModel(BaseEstimator):  # type: ignore[misc]
    """A fitted model behind a door that gives every column the type it had in training.

    A frame made of one raw JSON object has ``None`` where training had NaN, ``object`` or ``int64`` columns where it
    had ``str`` and ``float64``, and texts or nanoseconds where training had times in microseconds. Each of these can
    change an answer without an error.

    Parameters
    ----------
    model : estimator
        Fitted, with ``predict`` and perhaps ``predict_proba``.
    kinds : dict of str to {'number', 'text', 'time'}
        Of the features, in the order of training.
    configuration : dict, optional
        What the author's code changed of scikit-learn's global configuration (``sklearn.set_config``): in force
        whenever the model answers.
    """

    def __init__(self, model: Any, kinds: dict[str, str], configuration: dict[str, Any] | None = None) -> None:
        self.model = model
        self.kinds = kinds
        self.configuration = configuration

    def fit(self, features: Any, labels: Any = None) -> TypedModel:
        """Do nothing, as scikit-learn's FrozenEstimator: a version stays as its cycle fitted it."""
        return self

    def predict(self, features: Any) -> Any:
        """Predict labels of the declared classes, or numbers.

        Parameters
        ----------
        features : pandas.DataFrame of shape (n, columns)
            In any order and with any other columns; or an array with the features in the order of training. A number
            may be a float, an integer up to 2**53, a boolean or a Decimal, missing values in any form. A time is a
            timestamp, a date or text in ISO 8601. What would lose something is refused, with the column's name.
        """
        with config_context(**(self.configuration or {})):
            return self.model.predict(self._typed(features))

    @available_if(_answers_probabilities)  # type: ignore[untyped-decorator]
    def predict_proba(self, features: Any) -> Any:
        """Predict probabilities of shape (n, classes), in the order of the declared classes."""
        with config_context(**(self.configuration or {})):
            return self.model.predict_proba(self._typed(features))

    @property
    def classes_(self) -> Any:
        """The declared classes, in order."""
        return self.model.classes_

    @property
    def feature_names_in_(self) -> Any:
        """Names of the features, in the order of training."""
        return np.array(list(self.kinds), dtype=object)

    @property
    def n_features_in_(self) -> int:
        """How many features there are."""
        return len(self.kinds)

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:
        # Whether it classifies is what the model behind it says.
        behind = getattr(self.model, "__sklearn_tags__", None)
        return super().__sklearn_tags__() if behind is None else behind()

    def _typed(self, features: Any) -> pd.DataFrame:
        frame = features if isinstance(features, pd.DataFrame) else pd.DataFrame(features, columns=list(self.kinds))
        missing = [name for name in self.kinds if name not in frame.columns]
        if missing:
            raise ValueError(f"columns are missing: {', '.join(missing)}")
        columns = {name: self._column(frame[name], kind) for name, kind in self.kinds.items()}
        return pd.DataFrame(columns, index=frame.index, columns=pd.Index(list(self.kinds)))

    def _column(self, column: Any, kind: str) -> Any:
        if kind == "number":
            return self._numbers(column)
        if kind == "text":
            if column.dtype.kind in "biufcmM" and column.notna().any():
                raise TypeError(
                    f"column {column.name}: expected text; found {column.dtype}: cast it as training had it"
                )
            return column.astype(pd.StringDtype(na_value=np.nan))
        if column.dtype.kind in "biufc" and column.notna().any():
            raise TypeError(f"column {column.name}: a time is a string in ISO 8601 or a timestamp")
        # Every form of ISO 8601, also several in one column; a time without zone is in UTC.
        times = pd.to_datetime(column, utc=True, format="ISO8601")
        return times.dt.tz_localize(None).astype("datetime64[us]")

    def _numbers(self, column: Any) -> Any:
        """Accept what loses nothing: float64 holds every integer up to 2**53."""
        dtype = column.dtype
        if isinstance(dtype, np.dtype) and dtype.kind in "bf":
            return column.astype("float64")
        if isinstance(dtype, np.dtype) and dtype.kind in "iu":
            if ((column > 2**53) | (column < -(2**53))).any():
                raise ValueError(f"column {column.name}: integers beyond 2**53 lose digits as float64")
            return column.astype("float64")
        numbers = [self._number(value, column.name) for value in column.astype(object)]
        return pd.Series(np.array(numbers, dtype=np.float64), index=column.index, name=column.name)

    def _number(self, value: Any, name: Any) -> float:
        if value is None or value is pd.NA or value is pd.NaT:
            return float("nan")
        if isinstance(value, int | np.integer) and abs(int(value)) > 2**53:
            raise ValueError(f"column {name}: integers beyond 2**53 lose digits as float64")
        if isinstance(value, bool | int | float | np.bool_ | np.integer | np.floating | Decimal):
            return float(value)
        raise TypeError(f"column {name}: expected numbers; found {type(value).__name__}")
