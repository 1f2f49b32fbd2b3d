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
    """Return the determinant of a matrix, also of a singular one."""
    _check_square(a)
    left, sizes, right = np.linalg.svd(a.value)
    others = np.array([np.prod(np.delete(sizes, i)) for i in range(len(sizes))])
    turns = np.linalg.det(left) * np.linalg.det(right)
    adjugate = turns * (right.T * others) @ left.T
    return Quantity(float(np.linalg.det(a.value)), (a * adjugate.T).sum().blocks)


def slogdet(a: Quantity) -> tuple[float, Quantity]:
    """Return the sign of the determinant and the logarithm of its size."""
    _check_square(a)
    sign, log = np.linalg.slogdet(a.value)
    return float(sign), Quantity(float(log), (a * np.linalg.inv(a.value).T).sum().blocks)


def pinv(a: Quantity) -> Quantity:
    """Return the pseudo-inverse of a matrix, whose rank must not change with its errors."""
    _check_matrix(a)
    p, whole = np.linalg.pinv(a.value), a.value
    if np.linalg.matrix_rank(whole) < min(whole.shape):
        msg = f"np.linalg.pinv of a matrix of shape {whole.shape} without full rank: any error changes it abruptly"
        raise UncertaintyError(msg)
    rows, columns = np.eye(len(whole)) - whole @ p, np.eye(whole.shape[1]) - p @ whole
    moved = matmul(matmul(-p, a), p) + matmul(matmul(p @ p.T, a.T), rows) + matmul(matmul(columns, a.T), p.T @ p)
    return Quantity(p, moved.blocks)


def lstsq(a: Any, b: Any, rcond: Any = None) -> tuple[Quantity, Quantity, int, None]:
    """Return (x, Σ r², rank, None): x with the least |a x − b|, unweighted; singular values are not given.

    dx = A⁺ (db − dA x) + (AᵀA)⁻¹ dAᵀ (b − A x).
    """
    _check_matrix(a)
    A, y = _value(a), _value(b)
    rank = int(np.linalg.matrix_rank(A))
    if rank < A.shape[1]:
        msg = f"np.linalg.lstsq: the {len(A)} rows determine only {rank} of {A.shape[1]} unknowns"
        raise UncertaintyError(msg)
    p = np.linalg.pinv(A)
    x = p @ y
    errors = matmul(p, b - a @ x)
    if isinstance(a, Quantity):
        errors = errors + matmul(p @ p.T, matmul(a.T, y - A @ x))
    solution = Quantity(x, errors.blocks)
    left = b - matmul(a, solution)
    squares = (left * left).sum(0)
    return solution, squares if squares.ndim else squares.reshape(1), rank, None


def matrix_power(a: Quantity, n: int) -> Quantity:
    """Return a matrix times itself, n times; of negative n its inverse."""
    _check_square(a)
    power: Any = a if n > 0 else inv(a) if n < 0 else np.eye(len(a)) + a * 0.0
    for _ in range(abs(n) - 1):
        power = matmul(power, a if n > 0 else inv(a))
    found: Quantity = power
    return found


def trace(a: Quantity) -> Quantity:
    """Return the sum of the diagonal of a matrix."""
    return a._moved(np.diagonal).sum()  # noqa: SLF001


def norm(a: Quantity, ord: Any = None, axis: int | None = None) -> Quantity:  # noqa: A002  numpy's name
    """Return the Euclidean norm of all elements, or over one axis; `ord` 1 the sum of the sizes."""
    if ord not in ({None, 1, 2} if a.ndim == 1 or axis is not None else {None, "fro"}):
        msg = f"np.linalg.norm with uncertainty: Euclidean, or ord=1 of vectors; got ord={ord!r} for shape {a.shape}"
        raise UncertaintyError(msg)
    found: Quantity = abs(a).sum(axis) if ord == 1 else np.sqrt((a * a).sum(axis))
    return found


def _check_matrix(a: Any) -> None:
    shape = _shape(a)
    if len(shape) != 2:
        msg = f"a matrix of shape (m, n) is needed, got {shape}"
        raise UncertaintyError(msg)
    _check_plain(a)


def _check_square(a: Any) -> None:
    shape = _shape(a)
    if len(shape) != 2 or shape[0] != shape[1]:
        msg = f"a matrix of shape (n, n) is needed, got {shape}"
        raise UncertaintyError(msg)
    _check_plain(a)


def _check_plain(a: Any) -> None:
    if getattr(a, "unit", None) is not None:
        msg = f"linear algebra with a quantity in {a.unit}: take a plain number first, a.to(None) or a / unit"
        raise UncertaintyError(msg)


def _shape(a: Any) -> tuple[int, ...]:
    return a.shape if isinstance(a, Quantity) else np.shape(a)


def _value(a: Any) -> NDArray[np.float64]:
    return np.asarray(a.value if isinstance(a, Quantity) else a, dtype=np.float64)
