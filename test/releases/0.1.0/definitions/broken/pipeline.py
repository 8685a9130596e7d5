"""A pipeline whose fit fails."""

from sklearn.linear_model import LogisticRegression


class Unfittable(LogisticRegression):
    """Raises as soon as it is fitted."""

    def fit(self, X, y, sample_weight=None):
        raise ValueError("this estimator cannot be fitted")


def build():
    return Unfittable()
