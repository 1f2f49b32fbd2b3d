"""Linear algebra on samples: matrices of every trial by themselves."""

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty.contractions import lettered
from calib.uncertainty.samples import Samples


def ndim_of(x: Any) -> int:
    """Return the number of axes of samples or of numbers."""
    return x.ndim if isinstance(x, Samples) else np.ndim(x)


def matmul(a: Any, b: Any) -> Samples:
    """Return a @ b of vectors, matrices, or stacks of matrices."""
    left, right = ndim_of(a), ndim_of(b)
    if not (left and right):
        msg = "matmul takes no scalars: use * for them"
        raise UncertaintyError(msg)
    first = "j" if left == 1 else "...ij"
    second = "j" if right == 1 else "...jk"
    result = ("..." if left > 2 or right > 2 else "") + ("i" if left > 1 else "") + ("k" if right > 1 else "")
    letters = [s + "t" if isinstance(x, Samples) else s for s, x in ((first, a), (second, b))]
    operands = [x.draws if isinstance(x, Samples) else np.asarray(x) for x in (a, b)]
    if left <= 2 and right <= 2:
        letters = [s.replace("...", "") for s in letters]
    wide = operands[0].shape[left - 1] > 16  # BLAS serves no small ones (products.py)
    return Samples(np.einsum(f"{','.join(letters)}->{result}t", *operands, optimize=wide))


def dot(a: Any, b: Any) -> Samples:
    """Return np.dot of scalars, vectors and matrices."""
    if not (ndim_of(a) and ndim_of(b)):
        scaled: Samples = a * b
        return scaled
    if max(ndim_of(a), ndim_of(b)) > 2:
        msg = "np.dot of samples takes up to two axes; use @ for stacks of matrices"
        raise UncertaintyError(msg)
    return matmul(a, b)


def per_trial(function: Callable[..., Any]) -> Callable[..., Samples]:
    """Return a function of matrices (trials first, as numpy.linalg has stacks) made to work on samples."""

    def made(*arrays: Any) -> Samples:
        first = [np.moveaxis(a.draws, -1, 0) if isinstance(a, Samples) else np.asarray(a) for a in arrays]
        return Samples(np.moveaxis(function(*first), 0, -1))

    return made


def solve(a: Any, b: Any) -> Samples:
    """Return the solutions of a x = b, b a vector or a matrix."""
    if ndim_of(b) == 1:
        column = b.reshape(-1, 1) if isinstance(b, Samples) else np.asarray(b)[:, None]
        return solve(a, column)[..., 0]
    return per_trial(np.linalg.solve)(a, b)


def norm(x: Samples, ord: Any = None, axis: int | None = None) -> Samples:  # noqa: A002  numpy's name
    """Return the Euclidean norm of vectors."""
    if ord not in {None, 2} or (axis is None and x.ndim > 1):
        msg = "np.linalg.norm of samples: the Euclidean norm of vectors only; give axis="
        raise UncertaintyError(msg)
    return x.reduced(np.linalg.norm, 0 if axis is None else axis)


def einsum(subscripts: Any, *operands: Any, optimize: Any = False) -> Samples:
    """Return the sum of products that `subscripts` name, in every trial."""
    if not isinstance(subscripts, str):
        msg = "np.einsum of samples takes its subscripts as a text, such as 'ij,jk->ik'"
        raise UncertaintyError(msg)
    names, kept = lettered(subscripts.replace(" ", ""), operands)
    trial = next(c for c in "tzyxwvutsrqponmlkjihgfedcba" if c not in subscripts)
    own = [n + trial if isinstance(x, Samples) else n for n, x in zip(names, operands, strict=True)]
    drawn = [x.draws if isinstance(x, Samples) else x for x in operands]
    return Samples(np.einsum(f"{','.join(own)}->{kept}{trial}", *drawn, optimize=optimize))


def lstsq(a: Any, b: Any, rcond: Any = None) -> tuple[Samples, Samples, int, None]:
    """Return (x, Σ r², rank, None): x with the least |a x − b| in every trial; singular values are not given."""
    inverse = per_trial(np.linalg.pinv)(a) if isinstance(a, Samples) else np.linalg.pinv(a)
    x = matmul(inverse, b) if isinstance(b, Samples) or isinstance(inverse, Samples) else inverse @ b
    left = b - matmul(a, x)
    squares, columns = (left * left).sum(0), int(a.shape[1])
    return x, squares if squares.ndim else squares.reshape(1), columns, None


def multi_dot(matrices: Any) -> Samples:
    """Return the product of several matrices."""
    product: Samples = reduce(matmul, matrices)
    return product


def matrix_power(a: Samples, n: int) -> Samples:
    """Return a matrix times itself, n times."""
    return Samples(np.moveaxis(np.linalg.matrix_power(np.moveaxis(a.draws, -1, 0), n), 0, -1))


def slogdet(a: Samples) -> tuple[Samples, Samples]:
    """Return signs and logarithms of the determinants."""
    sign, log = np.linalg.slogdet(np.moveaxis(a.draws, -1, 0))
    return Samples(sign), Samples(log)
