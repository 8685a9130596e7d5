"""Parameters of a declarative step: known to the class, of a type that it takes."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from typing import Any

from sklearn.utils._param_validation import (
    Interval,
    InvalidParameterError,
    RealNotInt,
    make_constraint,
    validate_parameter_constraints,
)

from .invalid import invalid, nearest

#: Where the constructor takes any name (LightGBM, XGBoost), one that is so near to a known one is a slip of the pen.
SLIP = 0.85


def make_step(step_class: type[Any], parameters: Mapping[str, Any], where: str) -> Any:
    """Make a transformer or an estimator with the parameters of a definition.

    What JSON cannot say is put right where scikit-learn states what it wants: a list becomes a tuple, the text ``nan``
    becomes NaN, and a whole 1 becomes 1.0 where the parameter's default is a share.

    Parameters
    ----------
    step_class : type
    parameters : mapping
    where : str
        The field of the step, such as ``pipeline.estimator``.

    Raises
    ------
    TrainerError
        ``PipelineInvalid``: a parameter that the class does not have, has another type, or is missing.
    """
    known, takes_any = _signature(step_class)
    constraints: Mapping[str, Any] = getattr(step_class, "_parameter_constraints", {})
    values: dict[str, Any] = {}
    for name, given in parameters.items():
        field = f"{where}.parameters.{name}"
        _check_name(step_class, name, known, takes_any, field)
        _check_plain(given, field)
        value = given
        if name in known and name in constraints:
            value = _converted(given, constraints[name], known[name].default, field)
            _check_value(step_class, name, value, constraints[name], field)
        values[name] = value
    missing = [name for name, one in known.items() if one.default is inspect.Parameter.empty and name not in values]
    if missing:
        named = ", ".join(f"`{name}`" for name in missing)
        raise invalid(f"{where}.parameters", "parametersMissing", step=step_class.__name__, parameters=named)
    try:
        return step_class(**values)
    except Exception as error:  # noqa: BLE001
        raise invalid(where, "notMade", step=step_class.__name__, exception=type(error).__name__) from None


def _signature(step_class: type[Any]) -> tuple[dict[str, inspect.Parameter], bool]:
    """Give the named parameters of the constructor, and whether it takes others as well."""
    known: dict[str, inspect.Parameter] = {}
    takes_any = False
    for one in step_class.__mro__:
        if one is object or "__init__" not in vars(one):
            continue
        parameters = list(inspect.signature(vars(one)["__init__"]).parameters.values())[1:]
        for parameter in parameters:
            if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
                known.setdefault(parameter.name, parameter)
        # Only a constructor that passes the rest on has those of its parent, too.
        if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
            return known, False
        takes_any = True
    return known, takes_any


def _check_name(
    step_class: type[Any], name: str, known: Mapping[str, inspect.Parameter], takes_any: bool, field: str
) -> None:
    if name in known:
        return
    near = nearest(name, known) if not takes_any else _slip(name, known)
    if takes_any and not near:
        return
    raise invalid(field, "parameterUnknown", step=step_class.__name__, parameter=name, hint=near)


def _slip(name: str, known: Mapping[str, inspect.Parameter]) -> str:
    import difflib

    matches = difflib.get_close_matches(name, known, n=1, cutoff=SLIP)
    return f" Did you mean `{matches[0]}`?" if matches else ""


def _check_plain(value: Any, field: str) -> None:
    """Refuse what looks like an estimator inside another one."""
    inner = value if isinstance(value, list) else [value]
    if any(isinstance(one, dict) and "class" in one for one in inner):
        raise invalid(field, "innerEstimator")


def _converted(value: Any, constraints: Any, default: Any, field: str) -> Any:
    if not isinstance(constraints, list):
        return value
    if isinstance(value, list) and tuple in constraints and not (list in constraints or "array-like" in constraints):
        return tuple(value)
    if isinstance(value, str) and value.lower() in {"nan", ".nan"} and float in constraints:
        return math.nan
    if type(value) is int and value == 1 and _takes_counts_and_shares(constraints):
        # JSON has one 1. YAML's 1.0 (all of them) arrives as 1 (one of them).
        if isinstance(default, float):
            return 1.0
        if not isinstance(default, int):
            raise invalid(field, "countOrShare")
    return value


def _takes_counts_and_shares(constraints: list[Any]) -> bool:
    intervals = [one for one in constraints if isinstance(one, Interval)]
    shares = [one for one in intervals if one.type is RealNotInt]
    counts = [one for one in intervals if one.type is not RealNotInt]
    return any(1.0 in one for one in shares) and any(1 in one for one in counts)


def _check_value(step_class: type[Any], name: str, value: Any, constraints: Any, field: str) -> None:
    try:
        validate_parameter_constraints({name: constraints}, {name: value}, caller_name=step_class.__name__)
    except InvalidParameterError:
        expected = ", ".join(
            str(make_constraint(one)) for one in constraints if not getattr(make_constraint(one), "hidden", False)
        )
        raise invalid(field, "parameterValue", found=repr(value), expected=expected) from None
