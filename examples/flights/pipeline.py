"""Will a flight be late? Hour of the day, distance, origin and destination.

`build` is named in flight-delay.yaml. Reign fits what it returns, every week, on the features that the definition lists:
departed_at (datetime64), distance (float64), origin and destination (str).
"""

from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder


class HourOfDay(TransformerMixin, BaseEstimator):
    """Keep the hour of a time and drop the rest: four weeks are too few to learn a weekday or a date from."""

    def fit(self, times, y=None):
        # Nothing to learn. The attribute tells scikit-learn that this was fitted, and how wide it is.
        self.n_features_in_ = times.shape[1]
        return self

    def transform(self, times):
        return times.apply(lambda column: column.dt.hour)

    def get_feature_names_out(self, input_features=None):
        return ["hour"]


def build():
    # An airport that training has not seen is a missing value to the trees, not an error.
    airports = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=float("nan"))
    columns = ColumnTransformer(
        [
            ("hour", HourOfDay(), ["departed_at"]),
            ("distance", "passthrough", ["distance"]),
            ("airports", airports, ["origin", "destination"]),
        ],
        verbose_feature_names_out=False,
    )
    trees = HistGradientBoostingClassifier(
        categorical_features=[2, 3],  # origin and destination: codes, not quantities
        learning_rate=0.08,
        max_iter=150,
        min_samples_leaf=200,
        early_stopping=False,  # it would hold rows back at random, and the holdout is Reign's business
    )
    return Pipeline([("columns", columns), ("trees", trees)])
