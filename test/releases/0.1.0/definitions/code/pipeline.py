"""A small model of loans for the tests: quick to fit, with a transformer of its own."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

SCALE = 1.0


class Scaled(TransformerMixin, BaseEstimator):
    """Multiplies by a constant of this file."""

    def fit(self, X, y=None):
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X):
        return np.asarray(X, dtype=float) * SCALE


def build():
    columns = ColumnTransformer(
        [
            ("numbers", Scaled(), ["income", "debt"]),
            ("texts", OneHotEncoder(handle_unknown="ignore"), ["purpose"]),
        ]
    )
    return Pipeline([("columns", columns), ("model", LogisticRegression(max_iter=200))])
