"""One fit of what the author built: itself, on the labels of the query."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from reign_trainer.errors import TrainerError
from reign_trainer.shapes import Definition

from .label_series import label_series
from .labelled import LabelledClassifier
from .weights import weight_parameter


def fit_author(
    author: Any, features: pd.DataFrame, labels: np.ndarray, weights: np.ndarray | None, definition: Definition
) -> Any:
    """Fit an author's estimator.

    Parameters
    ----------
    author : estimator
        From `build_pipeline`. Fitted itself, not a clone.
    features : pandas.DataFrame of shape (n, features)
    labels : ndarray of shape (n,), float64
        Indexes into the declared classes, or numbers: `encode_labels`.
    weights : ndarray of shape (n,) or None
    definition : Definition

    Returns
    -------
    estimator
        A `LabelledClassifier` around a classifier; a regressor as it is.

    Raises
    ------
    TrainerError
        ``PipelineInvalid`` where there are weights and the estimator takes none.
    Exception
        Whatever the author's code raises.
    """
    y = label_series(labels, definition)
    parameters = {} if weights is None else {_weight_parameter(author): weights}
    if definition.label is not None:
        declared = definition.label
        return LabelledClassifier.fit_itself(author, features, y, declared.classes, declared.positive, **parameters)
    answer = author.fit(features, y, **parameters)
    return answer if hasattr(answer, "predict") else author


def _weight_parameter(author: Any) -> str:
    try:
        return weight_parameter(author)
    except TypeError as error:
        raise TrainerError.of("PipelineInvalid", "weight", problem=str(error)) from None
