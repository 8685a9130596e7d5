"""What the forkserver imports once, so that no child has to. Nothing here fits, loads or reads anything."""

import contextlib
import importlib

import matplotlib

from reign_trainer.environment import environment, providers

_MODULES = (
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
    "mlflow.pyfunc.scoring_server",
    "mlflow.sklearn",
    "mlflow.tracking",
    "mlflow.store.artifact.mlflow_artifacts_repo",
    "mlflow.store.artifact.models_artifact_repo",
    "pandas",
    "pyarrow.compute",
    "pyarrow.parquet",
    "sklearn.calibration",
    "sklearn.compose",
    "sklearn.ensemble",
    "sklearn.impute",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "reign_trainer.children.child",
    "reign_trainer.work",
)

matplotlib.use("Agg")
for _name in _MODULES:
    importlib.import_module(_name)
# What is installed is asked for by every fit and every version: children inherit the answers, as long as they hold.
environment()
providers()
importlib.import_module("reign_trainer.tracking.closure").closure(
    importlib.import_module("reign_trainer.tracking.requirements").ALWAYS
)
with contextlib.suppress(AttributeError, TypeError):  # not a public function: without it children ask again
    importlib.import_module("mlflow.utils.requirements_utils").warn_dependency_requirement_mismatches(["mlflow"])
