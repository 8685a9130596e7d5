"""The flights example's Mondays judged by three gates, each with its own line of champions, and what came afterwards.

python flights.py < request.json prints the answer as JSON; the request is ``{"weeks": int, "parquet": path}``. Models,
windows and rows are the example's: four weeks of training, two weeks of holdout, rows that chose a champion left out when
it is judged again. The gates differ in nothing but their rule. Whoever is promoted is compared once more with whom it
beat, on the two weeks that follow, which no gate has seen.
"""

from __future__ import annotations

import importlib.util
import json
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from reign_trainer.evidence.measure import measure_difference
from reign_trainer.shapes import Interval

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "flights"
FIRST = pd.Timestamp("2001-02-12")
TRAIN, HOLDOUT = pd.Timedelta(weeks=4), pd.Timedelta(weeks=2)
FEATURES = ["departed_at", "distance", "origin", "destination"]
GATES = ("naive", "iid", "reign")


def example(name: str) -> Any:
    """Import one of the example's files."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@dataclass
class Flights:
    """All flights in the order of their departure.

    Attributes
    ----------
    rows : pandas.DataFrame
    late : ndarray of shape (n,)
    day : ndarray of shape (n,), int64
    """

    rows: pd.DataFrame
    late: np.ndarray
    day: np.ndarray

    @classmethod
    def read(cls, parquet: str) -> Flights:
        """Read them as the example's loader does."""
        table = example("load_flights").read_flights(parquet, None)
        rows = table.to_pandas()
        rows["distance"] = rows["distance"].astype("float64")
        day = rows["departed_at"].dt.floor("D").astype("datetime64[s]").astype("int64").to_numpy()
        return cls(rows, (rows["delay"] > 15).to_numpy(dtype=np.float64), day)

    def part(self, begin: pd.Timestamp, end: pd.Timestamp) -> slice:
        """Give the rows of a window, half-open."""
        first, last = self.rows["departed_at"].searchsorted([begin, end])
        return slice(int(first), int(last))


@dataclass
class Version:
    """A fitted model."""

    as_of: pd.Timestamp
    pipeline: Any

    @classmethod
    def fit(cls, flights: Flights, as_of: pd.Timestamp) -> Version:
        """Fit on the weeks before the holdout."""
        part = flights.part(as_of - HOLDOUT - TRAIN, as_of - HOLDOUT)
        random.seed(1)
        np.random.seed(1)  # what estimators without a seed draw from
        pipeline = example("pipeline").build()
        pipeline.set_params(trees__random_state=1)
        pipeline.fit(flights.rows.iloc[part][FEATURES], flights.late[part] == 1)
        return cls(as_of, pipeline)

    def scores(self, flights: Flights, part: slice) -> np.ndarray:
        """Give the probability of being late."""
        return np.asarray(self.pipeline.predict_proba(flights.rows.iloc[part][FEATURES])[:, 1])


class Scores:
    """Scores of versions on windows, each computed once."""

    def __init__(self, flights: Flights) -> None:
        self.flights = flights
        self.known: dict[tuple[pd.Timestamp, int, int], np.ndarray] = {}

    def of(self, version: Version, part: slice) -> np.ndarray:
        """Give the scores of a version."""
        key = (version.as_of, part.start, part.stop)
        if key not in self.known:
            self.known[key] = version.scores(self.flights, part)
        return self.known[key]

    def difference(self, challenger: Version, champion: Version, part: slice, by_day: bool) -> Interval:
        """Compare two versions on a window: clustered by day, or as if rows were independent."""
        late = self.flights.late[part]
        clusters = self.flights.day[part] if by_day else np.arange(late.size)
        scores = (self.of(challenger, part), self.of(champion, part))
        return measure_difference("roc_auc", "binary", late, *scores, clusters, None, seed=1)


def beats(gate: str, found: Interval) -> bool:
    """Apply one gate's rule to the difference that it sees."""
    if gate == "naive":
        return found.estimate > 0
    return found.deciding_low is not None and found.deciding_low > 0


def main() -> None:
    """Answer the request on standard input."""
    request = json.load(sys.stdin)
    flights = Flights.read(request["parquet"])
    scores = Scores(flights)
    weeks = []
    champions: dict[str, Version] = {}
    # Until when the rows are that chose each gate's champion.
    chosen_until: dict[str, pd.Timestamp] = {}
    for week in range(request["weeks"]):
        as_of = FIRST + pd.Timedelta(weeks=week)
        challenger = Version.fit(flights, as_of)
        judged: dict[str, Any] = {}
        for gate in GATES:
            champion = champions.get(gate)
            if champion is None:
                # Nobody reigns: it leads the trivial predictor by any rule.
                champions[gate], chosen_until[gate] = challenger, as_of
                continue
            part = flights.part(max(as_of - HOLDOUT, chosen_until[gate]), as_of)
            found = scores.difference(challenger, champion, part, by_day=gate != "iid")
            promoted = beats(gate, found)
            after = None
            if promoted:
                after = scores.difference(challenger, champion, flights.part(as_of, as_of + HOLDOUT), by_day=True)
                champions[gate], chosen_until[gate] = challenger, as_of
            judged[gate] = {
                "champion": str(champion.as_of.date()),
                "rows": part.stop - part.start,
                "difference": found.model_dump(by_alias=False),
                "promoted": promoted,
                "after": None if after is None else after.model_dump(by_alias=False),
            }
        weeks.append({"asOf": str(as_of.date()), "gates": judged})
        scores.known.clear()
        print(f"{as_of.date()}: week {week + 1} of {request['weeks']}", file=sys.stderr, flush=True)
    json.dump({"weeks": weeks}, sys.stdout, allow_nan=False)


if __name__ == "__main__":
    main()
