"""What the forkserver imports once, so that no child has to. Nothing here fits, loads or reads anything."""

import contextlib
import importlib

_MODULES = (
    "encodings.cp437",  # names inside of .npz files
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
    "mlflow.pyfunc.scoring_server",
    "mlflow.sklearn",
    "mlflow.tracking",
    "mlflow.tracking.request_header.registry",
    "mlflow.store.artifact.mlflow_artifacts_repo",
    "mlflow.store.artifact.models_artifact_repo",
    "netrc",
    "pandas",
    "pyarrow.compute",
    "pyarrow.dataset",
    "pyarrow.ipc",
    "pyarrow.parquet",
    "sklearn.calibration",
    "sklearn.compose",
    "sklearn.ensemble",
    "sklearn.impute",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "pydantic.dataclasses",
    "reign_trainer.children.child",
    "reign_trainer.work.own",
    "reign_trainer.work.author",
)


def load() -> None:
    """Import it all."""
    matplotlib = importlib.import_module("matplotlib")
    matplotlib.use("Agg")
    for name in _MODULES:
        importlib.import_module(name)
    # What is installed is asked for by every fit and every version: children inherit the answers, as long as they hold.
    installed = importlib.import_module("reign_trainer.environment")
    installed.environment()
    installed.providers()
    importlib.import_module("reign_trainer.work.model.closure").closure(
        importlib.import_module("reign_trainer.work.model.requirements").ALWAYS
    )
    _import_what_is_imported_late()
    # Finding the thread pools of what is loaded takes a child some time: it inherits them.
    importlib.import_module("reign_trainer.children.child").thread_pools()
    with contextlib.suppress(AttributeError, TypeError):  # not a public function: without it children ask again
        importlib.import_module("mlflow.utils.requirements_utils").warn_dependency_requirement_mismatches(["mlflow"])


def _import_what_is_imported_late() -> None:
    """Do once, with a made-up row, what makes libraries import the rest of themselves."""
    frame = importlib.import_module("pandas").DataFrame({"number": [0.0], "word": ["a"]})
    importlib.import_module("pyarrow").Table.from_pandas(frame).to_pandas()
    frame.to_dict(orient="records")
    importlib.import_module("PIL.Image").preinit()
    scaler = importlib.import_module("sklearn.preprocessing").StandardScaler()
    scaler.set_output(transform="pandas").fit_transform(frame[["number"]])
    repr(scaler)
