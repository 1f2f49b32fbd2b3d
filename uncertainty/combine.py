"""The chain rule on sensitivities: blocks of the arguments times partial derivatives, added by source."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty import blocks as element
from calib.uncertainty.moments import Blocks


def scaled(blocks: Blocks, factor: Any) -> Blocks:
    """Return factor · J for every source."""
    if isinstance(factor, float) and factor == 1.0:
        return blocks
    return {s: element.scaled(c, factor) if type(c) is tuple else element.times(c, factor) for s, c in blocks.items()}


def added(first: Blocks, second: Blocks) -> Blocks:
    """Return the sum by source; both belong to values of one shape."""
    total = dict(first)
    for source, c in second.items():
        if source not in total:
            total[source] = c
        elif type(c) is tuple:
            total[source] = element.added(total[source], c)
        else:
            total[source] = total[source] + c
    return total


def moved(blocks: Blocks, shape: tuple[int, ...], size: int, move: Callable[[Any], Any]) -> Blocks:
    """Return the blocks after `move` (indexing, reshape, broadcasting) has acted on a value of `shape`."""
    return {
        s: element.moved(c, shape, size, move) if type(c) is tuple else tidy(move(np.broadcast_to(c, shape)))
        for s, c in blocks.items()
    }


def spread(blocks: Blocks, shape: tuple[int, ...], target: tuple[int, ...]) -> Blocks:
    """Return the blocks of a value of `shape` that numpy broadcasts to `target`."""
    if shape == target:
        return blocks
    return {s: _spread(c, shape, target) if type(c) is tuple and not _is_fold(c) else c for s, c in blocks.items()}


def _spread(block: element.Block, shape: tuple[int, ...], target: tuple[int, ...]) -> element.Block:
    return element.moved(block, shape, int(np.prod(shape)), lambda a: np.broadcast_to(a, target))


def _is_fold(block: element.Block) -> bool:
    return all(rows is not None and rows.is_shared for _, rows in block)


def folded(blocks: Blocks, shape: tuple[int, ...], axes: tuple[int, ...]) -> Blocks:
    """Return the blocks of the sum over `axes`."""
    n = math.prod(shape[i] for i in axes)
    total: Blocks = {}
    for s, c in blocks.items():
        if type(c) is tuple:
            total[s] = element.folded(c, shape, axes)
        else:
            total[s] = c * n if isinstance(c, float) else tidy(_wide(c, shape).sum(axis=axes))
    return total


def _wide(c: Any, shape: tuple[int, ...]) -> Any:
    return c if c.shape == shape else np.broadcast_to(c, shape)


def tidy(value: Any) -> Any:
    """Return a float for a zero-dimensional array, else the array."""
    return float(value) if np.ndim(value) == 0 else value


def finite(derivative: Any, function: str, at: Any) -> Any:
    """Return the derivative; where it does not exist or is infinite, first order has no answer."""
    if np.all(np.isfinite(derivative)):
        return tidy(derivative)
    msg = f"{function} has no finite derivative at {at}: first-order propagation fails; use method='monte-carlo'"
    raise UncertaintyError(msg)
