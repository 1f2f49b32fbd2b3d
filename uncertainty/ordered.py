"""Order statistics of arrays: the greatest, the least, the median; each is an element, or lies between two."""

from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty.structure import sort
from calib.uncertainty.uncertain import Quantity


def quantile(a: Quantity, q: Any, axis: int | tuple[int, ...] | None = None, *, keepdims: bool = False) -> Any:
    """Return the `q` quantile of the elements (not of their distributions), linear between two.

    Raises
    ------
    UncertaintyError
        Several elements share the value: which of them it is has no first order.
    """
    if np.ndim(q):
        return np.stack([quantile(a, float(each), axis, keepdims=keepdims) for each in np.asarray(q).ravel()])
    if not 0 <= q <= 1:
        msg = f"np.quantile: q = {q} lies between 0 and 1"
        raise UncertaintyError(msg)
    if isinstance(axis, tuple):
        if len(axis) not in {1, a.ndim}:
            msg = f"order statistics over axes {axis} of {a.ndim}: reshape them into one"
            raise UncertaintyError(msg)
        axis = axis[0] if len(axis) == 1 < a.ndim else None
    flat, at = (a.ravel(), 0) if axis is None else (a, axis % a.ndim)
    move: Any = np.moveaxis
    ordered = move(sort(flat, at), at, 0)
    place = q * (len(ordered) - 1)
    low = min(int(place), len(ordered) - 1)
    part = place - low
    high = low + 1 if part else low
    _check_ties(ordered, low, high)
    found = ordered[low] if not part else ordered[low] * (1 - part) + ordered[high] * part
    if not keepdims:
        return found
    return found.reshape((1,) * a.ndim if axis is None else (*a.shape[:at], 1, *a.shape[at + 1 :]))


def _check_ties(ordered: Any, low: int, high: int) -> None:
    """Refuse where an element just beyond the ones taken has the same value and errors of its own."""
    for inside, beyond in ((low, low - 1), (high, high + 1)):
        if 0 <= beyond < len(ordered):
            apart = ordered[inside] - ordered[beyond]
            if np.any((np.asarray(apart.value) == 0) & (np.asarray(apart.u) > 0)):
                msg = (
                    "several elements have the same value, so which is the greatest, least or middle one has no first "
                    "order: use method='monte-carlo', or their mean"
                )
                raise UncertaintyError(msg)


def percentile(a: Quantity, q: Any, axis: int | None = None, *, keepdims: bool = False) -> Any:
    """Return the `q` % quantile of the elements."""
    return quantile(a, np.asarray(q) / 100, axis, keepdims=keepdims)


def median(a: Quantity, axis: int | None = None, *, keepdims: bool = False) -> Any:
    """Return the middle element, or the mean of the middle two."""
    return quantile(a, 0.5, axis, keepdims=keepdims)


def greatest(a: Quantity, axis: int | None = None, *, keepdims: bool = False) -> Any:
    """Return the element of the greatest value."""
    return quantile(a, 1.0, axis, keepdims=keepdims)


def least(a: Quantity, axis: int | None = None, *, keepdims: bool = False) -> Any:
    """Return the element of the least value."""
    return quantile(a, 0.0, axis, keepdims=keepdims)


def ptp(a: Quantity, axis: int | None = None, *, keepdims: bool = False) -> Any:
    """Return the greatest minus the least element."""
    return greatest(a, axis, keepdims=keepdims) - least(a, axis, keepdims=keepdims)


def clip(a: Any, a_min: Any = None, a_max: Any = None, **bounds: Any) -> Any:
    """Return the elements, those beyond a limit replaced by it."""
    low, high = bounds.get("min", a_min), bounds.get("max", a_max)
    maximum: Any = np.maximum
    minimum: Any = np.minimum
    a = a if low is None else maximum(a, low)
    return a if high is None else minimum(a, high)
