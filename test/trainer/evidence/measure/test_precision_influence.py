"""The influence of rows on average precision is its derivative, seen by moving one weight a little."""

import numpy as np
import pytest
from reign_trainer.evidence.measure.holdout import Holdout
from reign_trainer.evidence.measure.precision_influence import precision_influence
from reign_trainer.evidence.measure.ranking import Ranking
from sklearn.metrics import average_precision_score

from .holdout_rows import make


@pytest.mark.parametrize("digits", [None, 1])
def test_equals_a_numerical_derivative(digits: int | None) -> None:
    rows = make("binary", 5, n=120, digits=digits)
    weights = rows.weights / rows.weights.max()
    ranking = Ranking.of(Holdout.of("binary", rows.labels, rows.clusters, weights), rows.challenger)
    found = precision_influence(ranking.positives, ranking.negatives, ranking.rank, ranking.positive)
    order = np.argsort(-rows.challenger, kind="stable")
    step = 1e-5
    for place, row in enumerate(order):
        moved = []
        for sign in (1, -1):
            nudged = weights.copy()
            nudged[row] += sign * step
            moved.append(average_precision_score(rows.labels, rows.challenger, sample_weight=nudged))
        assert found[place] == pytest.approx((moved[0] - moved[1]) / (2 * step), rel=1e-4, abs=1e-8)
    # More weight on everything changes nothing.
    assert np.sum(found * ranking.weights) == pytest.approx(0, abs=1e-12)
