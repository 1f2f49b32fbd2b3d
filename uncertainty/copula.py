"""Correlated inputs of any distributions, tied by a Gaussian copula.

The correlation r of two inputs is meant as everywhere in the GUM (JCGM 100:2008, 5.2.2): u(x_i, x_j) = r u_i u_j of the
quantities themselves, so that first order and Monte Carlo agree. The copula is that of jointly normal Z with
X_i = F_i⁻¹(Φ(Z_i)); the correlation of Z_i and Z_j that gives r is found from the Hermite series of both inverse
functions (r = Σ a_k b_k ρ^k: for two rectangles ρ = 2 sin(πr/6)). Not every r can be had by every pair: the error says
how far it goes. A t of 2 degrees of freedom or fewer has no variance; with it r is that of the normal variables.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calib.errors import UncertaintyError
from calib.uncertainty.products import product
from calib.uncertainty.shape import Distribution
from calib.uncertainty.source import Ensemble, Source
from calib.uncertainty.unbounded import NORMAL, StudentT
from calib.uncertainty.uncertain import Quantity

Array = NDArray[np.float64]
_REACH = 8.25
"""Φ(−8.25) is 1e-16; t goes further in its tails."""
_NODES = 8193
_ORDERS = 60


def is_tied(source: Source) -> bool:
    """Whether a copula holds a source and its ensemble together: they are not jointly normal, nor of one sample."""
    return source.ensemble is not None and (math.isnan(source.ensemble.dof) or not source.is_normal)


def draw(
    sources: Sequence[Source], covariance: Array, generator: "np.random.Generator", trials: int
) -> NDArray[np.float64]:
    """Draw the errors of sources that vary together, shape (sources, trials)."""
    u = np.array([s.u for s in sources])
    shapes = [_shape(s) for s in sources]
    z = product(_factor(latent(shapes, _correlations(covariance, u))), generator.standard_normal((len(u), trials)))
    for row, shape in zip(z, shapes, strict=True):
        if shape is not NORMAL:
            nodes, values = _inverse(shape)
            row[:] = np.interp(row, nodes, values)
    return np.asarray(z * u[:, None])


def _correlations(covariance: Array, u: Array) -> Array:
    std = np.where(u > 0, u, 1.0)
    r = covariance / np.outer(std, std)
    np.fill_diagonal(r, 1.0)
    return np.asarray(r)


def tied(quantities: Sequence[Quantity], r: ArrayLike) -> tuple[Quantity, ...]:
    """Return new inputs with the values, uncertainties and distributions of `quantities`, correlated by matrix `r`.

    Raises
    ------
    UncertaintyError
        One is not a scalar input, `r` is no correlation matrix, or cannot be reached by these distributions.
    """
    from calib.uncertainty.joint import correlated

    alone = [_only_source(i, q) for i, q in enumerate(quantities)]
    u = np.array([s.u for s in alone], dtype=np.float64)
    matrix = np.array(r, dtype=np.float64)
    correlated([0.0] * len(alone), u=[1.0] * len(alone), r=matrix)  # its checks of r
    latent([_shape(s) for s in alone], matrix)
    ensemble = Ensemble(matrix * np.outer(u, u), [float(s.dof) for s in alone])
    made = []
    for i, (q, s) in enumerate(zip(quantities, alone, strict=True)):
        new = Source(s.value, s.u, s.dof, s.distribution, s.name, s.unit, (), ensemble, i)
        made.append(Quantity.of_origin(q.value, q.unit, new))
    return tuple(made)


def latent(shapes: Sequence[Distribution], r: Array) -> Array:
    """Return the correlation matrix of the normal Z that gives `r` to inputs of these shapes."""
    rho = np.eye(len(shapes))
    for i in range(len(shapes)):
        for j in range(i):
            rho[i, j] = rho[j, i] = _latent(shapes[i], shapes[j], float(r[i, j]))
    least = float(np.linalg.eigvalsh(rho).min())
    if least < -1e-7 * len(rho):
        msg = (
            "these distributions cannot be correlated by r through a Gaussian copula: the matrix of the normal "
            f"variables is not positive semi-definite, least eigenvalue {least:.3g}; lower the correlations"
        )
        raise UncertaintyError(msg)
    return rho


def _only_source(i: int, q: Quantity) -> Source:
    if isinstance(q, Quantity) and not q.shape and len(q.blocks) == 1:
        ((source, c),) = q.blocks.items()
        if isinstance(c, float) and c == 1.0 and source.ensemble is None and not source.shape:
            return source
    msg = f"input {i} is not one scalar input of its own: only such can be tied by correlations, and only once"
    raise UncertaintyError(msg)


def _shape(source: Source) -> Distribution:
    """Return what Monte Carlo draws for this source."""
    if source.distribution is NORMAL and source.is_limited:
        return StudentT(source.dof)
    return source.distribution


@lru_cache(maxsize=1024)
def _latent(first: Distribution, second: Distribution, r: float) -> float:
    """Return ρ of two normal variables whose images have the correlation `r`."""
    if r == 0 or (first is NORMAL and second is NORMAL) or _has_no_variance(first) or _has_no_variance(second):
        return r
    a, b = _hermite(first), _hermite(second)
    size = math.sqrt(float(a @ a) * float(b @ b))
    terms = a * b / size  # so that r = 1 is within reach of two equal shapes
    powers = np.arange(1, terms.size + 1)

    def image(rho: float) -> float:
        return float(terms @ rho**powers)

    low, high = -1.0, 1.0
    if not image(low) - 1e-9 <= r <= image(high) + 1e-9:
        msg = (
            f"r = {r} is out of reach for {first.name} with {second.name}: "
            f"a Gaussian copula gives them {image(low):.4g} to {image(high):.4g}"
        )
        raise UncertaintyError(msg)
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if image(middle) < r else (low, middle)
    return 0.5 * (low + high)


def _has_no_variance(shape: Distribution) -> bool:
    return isinstance(shape, StudentT) and shape.dof <= 2


@lru_cache(maxsize=64)
def _hermite(shape: Distribution) -> Array:
    """Return a_k = ∫ F⁻¹(Φ(z)) He_k(z)/√k! φ(z) dz for k from 1."""
    nodes, values = _inverse(shape)
    weights = np.exp(-0.5 * nodes**2) / math.sqrt(2 * math.pi) * (nodes[1] - nodes[0])
    before, here = np.ones_like(nodes), nodes
    found = []
    for k in range(1, _ORDERS + 1):
        found.append(float(np.sum(values * here * weights)))
        before, here = here, (nodes * here - math.sqrt(k) * before) / math.sqrt(k + 1)
    return np.array(found)


@lru_cache(maxsize=64)
def _inverse(shape: Distribution) -> tuple[Array, Array]:
    """Return nodes z and F⁻¹(Φ(z)) on them."""
    from scipy.special import ndtr, stdtrit

    reach = 30.0 if isinstance(shape, StudentT) else _REACH
    nodes = np.linspace(-reach, reach, _NODES)
    if shape is NORMAL:
        return nodes, nodes
    if type(shape) is StudentT:
        lower = stdtrit(shape.dof, ndtr(nodes[: _NODES // 2 + 1]))
        return nodes, np.concatenate((lower, -lower[-2::-1]))
    return nodes, _quantiles(shape, ndtr(nodes))


def _quantiles(shape: Distribution, p: Array) -> Array:
    """Return z with P(Z ≤ z) = p for every p, by bisection."""
    edge = shape.half_width if math.isfinite(shape.half_width) else 100.0
    low, high = np.full(p.shape, -edge), np.full(p.shape, edge)
    for _ in range(60):
        middle = 0.5 * (low + high)
        below = shape.cdf(middle) < p
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray(0.5 * (low + high))


def _factor(rho: Array) -> Array:
    values, vectors = np.linalg.eigh(rho)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
