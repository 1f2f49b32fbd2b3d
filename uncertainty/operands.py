"""What functions that serve quantities and samples alike ask of their arguments."""

from typing import Any

import numpy as np


def shape_of(x: Any) -> tuple[int, ...]:
    """Return the shape of a quantity, samples or numbers."""
    found: tuple[int, ...] = x.shape if hasattr(x, "shape") else np.shape(x)
    return found


def value_of(x: Any) -> Any:
    """Return the values of a quantity, or plain numbers."""
    return x.value if hasattr(x, "value") else np.asarray(x)


def array_of(x: Any) -> Any:
    """Return what can be indexed: a quantity, samples, or an array."""
    return x if hasattr(x, "ravel") else np.asarray(x)


def flat(x: Any) -> Any:
    """Return the elements in one axis."""
    return array_of(x).ravel() if shape_of(x) else array_of(x).reshape(1)


def along(axis: int, ndim: int, key: Any) -> tuple[Any, ...]:
    """Return an index with `key` on one axis."""
    keys: list[Any] = [slice(None)] * ndim
    keys[axis] = key
    return tuple(keys)


def joined(parts: list[Any]) -> Any:
    """Return parts on end; a part without uncertainty takes the unit of the others."""
    unit = next((p.unit for p in parts if getattr(p, "unit", None)), None)
    if unit is None:
        return np.concatenate(parts)
    like = next(p for p in parts if getattr(p, "unit", None))
    return np.concatenate([p if hasattr(p, "unit") else type(like)(p, {}, unit) for p in parts])


_NEUTRAL: dict[str, tuple[Any, ...]] = {
    "dtype": (None, float, np.dtype(np.float64)),
    "out": (None,),
    "casting": ("same_kind",),
    "method": ("linear",),
    "mean": (None,),
}
"""Arguments that say no more than what is done anyway."""


def meant(keywords: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments that ask for something."""
    return {k: v for k, v in keywords.items() if not (k in _NEUTRAL and v in _NEUTRAL[k])}
