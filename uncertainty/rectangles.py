"""Coverage rectangles of outputs that are jointly normal, or jointly t: kq with P(|η_j − y_j| ≤ kq u_j for all j) = p.

Two normal outputs by quadrature; more, or t, by the separation of variables of A. Genz and F. Bretz (J. Comput. Graph.
Statist. 11 (2002) 950) on a lattice of fixed points, so that the same outputs give the same digits.
"""

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from calib.errors import UncertaintyError

Array = NDArray[np.float64]
_POINTS = 1 << 15
_NODES = 128
_MOST = 20
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71)


def rectangle_factor(correlation: Array, p: float, dof: float = math.inf) -> float:
    """Return kq for outputs of this correlation matrix, shape (m, m), all with the degrees of freedom `dof`.

    Within 1e-9 for two normal outputs; more, or t, within about 1e-3.
    """
    from scipy.optimize import brentq
    from scipy.special import ndtri, stdtrit

    m = len(correlation)
    if not 0 < p < 1 or m > _MOST:
        msg = f"rectangle: p = {p} lies between 0 and 1, and there are at most {_MOST} outputs, here {m}"
        raise UncertaintyError(msg)

    def edge(q: float) -> float:
        return float(ndtri(0.5 + q / 2) if math.isinf(dof) else stdtrit(dof, 0.5 + q / 2))

    least, most = edge(p), edge(1 - (1 - p) / m)  # one output alone, and Bonferroni's bound
    if m == 1:
        return least
    inside = _of_two if m == 2 and math.isinf(dof) else _of_many
    ends = 0.999 * least, 1.001 * most
    return float(brentq(lambda k: inside(correlation, k, dof) - p, *ends, xtol=1e-10, rtol=1e-10))


def _of_two(correlation: Array, k: float, dof: float) -> float:
    """Return P(|Z₁| ≤ k, |Z₂| ≤ k) of two normal variables."""
    from scipy.special import ndtr

    r = float(correlation[0, 1])
    rest = math.sqrt(max(1 - r * r, 0.0))
    if rest < 1e-7:
        return float(2 * ndtr(k) - 1)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    total = 0.0
    corners = sorted({-k, *(c for c in (-k * abs(r), k * abs(r)) if abs(c) < k), k})
    for low, high in pairwise(corners):
        z = 0.5 * (low + high) + 0.5 * (high - low) * nodes
        within = ndtr((k - r * z) / rest) - ndtr((-k - r * z) / rest)
        total += 0.5 * (high - low) * float(weights @ (np.exp(-0.5 * z * z) * within))
    return total / math.sqrt(2 * math.pi)


def _of_many(correlation: Array, k: float, dof: float) -> float:
    """Return P(|Z_j| ≤ k for all j) of normal variables, or of t."""
    from scipy.special import gammaincinv, ndtr, ndtri

    L = _cholesky(correlation)
    m = len(L)
    steps = np.sqrt(np.array(_PRIMES[:m], dtype=np.float64))
    w = np.abs(2 * np.modf(np.arange(1, _POINTS + 1)[:, None] * steps)[0] - 1)  # a folded lattice
    edge = np.full(_POINTS, k)
    if math.isfinite(dof):
        edge = k * np.sqrt(2 * gammaincinv(0.5 * dof, w[:, -1]) / dof)
    z, probability = np.zeros((_POINTS, m)), np.ones(_POINTS)
    for i in range(m):
        middle = z[:, :i] @ L[i, :i]
        if L[i, i] < 1e-7:  # this output follows from those before
            probability = probability * (np.abs(middle) <= edge * (1 + 1e-9))
            continue
        low, high = ndtr((-edge - middle) / L[i, i]), ndtr((edge - middle) / L[i, i])
        probability = probability * (high - low)
        if i < m - 1:
            z[:, i] = ndtri(np.clip(low + w[:, i] * (high - low), 1e-16, 1 - 1e-16))
    return float(probability.mean())


def _cholesky(matrix: Array) -> Array:
    """Return the lower factor of a positive semi-definite matrix, columns of 0 where it has none."""
    m = len(matrix)
    L = np.zeros((m, m))
    for i in range(m):
        for j in range(i + 1):
            rest = matrix[i, j] - float(L[i, :j] @ L[j, :j])
            if i == j:
                L[i, i] = math.sqrt(max(rest, 0.0))
            elif L[j, j] > 1e-7:
                L[i, j] = rest / L[j, j]
    return L
