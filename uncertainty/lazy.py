"""Sensitivities of a scalar, found only when asked for, backwards through the operations that made it.

A scalar result remembers the quantities it was made from and its derivatives by them. Their chain rule is applied once,
from the result to its inputs, so that a loop over N scalars costs O(N); copying growing tables at every step would be
O(N²). What was found replaces the memory of the way.
"""

# ruff: noqa: SLF001  the inside of Quantity, apart from it only so that each file has one idea

from typing import TYPE_CHECKING, Any

from calib.uncertainty import linearity
from calib.uncertainty.moments import Blocks
from calib.uncertainty.source import Source

if TYPE_CHECKING:
    from calib.uncertainty.uncertain import Quantity

Origin = Source | tuple[Any, ...]
"""The source of an input; of a result the quantities it was made from, each followed by the derivative by it."""


def expanded(q: "Quantity") -> Blocks:
    """Return the sensitivities of `q` to every source; warn where first order has lost them all."""
    if type(q._origin) is Source:
        return {q._origin: 1.0}
    uses, inputs = _graph(q)
    weights = dict.fromkeys(uses, 0.0)
    weights[q] = 1.0
    ready = [q]
    flat = []
    while ready:
        node = ready.pop()
        weight = weights[node]
        origin: Any = node._origin
        if origin[1] == 0.0:
            flat.append(origin)
        parents = iter(origin)
        for parent, derivative in zip(parents, parents, strict=True):
            weights[parent] += weight * derivative
            if parent._known is None and type(parent._origin) is tuple:
                uses[parent] -= 1
                if not uses[parent]:
                    ready.append(parent)
    total: Blocks = {}
    for leaf in inputs:
        _add(total, leaf, weights[leaf])
    if flat and not any(total.values()) and any(_is_lost(origin) for origin in flat):
        linearity.vanished()
    return total


def _add(total: Blocks, leaf: "Quantity", weight: float) -> None:
    if leaf._known is None:
        source: Any = leaf._origin
        total[source] = total[source] + weight if source in total else weight
        return
    for source, c in leaf._known.items():
        total[source] = total[source] + c * weight if source in total else c * weight


def _is_lost(origin: tuple[Any, ...]) -> bool:
    """Whether the derivatives by all arguments are zero, and all arguments are uncertain."""
    return not any(origin[1::2]) and all(q.u for q in origin[::2])


def _graph(q: "Quantity") -> tuple[dict["Quantity", int], list["Quantity"]]:
    """Return how often each quantity on the way was used, and those whose sensitivities are known, in their order."""
    uses: dict[Quantity, int] = {q: 0}
    inputs: list[Quantity] = []
    stack = [q]
    while stack:
        node = stack.pop()
        origin: Any = node._origin
        if node._known is not None or type(origin) is Source:
            inputs.append(node)
            continue
        for parent in origin[-2::-2]:
            if parent in uses:
                uses[parent] += 1
            else:
                uses[parent] = 1
                stack.append(parent)
    return uses, inputs
