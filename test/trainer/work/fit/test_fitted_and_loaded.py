"""What is promoted is what was fitted: the loaded version answers as the fitted pipeline did, or the cycle fails."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from reign_trainer.errors import TrainerError
from reign_trainer.shapes import FitRequest, ScoreRequest
from reign_trainer.store import Store
from small_model import CODE, fit_request

#: As `global-settings-silent`: categories reach the estimator only where the configuration holds.
SETTING = """
from lightgbm import LGBMClassifier
from sklearn import set_config
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

set_config(transform_output="pandas")

def as_category(X):
    return X.round(-1).astype("category")

def build():
    columns = ColumnTransformer([
        ("number", StandardScaler(), ["amount"]),
        ("category", FunctionTransformer(as_category, feature_names_out="one-to-one"), ["amount"]),
    ])
    return Pipeline([("columns", columns), ("model", LGBMClassifier(n_estimators=20, verbose=-1))])
"""


def _request(store: Store, files: dict[str, str]) -> FitRequest:
    packed = store.write_document("code", json.dumps({"files": files}, sort_keys=True).encode())
    return fit_request(store, None, code_hash=packed)


def _score(request: FitRequest, uri: str) -> ScoreRequest:
    return ScoreRequest(
        model_uri=uri,
        name="small version 3",
        definition=request.definition,
        snapshot=request.holdout_snapshot,
        rehearsed_rows=100,
    )


def test_a_global_configuration_travels_with_the_version(in_child: Any, store: Store) -> None:
    request = _request(store, {"pipeline.py": SETTING})
    fitted = in_child("fit", request)
    scored = in_child("score", _score(request, fitted.model_uri))
    assert (scored.rehearsal.rows, scored.rehearsal.mismatches) == (100, 0)
    scores = store.read_rows("predictions", scored.predictions)["score"].to_numpy()
    assert len(np.unique(scores)) > 50


@pytest.mark.parametrize(
    ("elsewhere", "change", "cause"),
    [
        (
            "import os; os.environ['SHIFT_OF_A_TEST'] = '1'\n",
            "float(__import__('os').environ.get('SHIFT_OF_A_TEST', '0')) / 10",
            "environment variables .SHIFT_OF_A_TEST",
        ),
        ("", "0.1 * float(Hour.__module__ in __import__('sys').modules)", "a module's cache"),
        (
            "open('calibration.txt', 'w').write('1')\n",
            "0.1 * float(__import__('os').path.exists('calibration.txt'))",
            "writes files .calibration.txt",
        ),
        ("", "__import__('random').random() / 10", "draws random numbers"),
    ],
    ids=["environment", "modules", "files", "random"],
)
def test_another_state_of_the_process_is_refused_with_its_likely_cause(
    in_child: Any, store: Store, elsewhere: str, change: str, cause: str
) -> None:
    text = CODE["pipeline.py"].replace("SHIFT = 0.0\n", f"SHIFT = 0.0\n{elsewhere}")
    text = text.replace("[[SHIFT, -SHIFT]]", f"np.array([[1, -1]]) * ({change})")
    request = _request(store, {**CODE, "pipeline.py": text})
    fitted = in_child("fit", request)
    with pytest.raises(TrainerError, match=cause) as raised:
        in_child("score", _score(request, fitted.model_uri))
    assert raised.value.code == "FittedModelDiffers"
    assert "of 1000 training rows" in raised.value.message
