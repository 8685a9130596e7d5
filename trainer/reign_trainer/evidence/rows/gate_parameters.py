"""What metrics need besides labels and scores, as the policy gives it for some rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from reign_trainer.evidence.measure import Parameters
from reign_trainer.shapes import Gate


def gate_parameters(gate: Gate, table: pa.Table) -> Parameters:
    """Give cut-off, costs (amounts of these very rows), bad rate and quantile.

    Costs whose column is missing or holds no numbers are left out: then `expected_cost` cannot be measured.

    Parameters
    ----------
    gate : Gate
    table : pyarrow.Table
        With the columns that costs name.
    """
    cost = gate.cost
    return Parameters(
        cutoff=None if gate.cutoff is None else gate.cutoff.score,
        false_positive=None if cost is None else _amount(cost.false_positive, table),
        false_negative=None if cost is None else _amount(cost.false_negative, table),
        true_positive=None if cost is None else _amount(cost.true_positive, table),
        true_negative=None if cost is None else _amount(cost.true_negative, table),
        bad_rate=gate.bad_rate,
        quantile=gate.quantile,
    )


def _amount(given: float | str, table: pa.Table) -> float | np.ndarray | None:
    if not isinstance(given, str):
        return given
    if given not in table.column_names:
        return None
    try:
        return np.asarray(table.column(given).cast(pa.float64()).fill_null(np.nan).to_numpy())
    except pa.ArrowException:
        return None
