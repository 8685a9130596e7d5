"""A snapshot as MLflow's dataset: its name, its hash as digest, its columns. No row leaves the store."""

from __future__ import annotations

import json

from mlflow.entities import Dataset, DatasetInput, InputTag
from mlflow.utils.validation import MAX_DATASET_DIGEST_SIZE

from reign_trainer.work.model.signature import input_schema


def dataset_of(model: str, purpose: str, snapshot: str, rows: int, kinds: dict[str, str], uri: str) -> Dataset:
    """Describe a snapshot.

    Parameters
    ----------
    model, purpose : str
        Make the name: ``flight-delay train``.
    snapshot : str
        The content hash; MLflow's digests are shorter, so it is cut.
    rows : int
    kinds : dict of str to str
        Of the features, in order.
    uri : str
        Where the snapshot's rows are.
    """
    return Dataset(
        name=f"{model} {purpose}",
        digest=snapshot[:MAX_DATASET_DIGEST_SIZE],
        source_type="s3" if uri.startswith("s3://") else "local",
        source=json.dumps({"uri": uri}),
        schema=json.dumps({"mlflow_colspec": input_schema(kinds).to_dict()}),
        profile=json.dumps({"num_rows": rows, "num_elements": rows * len(kinds)}),
    )


def dataset_input(dataset: Dataset, purpose: str) -> DatasetInput:
    """Say what the dataset was for: ``train`` or ``holdout``."""
    return DatasetInput(dataset=dataset, tags=[InputTag(key="mlflow.data.context", value=purpose)])
