"""Labels as an author's ``fit`` sees them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from reign_trainer.frame import TEXT_DTYPE
from reign_trainer.shapes import Definition

from .labelled import declared_array


def label_series(encoded: np.ndarray, definition: Definition) -> pd.Series[Any]:
    """Give labels as the author's ``fit`` sees them: the column of the query.

    Parameters
    ----------
    encoded : ndarray of shape (n,), float64
        As `encode_labels` gives them, without NaN.
    definition : Definition

    Returns
    -------
    pandas.Series of shape (n,)
        Under the label's name, the index counts from 0. ``str`` where the classes are strings, ``bool`` where they are
        booleans, ``int64`` where they are whole numbers, else ``float64``; ``float64`` for a regression.
    """
    name = definition.source.label
    if definition.label is None:
        return pd.Series(encoded, name=name)
    values = declared_array(definition.label.classes)[encoded.astype(np.intp)]
    return pd.Series(values, name=name, dtype=TEXT_DTYPE if values.dtype.kind == "U" else None)
