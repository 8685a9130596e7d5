"""Fits, and fails on the rows that come after, which it quotes."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin


class Narrow(ClassifierMixin, BaseEstimator):
    """Answers for the accounts that it was fitted on only."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.last_ = X["account"].max()
        return self

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def predict_proba(self, X):
        later = X["account"][X["account"] > self.last_]
        if len(later) > 0:
            raise KeyError(f"account {later.iloc[0]:.0f} is not known")
        return np.full((len(X), 2), 0.5)


def build():
    return Narrow()
