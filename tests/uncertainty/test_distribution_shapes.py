"""Each shape is one thing in five forms: density, distribution function, quantile, characteristic function, draws."""

import itertools
import math
import pickle

import numpy as np
import pytest
from scipy import integrate, stats

from calib.errors import UncertaintyError
from calib.uncertainty.distributions import distribution
from calib.uncertainty.shape import Distribution, Shifted
from calib.uncertainty.unbounded import NORMAL, StudentT

SHAPES: list[Distribution] = [
    NORMAL, StudentT(1.0), StudentT(2.0), StudentT(5.5), StudentT(80.0), StudentT(2000.0), distribution("rectangular"),
    distribution("triangular"), distribution("arcsine"), distribution("trapezoidal", 0.3),
    distribution("curvilinear-trapezoid", 0.25), distribution("curvilinear-trapezoid", 1.0),
    distribution("exponential"), distribution("gamma", 3.7), distribution("poisson", 4.0),
    Shifted(distribution("rectangular"), 0.4),
]  # fmt: skip
every_shape = pytest.mark.parametrize("shape", SHAPES, ids=repr)


@every_shape
def test_density_is_the_slope_of_the_distribution_function(shape: Distribution) -> None:
    z, h = np.linspace(-0.97, 1.21, 9), 1e-5
    assert (shape.cdf(z + h) - shape.cdf(z - h)) / (2 * h) == pytest.approx(shape.pdf(z), abs=1e-6)


@every_shape
def test_quantile_undoes_the_distribution_function(shape: Distribution) -> None:
    for p in (0.001, 0.3, 0.5, 0.97725):
        assert float(shape.cdf(shape.quantile(p))) == pytest.approx(p, abs=1e-9)


@every_shape
def test_draws_follow_the_distribution_function(shape: Distribution) -> None:
    draws = shape.sample(np.random.default_rng(5), (20_000,))
    assert stats.kstest(draws, shape.cdf).pvalue > 1e-3


@every_shape
def test_characteristic_function_is_the_mean_of_exp_itz(shape: Distribution) -> None:
    """From the distribution function by parts; for t in closed form where there is one."""
    t = np.array([0.05, 0.4, 1.3, 3.0])
    got = shape.characteristic(t)
    if isinstance(shape, StudentT) and shape.dof == 1.0:
        assert got == pytest.approx(np.exp(-t), abs=1e-8)
        return
    quantiles = (
        np.array([shape.quantile(p) for p in (1e-9, 1 - 1e-9)])
        if not isinstance(shape, StudentT)
        else np.array([-3e3, 3e3])
    )
    exact = [
        complex(
            *(
                integrate.quad(lambda z, f=f, k=k: float(shape.pdf(z)) * f(k * z), *quantiles, limit=4000)[0]
                for f in (math.cos, math.sin)
            )
        )
        for k in t
    ]
    if shape.name in {"arcsine", "t"}:  # too sharp or too long for quadrature: against draws
        draws = shape.sample(np.random.default_rng(8), (400_000,))
        exact = [complex(np.exp(1j * k * draws).mean()) for k in t]
        assert np.abs(got - exact) == pytest.approx(np.zeros(4), abs=4 / math.sqrt(400_000))
    else:
        assert np.abs(got - exact) == pytest.approx(np.zeros(4), abs=1e-6)


@pytest.mark.parametrize(
    ("dof", "closed"), [(3.0, lambda s: np.exp(-s) * (1 + s)), (5.0, lambda s: np.exp(-s) * (1 + s + s * s / 3))]
)
def test_characteristic_function_of_t_is_the_closed_form_for_odd_dof(dof: float, closed: "object") -> None:
    t = np.linspace(0, 12, 500)
    assert callable(closed)
    assert StudentT(dof).characteristic(t) == pytest.approx(closed(math.sqrt(dof) * t), abs=1e-9)


@pytest.mark.parametrize("shape", [s for s in SHAPES if s.name != "t"], ids=repr)
def test_standard_deviation_is_one(shape: Distribution) -> None:
    low, high = (shape.quantile(p) for p in (1e-12, 1 - 1e-12))
    edges = np.unique(np.clip(np.linspace(low, high, 200), low, high))
    second = sum(
        integrate.quad(lambda z: float(shape.pdf(z)) * (z - shape.offset) ** 2, a, b)[0]
        for a, b in itertools.pairwise(edges)
    )
    assert second == pytest.approx(1.0, abs=2e-3 if shape.name == "arcsine" else 1e-6)


@every_shape
def test_a_pickled_shape_equals_its_original(shape: Distribution) -> None:
    assert pickle.loads(pickle.dumps(shape)) == shape
    assert pickle.loads(pickle.dumps(NORMAL)) is NORMAL


def test_an_unknown_name_says_what_was_meant() -> None:
    with pytest.raises(UncertaintyError, match=r"'rectangle' is not known; did you mean 'rectangular'\?"):
        distribution("rectangle")
