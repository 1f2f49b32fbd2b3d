"""Sensitivities of a scalar, found only when asked for, backwards through the operations that made it.

A scalar result remembers what it was made from and its derivatives by that. Their chain rule is applied once, from the
result to its inputs, so that a loop over N scalars costs O(N); copying growing tables at every step would be O(N²).
What was found replaces the memory of the way.
"""

# ruff: noqa: SLF001  the inside of Quantity, apart from it only so that each file has one idea

from typing import TYPE_CHECKING, Any

from calib.uncertainty import linearity
from calib.uncertainty.moments import Blocks
from calib.uncertainty.source import Source

if TYPE_CHECKING:
    from calib.uncertainty.estimate import Estimate

Origin = Source | tuple[Any, ...]
"""The source of an input; of a result the sources and quantities it was made from, each followed by the derivative."""


def expanded(q: "Estimate") -> Blocks:
    """Return the sensitivities of `q` to every source; warn where first order has lost them all."""
    known: Any = q._origin
    if len(known) == 2 and type(known[0]) is Source and known[1]:
        return dict([known])
    results, inputs, weights = _graph(q)
    weights[q] = 1.0
    for node in reversed(results):
        weight, origin = weights[node], node._origin
        if len(origin) == 4:
            first, by_first, second, by_second = origin
            weights[first] += weight * by_first
            weights[second] += weight * by_second
        else:
            parts = iter(origin)
            for part, derivative in zip(parts, parts, strict=True):
                weights[part] += weight * derivative
    total: Blocks = {}
    for leaf in inputs:
        weight = weights[leaf]
        for source, c in ((leaf, 1.0),) if type(leaf) is Source else leaf.blocks.items():
            total[source] = total[source] + c * weight if source in total else c * weight
    if not any(total.values()) and any(_is_lost(node._origin) for node in results):
        linearity.vanished()
    return total


def _is_lost(origin: tuple[Any, ...]) -> bool:
    """Whether the derivatives by all arguments are zero, and all arguments are uncertain."""
    return not any(origin[1::2]) and all(part.u for part in origin[::2])


def _graph(q: "Estimate") -> tuple[list[Any], list[Any], dict[Any, float]]:
    """Return all results on the way, each behind those it was made from, the inputs in their order, and zeros for all.

    A depth-first walk without recursion: a result is met twice, before and after all that it was made from.
    """
    results: list[Any] = []
    inputs: list[Any] = []
    zeros: dict[Any, float] = {}
    open_: list[Any] = [None]
    waiting: list[Any] = [q]
    while waiting:
        node = waiting.pop()
        if node in zeros:
            if node is open_[-1]:
                results.append(open_.pop())
            continue
        zeros[node] = 0.0
        if type(node) is Source or type(node._origin) is not tuple:
            inputs.append(node)
            continue
        open_.append(node)
        waiting.append(node)
        waiting += node._origin[-2::-2]
    return results, inputs, zeros
