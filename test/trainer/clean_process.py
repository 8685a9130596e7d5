"""A process that has the installed libraries and nothing of this repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def ask_in_clean_process(models: list[str], records: list[dict[str, Any]], folder: Path, tracking_uri: str) -> Any:
    """Load models side by side in ``python -I`` and give each one's answers to the same records."""
    script = """
import json, sys, warnings
warnings.simplefilter("ignore")
import pandas as pd, mlflow.pyfunc
from mlflow.pyfunc.scoring_server import infer_and_parse_data
models = [mlflow.pyfunc.load_model(uri) for uri in json.loads(sys.argv[1])]
ask = lambda m: m.predict(infer_and_parse_data({"dataframe_records": json.loads(sys.argv[2])}, m.metadata.get_input_schema()))
answers = [ask(model).tolist() for model in models]
foreign = [name for name in sys.modules if name.split(".")[0] in ("reign_trainer", "pipeline", "parts")]
print(json.dumps({"answers": answers, "foreign": foreign}))
"""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    asked = subprocess.run(
        [sys.executable, "-I", "-c", script, json.dumps(models), json.dumps(records)],
        env={**environment, "MLFLOW_TRACKING_URI": tracking_uri},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr[-2000:]
    return json.loads(asked.stdout.splitlines()[-1])
