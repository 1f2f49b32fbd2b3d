"""Sums of products of elements, composed of operators: for quantities and samples alike."""

from collections.abc import Sequence
from functools import reduce
from operator import mul
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty.operands import array_of, flat, shape_of
from calib.uncertainty.rows import check_size


def einsum(subscripts: Any, *operands: Any, optimize: Any = False) -> Any:
    """Return the sum of products that `subscripts` name, such as 'ij,jk->ik'."""
    if not isinstance(subscripts, str):
        msg = "np.einsum with uncertainty takes its subscripts as a text, such as 'ij,jk->ik'"
        raise UncertaintyError(msg)
    names, kept = lettered(subscripts.replace(" ", ""), operands)
    every = "".join(names)
    if len(names) != len(operands) or not set(kept) <= set(every) or len(set(kept)) < len(kept):
        msg = f"np.einsum {subscripts!r} does not fit {len(operands)} operands"
        raise UncertaintyError(msg)
    sizes = _sizes(names, operands, subscripts)
    order = kept + "".join(sorted(set(every) - set(kept)))
    check_size(int(np.prod([float(sizes[c]) for c in order])), f"np.einsum {subscripts!r}")
    product = reduce(mul, (_spread(x, own, order) for x, own in zip(operands, names, strict=True)))
    summed = tuple(range(len(kept), len(order)))
    return product.sum(summed) if summed else product


def lettered(subscripts: str, operands: Sequence[Any]) -> tuple[list[str], str]:
    """Return the letters of every operand and of the result, the axes under '...' by capitals of their own."""
    inputs, arrow, output = subscripts.partition("->")
    free = [c for c in "ZYXWVUTSRQPONMLKJIHGFEDCBA" if c not in subscripts]
    names, most = [], 0
    for own, x in zip(inputs.split(","), operands, strict=False):
        count = max(len(shape_of(x)) - len(own.replace("...", "")), 0) if "..." in own else 0
        most = max(most, count)
        names.append(own.replace("...", "".join(free[:count][::-1])))
    names += inputs.split(",")[len(operands) :]
    rest = "".join(free[:most][::-1])
    if arrow:
        return names, output.replace("...", rest)
    every = "".join(names)
    return names, rest + "".join(sorted(c for c in set(every) - set(rest) if every.count(c) == 1))


def _sizes(names: Sequence[str], operands: Sequence[Any], subscripts: str) -> dict[str, int]:
    """Return the length of every axis by its letter."""
    sizes: dict[str, int] = {}
    for own, x in zip(names, operands, strict=True):
        shape = shape_of(x)
        if len(own) != len(shape) or any(sizes.setdefault(c, n) != n for c, n in zip(own, shape, strict=True)):
            msg = f"np.einsum {subscripts!r} does not fit shapes {', '.join(str(shape_of(o)) for o in operands)}"
            raise UncertaintyError(msg)
    return sizes


def _spread(x: Any, own: str, order: str) -> Any:
    """Return an operand with one axis for each letter of `order`, of length 1 where it has none."""
    x = array_of(x)
    for letter in sorted(set(own)):
        while own.count(letter) > 1:  # the diagonal of two axes
            first, second = own.index(letter), own.rindex(letter)
            last = x.transpose(*(i for i in range(len(own)) if i not in {first, second}), first, second)
            places = np.arange(last.shape[-1])
            x, own = last[..., places, places], own.replace(letter, "") + letter * (own.count(letter) - 1)
    if len(own) > 1:
        x = x.transpose(*sorted(range(len(own)), key=lambda i: order.index(own[i])))
    lengths = dict(zip(sorted(own, key=order.index), shape_of(x), strict=True))
    return x.reshape(tuple(lengths.get(c, 1) for c in order)) if order else x


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Return the sum of products over `axes`: a number of them, or those of a and of b."""
    left, right = len(shape_of(a)), len(shape_of(b))
    pairs = (range(left - axes, left), range(axes)) if isinstance(axes, int) else axes
    ours, theirs = ([int(i) for i in np.atleast_1d(np.asarray(p, dtype=int))] for p in pairs)
    first = [chr(97 + i) for i in range(left)]
    second = [chr(97 + left + i) for i in range(right)]
    for i, j in zip(ours, theirs, strict=True):
        second[j % right] = first[i % left]
    free = [c for c in first if c not in second] + [c for c in second if c not in first]
    return einsum(f"{''.join(first)},{''.join(second)}->{''.join(free)}", a, b)


def inner(a: Any, b: Any) -> Any:
    """Return the sum of products over the last axes."""
    return tensordot(a, b, (-1, -1)) if shape_of(a) and shape_of(b) else a * b


def outer(a: Any, b: Any) -> Any:
    """Return all products of two elements."""
    return flat(a)[:, None] * flat(b)


def kron(a: Any, b: Any) -> Any:
    """Return the Kronecker product of vectors or of matrices."""
    left, right = shape_of(a), shape_of(b)
    if len(left) != len(right) or len(left) not in {1, 2}:
        msg = f"np.kron with uncertainty takes two vectors or two matrices, got shapes {left} and {right}"
        raise UncertaintyError(msg)
    if len(left) == 1:
        return outer(a, b).ravel()
    product = array_of(a)[:, None, :, None] * array_of(b)[None, :, None, :]
    return product.reshape(left[0] * right[0], left[1] * right[1])


def cross(a: Any, b: Any) -> Any:
    """Return the vector product over the last axis."""
    a, b = array_of(a), array_of(b)
    if shape_of(a)[-1:] != (3,) or shape_of(b)[-1:] != (3,):
        msg = f"np.cross with uncertainty takes vectors of 3 on the last axis, got {shape_of(a)} and {shape_of(b)}"
        raise UncertaintyError(msg)
    turns = ((1, 2), (2, 0), (0, 1))
    return np.stack([a[..., i] * b[..., j] - a[..., j] * b[..., i] for i, j in turns], axis=-1)
