"""A well-tuned plain script that leaves what a cycle leaves: the same snapshots, artifacts, metrics and intervals.

ADBC instead of ``read_sql``, one pass of predictions instead of autolog's seven, given requirements, analytic
intervals. It has no retries, no checks, no ledger and loads both models into its own process.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

started = time.perf_counter()

import adbc_driver_postgresql.dbapi as adbc
import cloudpickle
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import mlflow
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import sklearn
from mlflow import MlflowClient
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema, TensorSpec
from reign_trainer.measure import measure
from sklearn import metrics
from sklearn.calibration import CalibrationDisplay
from sklearn.utils import estimator_html_repr

imported = time.perf_counter()

FEATURES = ["departed_at", "distance", "origin", "destination"]
REQUIREMENTS = [
    f"scikit-learn=={sklearn.__version__}",
    f"pandas=={pd.__version__}",
    f"cloudpickle=={cloudpickle.__version__}",
]


def read(url: str, start: str, end: str) -> pa.Table:
    query = (
        "select flight_id, departed_at, distance::float8 as distance, origin, destination, (delay > 15)::int as late "
        f"from flights where departed_at >= '{start}' and departed_at < '{end}' order by flight_id"
    )
    with adbc.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetch_arrow_table()


def frame(table: pa.Table) -> pd.DataFrame:
    data = table.select(FEATURES).to_pandas()
    data["origin"] = data["origin"].astype("str")
    data["destination"] = data["destination"].astype("str")
    return data


def pictures(folder: Path, labels: np.ndarray, scores: np.ndarray) -> None:
    for name, display in {
        "training_roc_curve": lambda axes: metrics.RocCurveDisplay.from_predictions(labels, scores, ax=axes),
        "training_precision_recall_curve": lambda axes: metrics.PrecisionRecallDisplay.from_predictions(
            labels, scores, ax=axes
        ),
        "training_confusion_matrix": lambda axes: metrics.ConfusionMatrixDisplay.from_predictions(
            labels, scores > 0.5, ax=axes
        ),
        "training_calibration": lambda axes: CalibrationDisplay.from_predictions(labels, scores, n_bins=10, ax=axes),
    }.items():
        figure, axes = plt.subplots()
        display(axes)
        figure.savefig(folder / f"{name}.png")
        plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("url", "train-from", "train-to", "holdout-to", "pipeline", "model", "store"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    sys.path.insert(0, options.pipeline)
    import pipeline as author

    cloudpickle.register_pickle_by_value(author)
    store = Path(options.store)
    store.mkdir(parents=True, exist_ok=True)
    train = read(options.url, options.train_from, options.train_to)
    holdout = read(options.url, options.train_to, options.holdout_to)
    pq.write_table(train, store / "train.parquet", compression="zstd")
    pq.write_table(holdout, store / "holdout.parquet", compression="zstd")

    mlflow.set_experiment(options.model)
    with mlflow.start_run() as run, tempfile.TemporaryDirectory() as scratch:
        model = author.build()
        training = frame(train)
        labels = train["late"].to_numpy()
        model.fit(training, labels)

        at = np.random.default_rng(0).choice(len(training), size=min(200_000, len(training)), replace=False)
        sample, truth = training.iloc[at], labels[at]
        scores = model.predict_proba(sample)[:, 1]
        guess = scores > 0.5
        mlflow.log_params({name: str(value)[:500] for name, value in model.get_params(deep=True).items()})
        mlflow.log_metrics(
            {
                "training_roc_auc": metrics.roc_auc_score(truth, scores),
                "training_log_loss": metrics.log_loss(truth, scores),
                "training_accuracy_score": metrics.accuracy_score(truth, guess),
                "training_precision_score": metrics.precision_score(truth, guess, average="weighted"),
                "training_recall_score": metrics.recall_score(truth, guess, average="weighted"),
                "training_f1_score": metrics.f1_score(truth, guess, average="weighted"),
            }
        )
        folder = Path(scratch)
        pictures(folder, truth, scores)
        (folder / "estimator.html").write_text(estimator_html_repr(model))
        mlflow.log_artifacts(str(folder))
        inputs = Schema(
            [
                ColSpec("datetime", "departed_at"),
                ColSpec("double", "distance"),
                ColSpec("string", "origin"),
                ColSpec("string", "destination"),
            ]
        )
        logged = mlflow.sklearn.log_model(
            model,
            name="model",
            signature=ModelSignature(inputs=inputs, outputs=Schema([TensorSpec(np.dtype(np.float64), (-1, 2))])),
            pip_requirements=REQUIREMENTS,
            serialization_format="cloudpickle",
            pyfunc_predict_fn="predict_proba",
        )
        version = mlflow.register_model(logged.model_uri, options.model)

        rows, outcome = frame(holdout), holdout["late"].to_numpy()
        challenger = model.predict_proba(rows)[:, 1]
        client = MlflowClient()
        try:
            champion = mlflow.sklearn.load_model(f"models:/{options.model}@champion").predict_proba(rows)[:, 1]
        except mlflow.exceptions.MlflowException:
            champion = None
        days = holdout["departed_at"].to_numpy().astype("datetime64[D]").astype(int)
        share = float(labels.mean())
        evidence = measure("binary", outcome, challenger, champion, np.array([1 - share, share]), days, None, 0)
        mlflow.log_metrics({f"holdout_{name}": found.challenger for name, found in evidence.items()})
        scored = {"flight_id": holdout["flight_id"], "late": outcome, "challenger": challenger}
        if champion is not None:
            scored["champion"] = champion
        pq.write_table(pa.table(scored), store / "predictions.parquet", compression="zstd")
        difference = evidence["roc_auc"].difference
        if champion is None or (difference is not None and difference.low is not None and difference.low > 0):
            client.set_registered_model_alias(options.model, "champion", version.version)
        mlflow.set_tag("version", version.version)
        assert run.info.run_id
    ended = time.perf_counter()
    print(
        f'{{"rows": [{len(train)}, {len(holdout)}], "imports": {imported - started:.2f}, "work": {ended - imported:.2f}}}'
    )


if __name__ == "__main__":
    main()
