"""Value and derivatives of a user's model at points, exact by the chain rule of quantities, else by differences."""

from collections.abc import Callable
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty.inputs import quantity
from calib.uncertainty.points import Array
from calib.uncertainty.uncertain import Quantity

_STEP = 6e-6  # cube root of the double's relative spacing: the best of a central difference


def linearised(model: Callable[..., Any], x: Array, p: Array, who: str) -> tuple[Array, Array, Array]:
    """Return model (n,), its derivatives by parameter (n, m), and by x (n,), at points x (n,) and parameters p (m,)."""
    with np.errstate(all="ignore"):  # a model that overflows on the way is judged by its value
        f = _value(model, x, p, who)
        try:
            G, slope = _exact(model, x, p)
        except (UncertaintyError, TypeError, AttributeError):  # a function that quantities do not know
            G, slope = _differences(model, x, p, who)
    if slope is None:
        msg = f"{who}: the model mixes points: its value at one x must depend on that x alone"
        raise UncertaintyError(msg)
    return f, G, slope


def _value(model: Callable[..., Any], x: Array, p: Array, who: str) -> Array:
    out = model(x, *p.tolist())
    try:
        f = np.asarray(out, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = f"{who}: the model returned {type(out).__name__}, not numbers"
        raise UncertaintyError(msg) from error
    if f.shape not in {x.shape, ()}:
        msg = f"{who}: the model returned shape {f.shape} for {x.size} points; one value for each x is needed"
        raise UncertaintyError(msg)
    return np.broadcast_to(f, x.shape)


def _exact(model: Callable[..., Any], x: Array, p: Array) -> tuple[Array, Array | None]:
    """Return the derivatives from the sensitivities of a quantity; None by x where a value rests on several."""
    parameters = [quantity(v, u=1.0) for v in p.tolist()]
    points = quantity(x, u=1.0)
    out = model(points, *parameters)
    blocks = out.blocks if isinstance(out, Quantity) else {}
    columns = [np.broadcast_to(blocks.get(next(iter(q.blocks)), 0.0), x.shape) for q in parameters]
    block = blocks.get(next(iter(points.blocks)), ((0.0, None),))
    own = np.broadcast_to(block[0][0], x.shape) if len(block) == 1 and block[0][1] is None else None
    return np.stack(columns, axis=1), own


def _differences(model: Callable[..., Any], x: Array, p: Array, who: str) -> tuple[Array, Array | None]:
    """Return central differences."""
    columns = []
    for i, v in enumerate(p):
        h = np.zeros(p.size)
        h[i] = _STEP * (abs(v) or 1.0)
        columns.append((_value(model, x, p + h, who) - _value(model, x, p - h, who)) / (2 * h[i]))
    h = _STEP * np.maximum(np.abs(x), 1e-3 * float(np.ptp(x)) or 1e-3)
    slope = (_value(model, x + h, p, who) - _value(model, x - h, p, who)) / (2 * h)
    return np.stack(columns, axis=1), slope
