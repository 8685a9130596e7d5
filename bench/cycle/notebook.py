"""The notebook way: what a competent person writes in an afternoon, with autolog.

Reads with pandas, fits under ``mlflow.sklearn.autolog``, scores both versions, registers, moves the alias.
"""

from __future__ import annotations

import argparse
import sys
import time

started = time.perf_counter()

import mlflow
import pandas as pd
from mlflow import MlflowClient
from sklearn.metrics import log_loss, roc_auc_score
from sqlalchemy import create_engine, text

imported = time.perf_counter()


def read(engine: object, start: str, end: str) -> pd.DataFrame:
    query = text(
        "select departed_at, distance, origin, destination, delay > 15 as late from flights "
        "where departed_at >= :start and departed_at < :end"
    )
    return pd.read_sql(query, engine, params={"start": start, "end": end})


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("url", "train-from", "train-to", "holdout-to", "pipeline", "model"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    sys.path.insert(0, options.pipeline)
    from pipeline import build

    mlflow.set_experiment(options.model)
    engine = create_engine(options.url)
    train = read(engine, options.train_from, options.train_to)
    holdout = read(engine, options.train_to, options.holdout_to)
    features = ["departed_at", "distance", "origin", "destination"]

    # The default serialisation refuses custom transformers, so a notebook that has one chooses cloudpickle.
    mlflow.sklearn.autolog(serialization_format="cloudpickle")
    with mlflow.start_run() as run:
        pipeline = build()
        pipeline.fit(train[features], train["late"])
        challenger = pipeline.predict_proba(holdout[features])[:, 1]
        mlflow.log_metric("holdout_roc_auc", roc_auc_score(holdout["late"], challenger))
        mlflow.log_metric("holdout_log_loss", log_loss(holdout["late"], challenger))

    client = MlflowClient()
    better = True
    try:
        champion = mlflow.sklearn.load_model(f"models:/{options.model}@champion")
    except mlflow.exceptions.MlflowException:
        champion = None
    if champion is not None:
        score = champion.predict_proba(holdout[features])[:, 1]
        better = roc_auc_score(holdout["late"], challenger) > roc_auc_score(holdout["late"], score)
    logged = mlflow.search_logged_models(filter_string=f"source_run_id = '{run.info.run_id}'", output_format="list")
    version = mlflow.register_model(f"models:/{logged[0].model_id}", options.model)
    if better:
        client.set_registered_model_alias(options.model, "champion", version.version)
    ended = time.perf_counter()
    print(
        f'{{"rows": [{len(train)}, {len(holdout)}], "imports": {imported - started:.2f}, "work": {ended - imported:.2f}}}'
    )


if __name__ == "__main__":
    main()
