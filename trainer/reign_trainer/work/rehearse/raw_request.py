"""A caller's raw JSON, read as MLflow's scoring server reads it."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
from mlflow.pyfunc.scoring_server import infer_and_parse_data

from reign_trainer.errors import TrainerError


def read_request(body: str, input_schema: Any) -> pd.DataFrame:
    """Read such a body by the model's own signature.

    Parameters
    ----------
    body : str
    input_schema : mlflow.types.Schema
        Of the model.

    Returns
    -------
    pandas.DataFrame
        What MLflow's scoring server hands to the model: a text column in which all is null holds None, and integers
        may be integers. Giving these their types of training is the model's own business.

    Raises
    ------
    TrainerError
        ``PredictionsInvalid``; names the exception's class, never its text, which may quote the body.
    """
    try:
        frame = infer_and_parse_data(json.loads(body), input_schema)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001
        raise TrainerError.of("PredictionsInvalid", "rawRequest", exception=type(error).__name__) from None
    if not isinstance(frame, pd.DataFrame):
        raise TypeError("a request of records gives a frame")
    return frame
