"""numpy's polynomials by their coefficients, the highest power first: for quantities and samples alike."""

from typing import Any

import numpy as np

from calib.uncertainty.operands import array_of, flat, shape_of


def polyfit(x: Any, y: Any, deg: int, w: Any = None) -> Any:
    """Return the coefficients, highest power first, that minimise Σ (w (y − p(x)))²; `w` are plain weights."""
    x = array_of(x)
    ones = np.ones(shape_of(x))
    columns = np.stack([x**k if k else (ones if deg == 0 else 0.0 * x + 1.0) for k in range(deg, -1, -1)], axis=-1)
    if w is not None:
        columns, y = columns * np.asarray(w)[:, None], y * w
    return np.linalg.lstsq(columns, y, rcond=None)[0]


def polyder(p: Any, m: int = 1) -> Any:
    """Return the coefficients of the derivative."""
    for _ in range(m):
        p = array_of(p)[:-1] * np.arange(len(p) - 1, 0, -1.0)
    return p


def polyint(p: Any, m: int = 1) -> Any:
    """Return the coefficients of the integral from 0."""
    for _ in range(m):
        p = np.concatenate([array_of(p) / np.arange(len(p), 0, -1.0), [0.0]])
    return p


def polyadd(a: Any, b: Any) -> Any:
    """Return the coefficients of the sum of two polynomials."""
    a, b = flat(a), flat(b)
    n = max(len(a), len(b))
    a, b = (p if len(p) == n else np.concatenate([np.zeros(n - len(p)), p]) for p in (a, b))
    return a + b


def polysub(a: Any, b: Any) -> Any:
    """Return the coefficients of the difference of two polynomials."""
    return polyadd(a, -1.0 * array_of(b))


def polyval(p: Any, x: Any) -> Any:
    """Return the polynomial with coefficients p, highest power first, at x."""
    y: Any = 0.0 * x
    for c in array_of(p):
        y = y * x + c
    return y
