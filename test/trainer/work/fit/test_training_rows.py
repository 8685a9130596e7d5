"""The rows of a fit: in the order of time, whatever the row ids are."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from reign_trainer.store import Store
from reign_trainer.work.fit.training_rows import read_training_rows
from small_model import definition, rows, snapshot


def test_rows_come_in_the_order_of_event_time_then_row_id(store: Store) -> None:
    table = rows(200)
    shuffled = table.take(pa.array(np.random.default_rng(2).permutation(200)))
    # Row ids of no meaning, such as uuids, with two events at one time.
    times = np.repeat(shuffled["reign_event_time"].to_numpy()[::2], 2)
    at = shuffled.column_names.index
    mixed = shuffled.set_column(at("reign_row_id"), "reign_row_id", pa.array(np.arange(200)))
    mixed = mixed.set_column(at("reign_event_time"), "reign_event_time", pa.array(times))
    wanted = definition(source={"weight": "weight"})
    found = read_training_rows(store, snapshot(store, mixed), wanted)
    order = np.lexsort((np.arange(200), times))
    for name, values in {"amount": found.features["amount"], "late": found.labels, "weight": found.weights}.items():
        assert np.array_equal(np.asarray(values), mixed[name].to_numpy()[order]), name
    assert list(found.features.index) == list(range(200))
