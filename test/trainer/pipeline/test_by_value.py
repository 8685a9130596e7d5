"""A logged model brings Reign's wrapper and the author's code along."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import cloudpickle
import mlflow.sklearn
import pandas as pd
import pytest
from reign_trainer.pipeline import LabelledClassifier, build_pipeline, forget_code, register_by_value

PIPELINE = """
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from steps import Shift

def build():
    return Pipeline([('shift', Shift()), ('model', LogisticRegression())])
"""

STEPS = """
from sklearn.base import BaseEstimator, TransformerMixin
from constants import AMOUNT

class Shift(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        return self
    def transform(self, X):
        return X[['amount']] * 0 + AMOUNT
"""

# A clean process: no working directory, no PYTHONPATH, and Reign cannot be imported even where it is installed.
CLEAN = """
import json, sys
class Refusal:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in ('reign_trainer', 'pipeline', 'steps', 'constants'):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Refusal())
import pandas as pd
frame = pd.DataFrame({'amount': [1.0, 2.0]})
"""


def fitted(define: Any, folder: Path) -> LabelledClassifier:
    author = build_pipeline(define({"entrypoint": "pipeline.py:build"}), folder)
    model = LabelledClassifier(author, ["repaid", "defaulted"], "defaulted")
    register_by_value(folder)
    return model.fit(pd.DataFrame({"amount": [0.0, 1.0, 2.0, 3.0]}), ["repaid", "repaid", "defaulted", "repaid"])


def in_a_clean_process(script: str, folder: Path) -> Any:
    done = subprocess.run(
        [sys.executable, "-I", "-c", CLEAN + script], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_two_versions_load_side_by_side_in_a_clean_process(define: Any, write_code: Any, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for number in (1, 2):
        folder = write_code(pipeline=PIPELINE, steps=STEPS, constants=f"AMOUNT = {number}\n")
        (tmp_path / f"v{number}.pkl").write_bytes(cloudpickle.dumps(fitted(define, folder)))
        forget_code(folder)
    answer = in_a_clean_process(
        f"""
import pickle
models = [pickle.load(open({str(tmp_path)!r} + f'/v{{number}}.pkl', 'rb')) for number in (1, 2)]
shifted = [float(model.estimator_[0].transform(frame)['amount'].iloc[0]) for model in models]
print(json.dumps([shifted, list(models[0].predict(frame)), models[1].predict_proba(frame).shape, list(models[0].classes_)]))
""",
        empty,
    )
    assert answer == [[1.0, 2.0], ["repaid", "repaid"], [2, 2], ["repaid", "defaulted"]]


@pytest.mark.filterwarnings("ignore")
def test_mlflow_loads_it_in_a_clean_process(define: Any, write_code: Any, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    folder = write_code(pipeline=PIPELINE, steps=STEPS, constants="AMOUNT = 1\n")
    mlflow.sklearn.save_model(
        fitted(define, folder),
        str(tmp_path / "model"),
        serialization_format="cloudpickle",
        pyfunc_predict_fn="predict_proba",
        pip_requirements=[],
    )
    script = f"""
import mlflow.pyfunc
answer = mlflow.pyfunc.load_model({str(tmp_path / "model")!r}).predict(frame)
print(json.dumps([len(row) for row in answer]))
"""
    assert in_a_clean_process(script, empty) == [2, 2]


READS_FILES = """
import json
import os
from pathlib import Path
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from tables.shift import shift

HERE = Path(__file__).parent
SCALE = os.path.join(os.path.dirname(__file__), 'tables', 'scale.bin')
AT_IMPORT = json.loads((HERE / 'factor.json').read_text())

def lookup(X):
    factor = json.loads((Path(__file__).parent / 'factor.json').read_text())
    again = json.loads((HERE / 'factor.json').read_text())
    with open(SCALE, 'rb') as file:
        scale = file.read()[0]
    return X[['amount']] * 0 + [factor + again + AT_IMPORT + scale + shift()]

def build():
    return Pipeline([('lookup', FunctionTransformer(lookup)), ('model', LogisticRegression())])
"""
SHIFT = """
from pathlib import Path

def shift():
    return float((Path(__file__).with_name('shift.txt')).read_text())
"""


def test_data_files_are_found_by_file_where_the_model_is_loaded(define: Any, write_code: Any, tmp_path: Path) -> None:
    folder = write_code(pipeline=READS_FILES, tables__shift=SHIFT)
    (folder / "factor.json").write_text("1")
    (folder / "tables" / "scale.bin").write_bytes(b"\xff")
    (folder / "tables" / "shift.txt").write_text("1000")
    (tmp_path / "model.pkl").write_bytes(cloudpickle.dumps(fitted(define, folder)))
    shutil.rmtree(folder)
    empty = tmp_path / "empty"
    empty.mkdir()
    answer = in_a_clean_process(
        f"""
import pickle
model = pickle.load(open({str(tmp_path / "model.pkl")!r}, 'rb'))
print(json.dumps(model.estimator_[0].transform(frame)['amount'].tolist()))
""",
        empty,
    )
    assert answer == [1258.0, 1258.0]
