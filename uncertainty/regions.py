"""Coverage regions of several outputs (JCGM 102:2011, 6.5 and 7.7): ellipse, rectangle, smallest region."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calib.errors import UncertaintyError
from calib.uncertainty.intervals import covered
from calib.uncertainty.products import product

Array = NDArray[np.float64]
_POINTS_PER_CELL = 100
_MOST_CELLS = 1 << 22


@dataclass(frozen=True, eq=False)
class Ellipse:
    """Points η with (η − y)ᵀ U⁻¹ (η − y) ≤ kp², in m dimensions (JCGM 102:2011, 6.5.2 and 7.7.2)."""

    centre: Array
    """Shape (m,)."""
    covariance: Array
    """Shape (m, m)."""
    kp: float
    probability: float

    @property
    def volume(self) -> float:
        """Area for two outputs."""
        m = self.centre.size
        ball = math.pi ** (m / 2) / math.gamma(m / 2 + 1)
        volume: float = ball * self.kp**m * math.sqrt(max(float(np.linalg.det(self.covariance)), 0.0))
        return volume

    def axes(self) -> Array:
        """Return the semi-axes as rows, the longest first, shape (m, m)."""
        values, vectors = np.linalg.eigh(self.covariance)
        return np.asarray((vectors * (self.kp * np.sqrt(np.maximum(values, 0.0)))).T[::-1])

    def contains(self, points: ArrayLike) -> NDArray[np.bool_]:
        """Return whether points, shape (..., m), lie within."""
        given = np.asarray(points, dtype=np.float64)
        flat = given.reshape(-1, self.centre.size)
        inside = distances(flat.T, self.centre, self.covariance) <= self.kp
        return np.asarray(inside.reshape(given.shape[:-1]))


@dataclass(frozen=True, eq=False)
class Rectangle:
    """Points within y ± kq·u in every output (JCGM 102:2011, 7.7.3)."""

    centre: Array
    """Shape (m,)."""
    u: Array
    """Shape (m,)."""
    kq: float
    probability: float

    @property
    def lower(self) -> Array:
        """Lower ends, shape (m,)."""
        return self.centre - self.kq * self.u

    @property
    def upper(self) -> Array:
        """Upper ends, shape (m,)."""
        return self.centre + self.kq * self.u

    @property
    def volume(self) -> float:
        """Area for two outputs."""
        return float(np.prod(2 * self.kq * self.u))

    def contains(self, points: ArrayLike) -> NDArray[np.bool_]:
        """Return whether points, shape (..., m), lie within."""
        given = np.asarray(points, dtype=np.float64)
        return np.asarray(np.all((given >= self.lower) & (given <= self.upper), axis=-1))


@dataclass(frozen=True, eq=False)
class SmallestRegion:
    """The cells of a mesh that hold most points, the fullest first (JCGM 102:2011, 7.7.4)."""

    edges: tuple[Array, ...]
    """Of the cells, for every output."""
    included: NDArray[np.bool_]
    """Which cells belong to the region; one axis for every output."""
    probability: float

    @property
    def volume(self) -> float:
        """Area for two outputs."""
        cell = math.prod(float(e[1] - e[0]) for e in self.edges)
        return cell * int(self.included.sum())

    def contains(self, points: ArrayLike) -> NDArray[np.bool_]:
        """Return whether points, shape (..., m), lie within."""
        given = np.asarray(points, dtype=np.float64)
        known = np.ones(given.shape[:-1], dtype=bool)
        places = []
        for i, edge in enumerate(self.edges):
            place = np.searchsorted(edge, given[..., i], side="right") - 1
            place = np.where(given[..., i] == edge[-1], edge.size - 2, place)
            known &= (place >= 0) & (place < edge.size - 1)
            places.append(np.clip(place, 0, edge.size - 2))
        return np.asarray(known & self.included[tuple(places)])


def ellipse_factor(m: int, p: float, dof: float = math.inf) -> float:
    """Return kp of `m` jointly normal outputs, √χ²; with one sample's `dof`, of jointly t ones, √(m F(m, dof))."""
    from scipy.special import chdtri, fdtri

    if not 0 < p < 1:
        msg = f"p = {p}: a coverage probability lies between 0 and 1"
        raise UncertaintyError(msg)
    if math.isinf(dof):
        return math.sqrt(float(chdtri(m, 1 - p)))
    return math.sqrt(m * float(fdtri(m, dof, p)))


def distances(draws: Array, centre: Array, covariance: Array) -> Array:
    """Return √((η − y)ᵀ U⁻¹ (η − y)) of points, shape (m, n) to (n,)."""
    std = np.sqrt(np.diagonal(covariance))
    safe = np.where(std > 0, std, 1.0)
    try:
        whitening = np.linalg.inv(np.linalg.cholesky(covariance / np.outer(safe, safe))) / safe
    except np.linalg.LinAlgError as error:
        msg = "the outputs are linearly dependent or one does not vary: an ellipse needs a regular covariance matrix"
        raise UncertaintyError(msg) from error
    scaled = product(whitening, draws - centre[:, None])
    return np.asarray(np.sqrt(np.einsum("ij,ij->j", scaled, scaled)))


def ellipse(draws: Array, centre: Array, covariance: Array, p: float) -> Ellipse:
    """Return the smallest ellipse of this centre and form with a fraction `p` of the draws, shape (m, trials)."""
    q = covered(p, draws.shape[-1])
    kp = float(np.partition(distances(draws, centre, covariance), q - 1)[q - 1])
    return Ellipse(centre, covariance, kp, p)


def rectangle(draws: Array, centre: Array, u: Array, p: float) -> Rectangle:
    """Return the smallest rectangle y ± kq·u with a fraction `p` of the draws, shape (m, trials)."""
    if np.any(u == 0):
        msg = "an output does not vary: a rectangle scaled with u needs every u above 0"
        raise UncertaintyError(msg)
    q = covered(p, draws.shape[-1])
    far = np.max(np.abs(draws - centre[:, None]) / u[:, None], axis=0)
    return Rectangle(centre, u, float(np.partition(far, q - 1)[q - 1]), p)


def smallest(draws: Array, p: float, cells: int | None = None) -> SmallestRegion:
    """Return the smallest region by counting in a mesh of `cells` per output, from draws of shape (m, trials).

    Without `cells` there are as many as leave about 100 points in each of the mesh's cells.
    """
    m, trials = draws.shape
    q = covered(p, trials)
    each = cells or max(2, round((trials / _POINTS_PER_CELL) ** (1 / m)))
    if each**m > _MOST_CELLS:
        msg = f"{each} cells for each of {m} outputs are {each**m}, more than the {_MOST_CELLS} counted: give fewer"
        raise UncertaintyError(msg)
    counts, edges = np.histogramdd(draws.T, bins=each)
    order = np.argsort(counts, axis=None, kind="stable")[::-1]
    needed = int(np.searchsorted(np.cumsum(counts.ravel()[order]), q)) + 1
    included = np.zeros(counts.size, dtype=bool)
    included[order[:needed]] = True
    return SmallestRegion(tuple(edges), included.reshape(counts.shape), p)
