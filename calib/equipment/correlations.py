"""Correlation matrices of certificates: whether errors can have them, and independent errors that give them."""

import numpy as np
from numpy.typing import NDArray

Matrix = tuple[tuple[float, ...], ...]


def check_correlation(matrix: Matrix, n: int, whose: str, *, words: str = "") -> None:
    """Refuse what no n errors can have: a wrong shape, no symmetry, no 1 on the diagonal, a negative variance.

    `words` are what may stand in its place, for the message.

    Raises
    ------
    ValueError
        It is not a correlation matrix of n.
    """
    if [len(row) for row in matrix] != [n] * n:
        msg = f"'correlation' must be {words}a {n} × {n} matrix, a row for each of '{whose}'"
        raise ValueError(msg)
    r = np.array(matrix)
    if not (np.array_equal(r, r.T) and np.all(np.diag(r) == 1.0) and np.linalg.eigvalsh(r)[0] >= -1e-9):
        msg = "'correlation' must be symmetric, with 1 on its diagonal and no negative eigenvalue"
        raise ValueError(msg)


def root_of(matrix: Matrix) -> NDArray[np.float64]:
    """Return the symmetric L with L·L = r, of a correlation matrix that may be singular.

    There is only one, so that records made on different computers rest on the same errors.
    """
    eigenvalues, vectors = np.linalg.eigh(np.array(matrix))
    return np.asarray((vectors * np.sqrt(np.maximum(eigenvalues, 0.0))) @ vectors.T)
