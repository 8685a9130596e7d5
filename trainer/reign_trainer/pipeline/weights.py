"""The way that row weights take to the estimators of a pipeline."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn import get_config
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import StackingClassifier, StackingRegressor, VotingClassifier, VotingRegressor
from sklearn.feature_selection import RFE, RFECV
from sklearn.linear_model import LinearRegression
from sklearn.model_selection._search import BaseSearchCV
from sklearn.pipeline import Pipeline
from sklearn.utils.metadata_routing import MetadataRouter, get_routing_for_object, process_routing
from sklearn.utils.validation import has_fit_parameter

from .parts import named_estimators

_TOGETHER = (StackingClassifier, StackingRegressor, VotingClassifier, VotingRegressor)


def weight_parameter(estimator: Any) -> str:
    """Name the parameter of ``fit`` that carries row weights to where they are used.

    Returns
    -------
    str
        ``sample_weight``, or ``step__sample_weight`` for the last step of a Pipeline. Where the author has switched
        scikit-learn's metadata routing on, it is ``sample_weight``: the requests of the steps decide who gets it.

    Raises
    ------
    TypeError
        Nothing takes them; says what does not.
    """
    if get_config()["enable_metadata_routing"] and hasattr(estimator, "get_metadata_routing"):
        return _routed(estimator)
    path: list[str] = []
    while True:
        if isinstance(estimator, Pipeline):
            _refuse_resampling(estimator)
            name, estimator = estimator.steps[-1]
            path.append(name)
        elif (inner := _fit_parameters_go_to(estimator)) is not None:
            estimator = inner
        else:
            break
    _check_takes(estimator)
    return "__".join([*path, "sample_weight"])


def _fit_parameters_go_to(estimator: Any) -> Any:
    """Give the estimator that gets all of the parameters of this one's ``fit``; None where that is no such one."""
    if isinstance(estimator, BaseSearchCV) or (isinstance(estimator, RFE) and not isinstance(estimator, RFECV)):
        return estimator.estimator
    if isinstance(estimator, TransformedTargetRegressor):
        return LinearRegression() if estimator.regressor is None else estimator.regressor
    return None


def _check_takes(estimator: Any) -> None:
    name = type(estimator).__name__
    if isinstance(estimator, _TOGETHER):
        final = getattr(estimator, "final_estimator", None)
        for one in [*(part for _, part in estimator.estimators), *([] if final is None else [final])]:
            if isinstance(one, str):
                continue
            if weight_parameter(one) != "sample_weight":
                raise TypeError(
                    f"{name} passes no `sample_weight` into a {type(one).__name__}: switch scikit-learn's metadata "
                    "routing on and request it where it is used"
                )
        return
    if not has_fit_parameter(estimator, "sample_weight"):
        raise TypeError(f"{name}.fit takes no `sample_weight`")


def _refuse_resampling(pipeline: Pipeline) -> None:
    for name, step in pipeline.steps[:-1]:
        if hasattr(step, "fit_resample"):
            raise TypeError(f"step `{name}` changes the number of rows, and row weights do not follow it")


def _routes(part: Any) -> bool:
    return isinstance(get_routing_for_object(part), MetadataRouter)


def _routed(estimator: Any) -> str:
    try:
        routed = process_routing(estimator, "fit", sample_weight=np.ones(1))
    except (TypeError, ValueError, AttributeError) as error:
        raise TypeError(f"metadata routing refuses `sample_weight`: {' '.join(str(error).split())}") from None
    # scikit-learn asks one level at a time, and each only when it is fitted.
    for name, part in named_estimators(estimator).items():
        if "sample_weight" in routed.get(name, {}).get("fit", {}) and _routes(part):
            _routed(part)
    return "sample_weight"
