"""Points of a fit: checked, and the covariance of their errors as structure, so that a fit costs O(N)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calib.errors import UncertaintyError
from calib.uncertainty import moments, squares
from calib.uncertainty.contributions import covariance
from calib.uncertainty.numbers import floats
from calib.uncertainty.samples import Samples
from calib.uncertainty.uncertain import Quantity

Array = NDArray[np.float64]
Points = Quantity | ArrayLike | Sequence[Quantity | float]
"""One axis of numbers: an array, an array of quantities, or a sequence of scalar quantities."""


def points(given: Any, what: str, who: str) -> Quantity:
    """Return points as a quantity of shape (n,); numbers without uncertainty have no sources."""
    if isinstance(given, Samples) or (isinstance(given, (list, tuple)) and any(isinstance(p, Samples) for p in given)):
        msg = (
            f"{who} inside a Monte Carlo model: draws state no uncertainties to weigh the points with; fit outside and "
            "give the model the parameters (linearise=True), or fit in it by np.polyfit(x, y, degree, w=weights)"
        )
        raise UncertaintyError(msg)
    if isinstance(given, (list, tuple)) and any(isinstance(p, Quantity) for p in given):
        scalars: Any = [p if isinstance(p, Quantity) else Quantity(floats(p, f"{who}: {what}"), {}) for p in given]
        given = np.stack(scalars)
    made = given if isinstance(given, Quantity) else Quantity(floats(given, f"{who}: {what}"), {})
    if made.ndim != 1 or made.size < 2 or not np.all(np.isfinite(made.value)):
        msg = f"{who}: {what} must be at least two finite numbers in one axis, got shape {made.shape}"
        raise UncertaintyError(msg)
    return made


def bare(q: Quantity) -> Quantity:
    """Return a quantity without its unit."""
    return q if q.unit is None else Quantity(q.value, q.blocks)


def place(given: Any, unit: str | None, what: str) -> Quantity:
    """Return a place on a fitted curve as a quantity without unit; plain numbers are in `unit`."""
    return bare(given.to(unit)) if isinstance(given, Quantity) else Quantity(floats(given, what)[()], {})


def paired(x: Any, y: Any, who: str) -> tuple[Quantity, Quantity]:
    """Return both coordinates of the points, checked to be equally many."""
    a, b = points(x, "x", who), points(y, "y", who)
    if a.size != b.size:
        msg = f"{who}: {a.size} x for {b.size} y"
        raise UncertaintyError(msg)
    return a, b


def errors(x: Quantity, y: Quantity, slope: Array | float) -> Quantity:
    """Return the errors dy − slope · dx of the points, without units; `slope` is dy/dx of the model at each."""
    dy = Quantity(y.value, y.blocks)
    return dy - Quantity(x.value, x.blocks) * slope if x.blocks else dy


@dataclass(frozen=True, eq=False)
class Projection:
    """One linear least-squares step: unknowns that make r − G·p least in the metric of V⁻¹."""

    step: Array
    """p, shape (m,)."""
    rows: Array
    """∂p/∂r, shape (m, n)."""
    covariance: Array
    """(Gᵀ V⁻¹ G)⁻¹, shape (m, m)."""
    chi2: float
    """Least value of the weighted sum of squares."""
    forces: Array
    """V⁻¹ (r − G·p), shape (n,)."""


@dataclass(frozen=True, eq=False)
class Metric:
    """V of n points: diag(scale²) + low · lowᵀ, or the Cholesky factor of a full matrix."""

    scale: Array
    low: Array
    """Shape (n, k): one column for each shared error."""
    factor: Array | None
    """Lower Cholesky factor, where the errors have another structure."""

    def project(self, G: Array, r: Array, who: str) -> Projection:
        """Return the least-squares solution by QR of the whitened design, shape (n, m).

        Shared errors z enter as unknowns of their own: |(r − G p − L z)/s|² + |z|² is least where the metric of
        V⁻¹ is (Sherman-Morrison-Woodbury), and keeps digits where the shared errors are large.
        """
        n, m = G.shape
        k = self.low.shape[1]
        A = np.zeros((n + k, m + k))
        A[:n, :m], A[:n, m:] = self.whitened(G), self.whitened(self.low)
        A[n:, m:] = np.eye(k)
        b = np.concatenate((self.whitened(r), np.zeros(k)))
        Q, R = np.linalg.qr(A)
        diagonal = np.abs(np.diagonal(R))
        if not np.all(diagonal > 1e-13 * np.sqrt(np.sum(A * A, axis=0))):
            msg = f"{who}: the points do not determine all {m} parameters: some have the same effect on every point"
            raise UncertaintyError(msg)
        inverse = np.linalg.inv(R)
        solution = inverse @ (Q.T @ b)
        left = b - A @ solution
        rows = self._unwhitened((inverse @ Q.T)[:m, :n])
        forces = self._unwhitened(left[None, :n])[0]
        return Projection(solution[:m], rows, (inverse @ inverse.T)[:m, :m], float(left @ left), forces)

    def whitened(self, M: Array) -> Array:
        """Return scale⁻¹ · M (or factor⁻¹ · M), shape (n,) or (n, m)."""
        if self.factor is not None:
            return np.asarray(np.linalg.solve(self.factor, M) if M.size else M)
        return np.asarray((M.T / self.scale).T)

    def _unwhitened(self, M: Array) -> Array:
        """Return M · scale⁻¹ (or M · factor⁻¹), shape (m, n)."""
        if self.factor is not None:
            return np.asarray(np.linalg.solve(self.factor.T, M.T).T)
        return M / self.scale


def equal_metric(y: Array) -> Metric:
    """Return the metric of points that state no uncertainty: all alike, in the size of the values' spread."""
    spread = float(np.std(y)) or 1.0
    return Metric(np.full(y.size, spread), np.zeros((y.size, 0)), None)


