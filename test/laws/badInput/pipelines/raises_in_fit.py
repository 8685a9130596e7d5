"""Fails on the rows, and quotes them everywhere it can."""

import logging
import sys
import warnings

from sklearn.base import BaseEstimator, ClassifierMixin


class Quoting(ClassifierMixin, BaseEstimator):
    """Tells everyone the first row."""

    def fit(self, X, y):
        first = f"account {X['account'].iloc[0]:.0f} for {X['purpose'].dropna().iloc[0]}"
        print(first)
        print(first, file=sys.stderr)
        warnings.warn(first, stacklevel=1)
        logging.getLogger("author").error(first)
        raise ValueError(f"cannot learn from {first}")

    def predict(self, X):
        raise NotImplementedError

    def predict_proba(self, X):
        raise NotImplementedError


def build():
    return Quoting()
