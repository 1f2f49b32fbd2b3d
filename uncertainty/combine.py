"""The chain rule on sensitivities: blocks of the arguments times partial derivatives, added by source."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty import blocks as element
from calib.uncertainty import scaling
from calib.uncertainty.moments import Blocks
from calib.uncertainty.scaling import Scaled


def scaled(blocks: Blocks, factor: Any) -> Blocks:
    """Return factor · J for every source."""
    return chained({}, blocks, (), (), factor)


def chained(total: Blocks, blocks: Blocks, shape: tuple[int, ...], target: tuple[int, ...], factor: Any) -> Blocks:
    """Add factor · J of a value of `shape`, which numpy broadcasts to `target`, to `total`, and return that."""
    same = type(factor) is float and factor == 1.0
    for source, c in blocks.items():
        if type(c) is tuple:
            if shape != target and not _is_fold(c):
                c = _spread(c, shape, target)  # noqa: PLW2901
            part: Any = c if same else element.scaled(c, factor)
            total[source] = element.added(total[source], part) if source in total else part
        else:
            part = c if same else scaling.product(c, factor)
            total[source] = scaling.total(total[source], part) if source in total else part
    return total


def added(first: Blocks, second: Blocks) -> Blocks:
    """Return the sum by source; both belong to values of one shape."""
    return chained(dict(first), second, (), (), 1.0)


def moved(blocks: Blocks, shape: tuple[int, ...], size: int, move: Callable[[Any], Any]) -> Blocks:
    """Return the blocks after `move` (indexing, reshape, broadcasting) has acted on a value of `shape`."""
    return {
        s: element.moved(c, shape, size, move) if type(c) is tuple else tidy(move(np.broadcast_to(c, shape)))
        for s, c in multiplied_out(blocks).items()
    }


def spread(blocks: Blocks, shape: tuple[int, ...], target: tuple[int, ...]) -> Blocks:
    """Return the blocks of a value of `shape` that numpy broadcasts to `target`."""
    return blocks if shape == target else chained({}, blocks, shape, target, 1.0)


def multiplied_out(blocks: Blocks) -> Blocks:
    """Return the blocks with arrays in place of scaled ones."""
    if Scaled not in map(type, blocks.values()):
        return blocks
    return {s: scaling.plain(c) for s, c in blocks.items()}


def _spread(block: element.Block, shape: tuple[int, ...], target: tuple[int, ...]) -> element.Block:
    return element.moved(block, shape, int(np.prod(shape)), lambda a: np.broadcast_to(a, target))


def _is_fold(block: element.Block) -> bool:
    return all(rows is not None and rows.is_shared for _, rows in block)


def folded(blocks: Blocks, shape: tuple[int, ...], axes: tuple[int, ...], n: int = 1) -> Blocks:
    """Return the blocks of the sum over `axes`, divided by `n`."""
    count = math.prod([shape[i] for i in axes])
    total: Blocks = {}
    for s, c in blocks.items():
        if type(c) is tuple:
            total[s] = element.folded(c, shape, axes, 1.0 / n)
        elif type(c) is float:
            total[s] = c if count == n else c * count / n
        else:
            c, factor = (c.array, c.factor) if type(c) is Scaled else (c, 1.0)  # noqa: PLW2901
            total[s] = factor * tidy(np.add.reduce(c if c.shape == shape else np.broadcast_to(c, shape), axis=axes)) / n
    return total


def tidy(value: Any) -> Any:
    """Return a float for a zero-dimensional array, else the array."""
    return value if type(value) is np.ndarray and value.ndim else float(value)


def finite(derivative: Any, function: np.ufunc, at: Any) -> Any:
    """Return the derivative; where it does not exist or is infinite, first order has no answer."""
    derivative = tidy(derivative)
    if math.isfinite(derivative) if type(derivative) is float else np.isfinite(derivative).all():
        return derivative
    name = f"np.{function.__name__}"
    msg = f"{name} has no finite derivative at {at}: first-order propagation fails; use method='monte-carlo'"
    raise UncertaintyError(msg)
