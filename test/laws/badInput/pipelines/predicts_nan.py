"""Answers NaN: for every row, or only for accounts after those it was fitted on."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

ONLY_LATER = False


class Forgetful(ClassifierMixin, BaseEstimator):
    """Knows a probability for the rows it has seen at most."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.last_ = X["account"].max()
        return self

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def predict_proba(self, X):
        share = np.where(ONLY_LATER & (X["account"] <= self.last_), 0.5, np.nan)
        return np.column_stack([share, share])


def build():
    return Forgetful()
