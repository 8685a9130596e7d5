"""What the forkserver imports once, so that no child has to. Nothing here fits, loads or reads anything."""

import contextlib

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot  # noqa: E402
import mlflow.models.model  # noqa: E402
import mlflow.pyfunc  # noqa: E402
import mlflow.pyfunc.scoring_server  # noqa: E402
import mlflow.sklearn  # noqa: E402
import mlflow.tracking  # noqa: E402
import pandas  # noqa: E402
import pyarrow.compute  # noqa: E402
import pyarrow.parquet  # noqa: E402
import sklearn.calibration  # noqa: E402
import sklearn.compose  # noqa: E402
import sklearn.ensemble  # noqa: E402
import sklearn.impute  # noqa: E402
import sklearn.linear_model  # noqa: E402
import sklearn.metrics  # noqa: E402
import sklearn.pipeline  # noqa: E402
import sklearn.preprocessing  # noqa: E402
import threadpoolctl  # noqa: F401, E402

import reign_trainer.children.child  # noqa: E402
import reign_trainer.fit  # noqa: E402
import reign_trainer.rehearse  # noqa: E402
import reign_trainer.score  # noqa: F401, E402
from reign_trainer.children.clean_room import isolated_path  # noqa: E402

isolated_path()

# Their absence shows where they are needed, with an error of its own.
for _module in ("reign_trainer.pipeline", "reign_trainer.evaluate", "reign_trainer.activities.tasks"):
    with contextlib.suppress(ImportError):
        __import__(_module)