def metric(e: Quantity, who: str) -> Metric:
    """Return the metric of the errors of points, shape (n,)."""
    n = e.size
    variance, columns = np.zeros(n), []
    for source, c in e.blocks.items():
        if source.ensemble is not None:
            continue
        if not source.shape:
            columns.append(np.broadcast_to(c * source.u, n))
        elif len(c) == 1 and c[0][1] is None:
            variance += np.broadcast_to(np.square(c[0][0] * source.u), n)
        else:
            return _full(e, who)
    for ensemble, cs in moments.ensembles(e.blocks).items():
        positions = list(cs)
        values, vectors = np.linalg.eigh(ensemble.covariance[np.ix_(positions, positions)])
        sensitivities = np.stack([np.broadcast_to(cs[i], n) for i in positions], axis=1)
        columns += list((sensitivities @ (vectors * np.sqrt(np.maximum(values, 0.0)))).T)
    if not np.all(variance > 0):
        return _full(e, who)
    return Metric(np.sqrt(variance), np.stack(columns, axis=1) if columns else np.zeros((n, 0)), None)


def _full(e: Quantity, who: str) -> Metric:
    """Return the metric from the whole covariance matrix; refused where it is singular or too large."""
    V = covariance(e)
    std = np.sqrt(np.diagonal(V))
    try:
        factor = np.linalg.cholesky(V)
        least = float(np.min(np.diagonal(factor) / std))
    except np.linalg.LinAlgError:
        least = 0.0
    if not least > 1e-8:
        msg = f"{who}: the points' covariance is singular: one has no uncertainty, or some are wholly correlated"
        raise UncertaintyError(msg)
    return Metric(np.ones(e.size), np.zeros((e.size, 0)), np.asarray(factor))


def covariance_with(x: Quantity, s: Quantity) -> Array:
    """Return the covariance of each of n points with one scalar, shape (n,)."""
    n, total = x.size, np.zeros(x.size)
    spread = np.broadcast_to(s, (n,)).blocks  # type: ignore[call-overload]
    joint = moments.ensembles(spread)
    for source, c in x.blocks.items():
        if source.ensemble is not None:
            line = source.ensemble.covariance[source.position]
            total += sum((c * d * line[i] for i, d in joint.get(source.ensemble, {}).items()), start=np.zeros(n))
        elif source in spread:
            d = spread[source]
            total += squares.cross(c, d, source.u, (n,), source.shape) if source.shape else c * d * source.u**2
    return total
