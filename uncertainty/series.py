"""Functions of series, composed of operators and indexing: for quantities and samples alike."""

from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty.operands import along, array_of, flat, joined, shape_of, value_of
from calib.uncertainty.rows import check_size


def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """Return the convolution of two series (moving sums and means: weights v, `valid`)."""
    a, v = flat(a), flat(v)
    if len(v) > len(a):
        a, v = v, a
    k = len(v)
    count, start = {"full": (len(a) + k - 1, 0), "same": (len(a), (k - 1) // 2), "valid": (len(a) - k + 1, k - 1)}[mode]
    check_size(count * k, "this convolution")
    edge = np.zeros(k - 1)
    padded = a if mode == "valid" or k == 1 else joined([edge, a, edge])
    start = 0 if padded is a else start
    windows = start + np.arange(count)[:, None] + np.arange(k)
    return (padded[windows] * v[::-1]).sum(-1)


def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """Return the cross-correlation of two series."""
    if mode == "same" and len(flat(v)) > len(flat(a)):
        msg = "np.correlate with uncertainty: mode 'same' takes the longer series first"
        raise UncertaintyError(msg)
    return convolve(a, flat(v)[::-1], mode)


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Return the integral along one axis by trapezoids."""
    y = array_of(y)
    ahead, behind = (along(axis, len(shape_of(y)), s) for s in (slice(1, None), slice(None, -1)))
    steps = dx
    if x is not None:
        x = array_of(x)
        single = len(shape_of(x)) == 1
        steps = x[1:] - x[:-1] if single else x[ahead] - x[behind]
        if single and axis not in {-1, len(shape_of(y)) - 1}:
            steps = steps.reshape(-1, *(1,) * (len(shape_of(y)) - 1 - axis % len(shape_of(y))))
    return ((y[ahead] + y[behind]) * 0.5 * steps).sum(axis)


def gradient(f: Any, *spacing: Any, axis: int | None = None, edge_order: int = 1) -> Any:
    """Return the slope along an axis by central differences, at the ends by one-sided ones."""
    f = array_of(f)
    if edge_order != 1 or len(spacing) > 1 or (axis is None and len(shape_of(f)) != 1):
        msg = "np.gradient with uncertainty works along one axis= with one spacing, edge_order=1"
        raise UncertaintyError(msg)
    at = 0 if axis is None else axis % len(shape_of(f))
    h = spacing[0] if spacing else 1.0
    wide = (-1, *(1,) * (len(shape_of(f)) - 1 - at))
    steps = np.diff(h).reshape(wide) if shape_of(h) else np.full(shape_of(f)[at] - 1, 1.0).reshape(wide) * h
    ndim = len(shape_of(f))
    rise = f[along(at, ndim, slice(1, None))] - f[along(at, ndim, slice(None, -1))]
    slope = rise / steps
    first, last = along(at, ndim, slice(None, -1)), along(at, ndim, slice(1, None))
    own = along(0, len(wide), slice(None, -1)), along(0, len(wide), slice(1, None))
    before, after = steps[own[0]], steps[own[1]]
    middle = (slope[first] * after + slope[last] * before) / (before + after)
    ends = slope[along(at, ndim, slice(None, 1))], slope[along(at, ndim, slice(-1, None))]
    return np.concatenate([ends[0], middle, ends[1]], axis=at)


def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """Return values between the nodes of a table, each with its uncertainty."""
    nodes = np.asarray(value_of(xp), dtype=np.float64)
    if period is not None or nodes.ndim != 1 or nodes.size < 2 or not np.all(np.diff(nodes) > 0):
        msg = "np.interp with uncertainty takes at least two rising nodes, and no period"
        raise UncertaintyError(msg)
    xp, fp = array_of(xp), array_of(fp)
    at = np.asarray(value_of(x), dtype=np.float64)
    if hasattr(x, "value") or hasattr(xp, "value"):
        _check_bends(at, nodes, np.asarray(value_of(fp)))
    i = np.clip(np.searchsorted(nodes, at, side="right") - 1, 0, nodes.size - 2)
    y = fp[i] + (fp[i + 1] - fp[i]) * ((x - xp[i]) / (xp[i + 1] - xp[i]))
    if np.any(at < nodes[0]):
        y = np.where(at < nodes[0], fp[0] if left is None else left, y)
    if np.any(at > nodes[-1]):
        y = np.where(at > nodes[-1], fp[-1] if right is None else right, y)
    return y


def _check_bends(at: Any, nodes: Any, heights: Any) -> None:
    """Refuse an uncertain place on a node where the slope changes."""
    slopes = np.concatenate(([0.0], np.diff(heights) / np.diff(nodes), [0.0]))
    bends = nodes[slopes[1:] != slopes[:-1]]
    if np.any(np.isin(at, bends)):
        msg = (
            f"np.interp at {at[np.isin(at, bends)].ravel()[:3]}: the slope changes on this node, so there is no first "
            "order by an uncertain x; give x without uncertainty, fit_polynomial, or method='monte-carlo'"
        )
        raise UncertaintyError(msg)


def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True) -> Any:  # noqa: FBT001, FBT002  numpy's
    """Return `num` places from start to stop."""
    return start + (stop - start) * np.linspace(0.0, 1.0, num, endpoint=endpoint)
