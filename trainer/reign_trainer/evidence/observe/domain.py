"""A classifier that sees all features at once and tells holdout rows from training rows."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits

from .feature import Feature
from .out_of_fold import auc, random_halves
from .sample import chosen_rows
from .view import MISSING, View, equal_parts

#: Of each window: enough to see what is worth seeing, few enough to be cheap.
_ROWS = 20_000
#: A window of fewer rows tells nothing.
_LEAST_ROWS = 50
#: Parts of a number's range, and categories of a text, the rest together.
_PARTS = 64
_CATEGORIES = 200


def domain_auc(features: list[Feature], generator: np.random.Generator) -> float | None:
    """Give the out-of-fold AUC of a small forest of boosted trees; one half where nothing has shifted.

    It finds what no column shows by itself, such as two columns that no longer go together.

    Parameters
    ----------
    features : list of Feature
    generator : numpy.random.Generator

    Returns
    -------
    float or None
        None with fewer than 50 rows in a window, and where every column is constant.
    """
    views = [view for feature in features for view in feature.shift]
    if not views or min(views[0].train.size, views[0].holdout.size) < _LEAST_ROWS:
        return None
    train = chosen_rows(views[0].train.size, _ROWS, generator)
    holdout = chosen_rows(views[0].holdout.size, _ROWS, generator)
    columns = [(_column(view, train, holdout), not view.ordered) for view in views]
    columns = [(column, categorical) for column, categorical in columns if np.unique(column).size > 1]
    if not columns:
        return None
    # Takes a second to import: who judges predictions alone has no features, and need not wait for it.
    from sklearn.ensemble import HistGradientBoostingClassifier

    table = np.column_stack([column for column, _ in columns])
    target = np.arange(table.shape[0]) >= train.size
    halves = np.concatenate([random_halves(train.size, generator), random_halves(holdout.size, generator)])
    seed = int(generator.integers(2**31))
    areas = []
    for half in (0, 1):
        here, there = halves == half, halves != half
        classifier = HistGradientBoostingClassifier(
            max_iter=15,
            learning_rate=0.3,
            max_leaf_nodes=15,
            early_stopping=False,
            categorical_features=[categorical for _, categorical in columns],
            random_state=seed,
        )
        with threadpool_limits(limits=1):
            classifier.fit(table[there], target[there])
            scores = classifier.decision_function(table[here])
        areas.append(auc(scores, target[here], ~target[here]))
    known = [area for area in areas if area is not None]
    return sum(known) / len(known) if known else None


def _column(view: View, train: np.ndarray, holdout: np.ndarray) -> np.ndarray:
    """Give the chosen rows as small numbers, a missing value like any other."""
    levels = np.concatenate([view.train[train], view.holdout[holdout]])
    counts = np.bincount(levels)
    if view.ordered:
        return np.asarray(equal_parts(counts, _PARTS)[levels], dtype=np.float64)
    counts[MISSING] = 0
    often = np.argsort(-counts, kind="stable")[: _CATEGORIES - 1]
    code = np.full(counts.size, _CATEGORIES, dtype=np.int64)
    code[often] = np.arange(1, often.size + 1)
    code[MISSING] = MISSING
    return np.asarray(code[levels], dtype=np.float64)
