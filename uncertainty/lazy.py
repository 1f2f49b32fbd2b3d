"""Sensitivities of a scalar, found only when asked for, backwards through the operations that made it.

A scalar result remembers the quantities it was made from and its derivatives by them. Their chain rule is applied once,
from the result to its inputs, so that a loop over N scalars costs O(N); copying growing tables at every step would be
O(N²). What was found replaces the memory of the way.
"""

# ruff: noqa: SLF001  the inside of Quantity, apart from it only so that each file has one idea

from typing import TYPE_CHECKING

from calib.uncertainty import linearity
from calib.uncertainty.moments import Blocks

if TYPE_CHECKING:
    from calib.uncertainty.uncertain import Quantity

    Parents = tuple[tuple[Quantity, float], ...]


def expanded(q: "Quantity") -> Blocks:
    """Return the sensitivities of `q` to every source; warn where first order has lost them all."""
    uses, inputs = _graph(q)
    weights: dict[Quantity, float] = dict.fromkeys(uses, 0.0)
    weights[q] = 1.0
    ready = [q]
    flat = []
    while ready:
        node = ready.pop()
        weight = weights[node]
        if node._parents[0][1] == 0.0:
            flat.append(node._parents)
        for parent, derivative in node._parents:
            weights[parent] += weight * derivative
            if parent._known is None:
                uses[parent] -= 1
                if not uses[parent]:
                    ready.append(parent)
    total: Blocks = {}
    for leaf in inputs:
        weight = weights[leaf]
        for source, c in leaf.blocks.items():
            total[source] = total[source] + c * weight if source in total else c * weight
    if flat and not any(total.values()) and any(_is_lost(parents) for parents in flat):
        linearity.vanished()
    return total


def _is_lost(parents: "Parents") -> bool:
    """Whether the derivatives by all arguments are zero, and all arguments are uncertain."""
    return all(derivative == 0.0 and q.u for q, derivative in parents)


def _graph(q: "Quantity") -> tuple[dict["Quantity", int], list["Quantity"]]:
    """Return how often each quantity on the way was used, and those whose sensitivities are known, in their order."""
    uses: dict[Quantity, int] = {q: 0}
    inputs: list[Quantity] = []
    stack = [q]
    while stack:
        node = stack.pop()
        if node._known is not None:
            inputs.append(node)
            continue
        for parent, _ in reversed(node._parents):
            if parent in uses:
                uses[parent] += 1
            else:
                uses[parent] = 1
                stack.append(parent)
    return uses, inputs
