"""What some metrics need besides labels and predictions: a cut-off, costs, a bad rate, a quantile."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .arrays import Floats
from .error import MeasureError
from .holdout import Holdout


@dataclass(frozen=True, eq=False)
class Parameters:
    """Parameters of `METRICS` that have ``needs``. A metric whose parameters are missing is not measured.

    Attributes
    ----------
    cutoff : float or None
        Rows whose score is at least this are flagged as positive.
    false_positive, false_negative, true_positive, true_negative : number, ndarray of shape (n,) or None
        What a row of each kind costs: the same for all, or an amount a row, one for each row that is given (those of
        weight zero included). A missing cost of a true positive or true negative is zero. Only amounts that can come
        due count: of a positive row those of a true positive and a false negative.
    bad_rate : float or None
        The largest share of positive rows among the accepted ones; between 0 and 1, both excluded.
    quantile : float or None
        The quantile that a regression predicts; between 0 and 1, both excluded.
    """

    cutoff: float | None = None
    false_positive: npt.ArrayLike | None = None
    false_negative: npt.ArrayLike | None = None
    true_positive: npt.ArrayLike | None = None
    true_negative: npt.ArrayLike | None = None
    bad_rate: float | None = None
    quantile: float | None = None


NONE = Parameters()


@dataclass(frozen=True)
class Costs:
    """What each row costs where it is flagged and where it is not, by its label.

    Attributes
    ----------
    cutoff : float
    flagged, passed : ndarray of shape (n,), float64
    """

    cutoff: float
    flagged: Floats
    passed: Floats

    @classmethod
    def of(cls, parameters: Parameters, holdout: Holdout) -> "Costs":
        """Check the cut-off and the costs of a binary holdout's rows."""
        assert parameters.cutoff is not None
        cutoff = float(parameters.cutoff)
        if not np.isfinite(cutoff):
            raise MeasureError("the cut-off is not a finite number: give the score from which on rows are flagged")
        positive = holdout.labels == 1
        kinds = ("true_positive", "false_positive", "false_negative", "true_negative")
        amounts = [_amounts(kind, getattr(parameters, kind), holdout) for kind in kinds]
        for kind, amount, due in zip(kinds, amounts, (positive, ~positive, positive, ~positive), strict=True):
            broken = int(np.count_nonzero(~np.isfinite(amount) & due))
            if broken:
                raise MeasureError(
                    f"costs of a {kind.replace('_', ' ')} are missing, NaN or infinite in {broken} of "
                    f"{np.count_nonzero(due)} rows that they can come due on: give finite amounts"
                )
        return cls(cutoff, np.where(positive, amounts[0], amounts[1]), np.where(positive, amounts[2], amounts[3]))


def check_share(name: str, value: float) -> float:
    """Check a bad rate or a quantile."""
    if not 0 < value < 1:
        raise MeasureError(f"the {name} must lie between 0 and 1, both excluded")
    return float(value)


def _amounts(kind: str, given: npt.ArrayLike | None, holdout: Holdout) -> Floats:
    raw = np.asarray(0.0 if given is None else given)
    rows = holdout.labels.size if holdout.kept is None else holdout.kept.size
    what = f"costs of a {kind.replace('_', ' ')}"
    if raw.dtype.kind not in "biuf":
        raise MeasureError(f"{what} have type {raw.dtype}: give numbers")
    if raw.shape not in ((), (rows,)):
        raise MeasureError(f"{what} have shape {raw.shape}: give one number, or one a row ({rows},)")
    amounts: Floats = raw.astype(np.float64, copy=False)
    if raw.ndim == 1 and holdout.kept is not None:
        amounts = amounts[holdout.kept]
    return np.broadcast_to(amounts, holdout.labels.shape)
