"""The example that a stranger copies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from default_gate import default_gate
from reign_trainer.pipeline import LabelledClassifier, build_pipeline, forget_code
from reign_trainer.shapes import Definition

FLIGHTS = Path(__file__).resolve().parents[3] / "examples" / "flights"
ROWS = 600


def read_definition(name: str) -> Definition:
    """Read an example as TypeScript hands it over: with the defaults filled in."""
    document = yaml.safe_load((FLIGHTS / f"{name}.yaml").read_text())
    document["source"] = {
        "connection": "warehouse",
        "timeZone": "UTC",
        "cluster": "day",
        "carry": [],
        **document["source"],
    }
    document["schedule"] = {"timeZone": "UTC", **document["schedule"]}
    slices = [{"protected": False, **one} for one in document["gate"].get("slices", [])]
    document["gate"] = default_gate(**{**document["gate"], "slices": slices})
    pipeline = document["pipeline"]
    if "columns" in pipeline:
        pipeline.setdefault("remainder", "drop")
        for step in [pipeline["estimator"], *(one for group in pipeline["columns"] for one in group["steps"])]:
            step.setdefault("parameters", {})
    return Definition.model_validate(document)


def flights() -> pd.DataFrame:
    texts: Any = pd.StringDtype(na_value=np.nan)
    departed = pd.Series(pd.date_range("2001-01-01", periods=ROWS, freq="67min").astype("datetime64[us]"))
    airports = pd.array(np.array(["ATL", "ORD", "LAX", "JFK"])[np.arange(ROWS) % 4], dtype=texts)
    return pd.DataFrame(
        {
            "departed_at": departed,
            "hour": departed.dt.hour.astype("float64"),
            "distance": np.arange(ROWS, dtype="float64"),
            "origin": airports,
            "destination": airports[::-1],
        }
    )


@pytest.mark.parametrize("name", ["flight-delay", "flight-delay-linear"])
def test_it_fits_and_answers_for_gaps_and_unseen_airports(name: str) -> None:
    definition = read_definition(name)
    assert definition.label is not None
    try:
        author = build_pipeline(definition, FLIGHTS, seed=1)
        model = LabelledClassifier(author, definition.label.classes, definition.label.positive)
        frame = flights()[definition.source.features]
        late = (flights()["hour"] > 12).to_numpy().astype(float)
        model.fit(frame, late)
        unseen = frame.head(3).copy()
        unseen["origin"] = pd.array(["XXX", np.nan, ""], dtype=unseen["origin"].dtype)
        probabilities = model.predict_proba(unseen)
        assert probabilities.shape == (3, 2)
        assert np.isfinite(probabilities).all()
        assert (model.predict(frame) == late).mean() > 0.9
        assert any("hour" in feature for feature in model.estimator_[0].get_feature_names_out())
    finally:
        forget_code(FLIGHTS)


def test_a_departure_that_is_not_known_is_no_error() -> None:
    definition = read_definition("flight-delay")
    try:
        model = build_pipeline(definition, FLIGHTS, seed=1)
        model.fit(flights()[definition.source.features], np.arange(ROWS) % 2)
        gap = flights().head(2)[definition.source.features].assign(departed_at=pd.NaT)
        assert np.isfinite(model.predict_proba(gap.astype({"departed_at": "datetime64[us]"}))).all()
    finally:
        forget_code(FLIGHTS)
