"""How numpy calls on a quantity: for a universal function, and for any other of its functions."""

from collections.abc import Callable
from typing import Any

import numpy as np

from calib.uncertainty import contractions, cumulative, ordered
from calib.uncertainty.functions import FUNCTIONS, UFUNCS
from calib.uncertainty.operands import meant
from calib.uncertainty.refusals import refused

REDUCED: dict[tuple[Any, str], Callable[..., Any]] = {
    (np.add, "reduce"): FUNCTIONS[np.sum],
    (np.multiply, "reduce"): FUNCTIONS[np.prod],
    (np.maximum, "reduce"): ordered.greatest,
    (np.minimum, "reduce"): ordered.least,
    (np.add, "accumulate"): cumulative.cumsum,
    (np.multiply, "accumulate"): cumulative.cumprod,
    (np.multiply, "outer"): contractions.outer,
}
"""Methods of universal functions; those along an axis take the first where none is named."""


def on_ufunc(ufunc: np.ufunc, method: str, inputs: Any, keywords: Any) -> Any:
    """Return what a universal function, or a method of it, gives; an error where it cannot carry uncertainty."""
    if method == "__call__" and ufunc in UFUNCS and not keywords:
        return UFUNCS[ufunc](*inputs)
    if keywords.get("out") is not None:
        raise refused(ufunc.__name__, "out= is a plain array and would lose the uncertainty; write a = a + x")
    if method == "__call__" and keywords:
        raise refused(ufunc.__name__, f"without {', '.join(keywords)}")
    made = REDUCED.get((ufunc, method))
    if made is None:
        raise refused(ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}")
    if method in {"reduce", "accumulate"}:
        keywords = {"axis": 0, **meant(keywords)}
    return _tried(made, ufunc.__name__, inputs, keywords)


def on_function(function: Any, types: Any, args: Any, keywords: Any) -> Any:
    """Return what a function of numpy gives; an error where it cannot carry uncertainty."""
    made = FUNCTIONS.get(function)
    if made is None:
        raise refused(function.__name__, module=function.__module__)
    return _tried(made, function.__name__, args, meant(keywords))


def _tried(made: Callable[..., Any], name: str, args: Any, keywords: Any) -> Any:
    try:
        return made(*args, **keywords)
    except (TypeError, AttributeError, KeyError) as error:  # arguments of numpy's that are not known here
        raise refused(name, str(error)) from error
