"""Linear algebra with uncertainty: products of matrices, solutions of linear systems, inverses, determinants.

Each is written with operations that keep every correlation; what they need beyond that are derivatives from matrix
calculus: d(A⁻¹b) = A⁻¹(db − dA x), dA⁻¹ = −A⁻¹ dA A⁻¹, d(det A) = det A · tr(A⁻¹ dA).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.errors import UncertaintyError
from calib.uncertainty.rows import check_size
from calib.uncertainty.uncertain import Quantity


def matmul(a: Any, b: Any) -> Quantity:
    """Return a @ b of vectors, matrices, or stacks of matrices."""
    left, right = _shape(a), _shape(b)
    if not left or not right:
        msg = "matmul takes no scalars: use * for them"
        raise UncertaintyError(msg)
    inner = right[0] if len(right) == 1 else right[-2]
    if left[-1] != inner:
        msg = f"matmul of shapes {left} and {right}: the inner lengths {left[-1]} and {inner} differ"
        raise UncertaintyError(msg)
    check_size(int(np.prod(left)) * (right[-1] if len(right) > 1 else 1), "this product of matrices")
    first = a[..., :, None] if len(right) > 1 else a
    second = b if len(right) == 1 else b[..., None, :, :] if len(left) > 1 else b
    product: Quantity = first * second
    return product.sum(-2 if len(right) > 1 else -1)


def dot(a: Any, b: Any) -> Quantity:
    """Return np.dot of scalars, vectors and matrices."""
    if not (_shape(a) and _shape(b)):
        scaled: Quantity = a * b
        return scaled
    if max(len(_shape(a)), len(_shape(b))) > 2:
        msg = "np.dot of quantities takes up to two axes; use @ for stacks of matrices"
        raise UncertaintyError(msg)
    return matmul(a, b)


def solve(a: Any, b: Any) -> Quantity:
    """Return x with a @ x = b, a of shape (n, n), b of shape (n,) or (n, m)."""
    _check_square(a)
    inverse = np.linalg.inv(_value(a))
    x = np.linalg.solve(_value(a), _value(b))
    step = matmul(inverse, b - (matmul(a, x) if isinstance(a, Quantity) else a @ x))
    return Quantity(x, step.blocks)


def inv(a: Quantity) -> Quantity:
    """Return the inverse of a matrix."""
    _check_square(a)
    inverse = np.linalg.inv(a.value)
    return Quantity(inverse, matmul(matmul(-inverse, a), inverse).blocks)


def det(a: Quantity) -> Quantity:
    """Return the determinant of a matrix."""
    _check_square(a)
    value = float(np.linalg.det(a.value))
    return Quantity(value, (a * (value * np.linalg.inv(a.value).T)).sum().blocks)


def trace(a: Quantity) -> Quantity:
    """Return the sum of the diagonal of a matrix."""
    return a._moved(np.diagonal).sum()  # noqa: SLF001


def norm(a: Quantity, axis: int | None = None) -> Quantity:
    """Return the Euclidean norm of all elements, or over one axis."""
    found: Quantity = np.sqrt((a * a).sum(axis))
    return found


def _check_square(a: Any) -> None:
    shape = _shape(a)
    if len(shape) != 2 or shape[0] != shape[1]:
        msg = f"a matrix of shape (n, n) is needed, got {shape}"
        raise UncertaintyError(msg)
    if getattr(a, "unit", None) is not None:
        msg = f"linear algebra with a quantity in {a.unit}: take a plain number first, a.to(None) or a / unit"
        raise UncertaintyError(msg)


def _shape(a: Any) -> tuple[int, ...]:
    return a.shape if isinstance(a, Quantity) else np.shape(a)


def _value(a: Any) -> NDArray[np.float64]:
    return np.asarray(a.value if isinstance(a, Quantity) else a, dtype=np.float64)
