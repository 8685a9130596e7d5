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
from typing import NamedTuple

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
from reign_trainer.evidence.measure import measure
from sklearn import metrics
from sklearn.calibration import CalibrationDisplay
from sklearn.utils import estimator_html_repr

imported = time.perf_counter()


class Data(NamedTuple):
    """Which rows are read, and which columns the model sees with which types of MLflow."""

    query: str
    row_id: str
    event_time: str
    label: str
    features: dict[str, str]


DATA = {
    "flights": Data(
        query="select flight_id, departed_at, distance::float8 as distance, origin, destination, "
        "(delay > 15)::int as late from flights",
        row_id="flight_id",
        event_time="departed_at",
        label="late",
        features={"departed_at": "datetime", "distance": "double", "origin": "string", "destination": "string"},
    ),
    "loans": Data(
        query="select loan_id, applied_at, income, debt, purpose, (outcome = 'defaulted')::int as defaulted from loans",
        row_id="loan_id",
        event_time="applied_at",
        label="defaulted",
        features={"income": "double", "debt": "double", "purpose": "string"},
    ),
}
REQUIREMENTS = [
    f"scikit-learn=={sklearn.__version__}",
    f"pandas=={pd.__version__}",
    f"cloudpickle=={cloudpickle.__version__}",
]


def read(url: str, data: Data, start: str, end: str) -> pa.Table:
    query = f"{data.query} where {data.event_time} >= '{start}+00' and {data.event_time} < '{end}+00' order by {data.row_id}"
    with adbc.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetch_arrow_table()


def frame(table: pa.Table, data: Data) -> pd.DataFrame:
    features = table.select(list(data.features)).to_pandas()
    for name, kind in data.features.items():
        if kind == "string":
            features[name] = features[name].astype("str")
    return features


def pictures(folder: Path, labels: np.ndarray, scores: np.ndarray, of: str) -> None:
    for name, display in {
        f"{of}_roc_curve": lambda axes: metrics.RocCurveDisplay.from_predictions(labels, scores, ax=axes),
        f"{of}_precision_recall_curve": lambda axes: metrics.PrecisionRecallDisplay.from_predictions(
            labels, scores, ax=axes
        ),
        f"{of}_confusion_matrix": lambda axes: metrics.ConfusionMatrixDisplay.from_predictions(
            labels, scores > 0.5, ax=axes
        ),
        f"{of}_calibration": lambda axes: CalibrationDisplay.from_predictions(labels, scores, n_bins=10, ax=axes),
    }.items():
        figure, axes = plt.subplots()
        display(axes)
        figure.savefig(folder / f"{name}.png")
        plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("url", "train-from", "train-to", "holdout-to", "pipeline", "model", "store"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--data", choices=list(DATA), default="flights")
    options = parser.parse_args()
    data = DATA[options.data]
    sys.path.insert(0, options.pipeline)
    import pipeline as author

    cloudpickle.register_pickle_by_value(author)
    store = Path(options.store)
    store.mkdir(parents=True, exist_ok=True)
    train = read(options.url, data, options.train_from, options.train_to)
    holdout = read(options.url, data, options.train_to, options.holdout_to)
    pq.write_table(train, store / "train.parquet", compression="zstd")
    pq.write_table(holdout, store / "holdout.parquet", compression="zstd")

    mlflow.set_experiment(options.model)
    with mlflow.start_run() as run, tempfile.TemporaryDirectory() as scratch:
        model = author.build()
        training = frame(train, data)
        labels = train[data.label].to_numpy()
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
        pictures(folder, truth, scores, "training")
        (folder / "estimator.html").write_text(estimator_html_repr(model))
        mlflow.log_artifacts(str(folder))
        inputs = Schema([ColSpec(kind, name) for name, kind in data.features.items()])
        logged = mlflow.sklearn.log_model(
            model,
            name="model",
            signature=ModelSignature(inputs=inputs, outputs=Schema([TensorSpec(np.dtype(np.float64), (-1, 2))])),
            pip_requirements=REQUIREMENTS,
            serialization_format="cloudpickle",
            pyfunc_predict_fn="predict_proba",
        )
        version = mlflow.register_model(logged.model_uri, options.model)

        rows, outcome = frame(holdout, data), holdout[data.label].to_numpy()
        challenger = model.predict_proba(rows)[:, 1]
        client = MlflowClient()
        try:
            champion = mlflow.sklearn.load_model(f"models:/{options.model}@champion").predict_proba(rows)[:, 1]
        except mlflow.exceptions.MlflowException:
            champion = None
        days = holdout[data.event_time].to_numpy().astype("datetime64[D]").astype(int)
        share = float(labels.mean())
        evidence = measure("binary", outcome, challenger, champion, np.array([1 - share, share]), days, None, 0)
        mlflow.log_metrics({f"holdout_{name}": found.challenger for name, found in evidence.items()})
        if options.data == "loans":
            # A small cycle is all fixed costs: the pictures of its evidence are among them.
            evidence_folder = folder / "evidence"
            evidence_folder.mkdir()
            pictures(evidence_folder, outcome, challenger, "holdout")
            mlflow.log_artifacts(str(evidence_folder), "evidence")
        scored = {data.row_id: holdout[data.row_id], data.label: outcome, "challenger": challenger}
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
