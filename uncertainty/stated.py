"""What a statement of uncertainty says: standard uncertainty and shape, from bounds or from a certificate."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty.distributions import RECTANGULAR, distribution
from calib.uncertainty.factors import coverage_factor
from calib.uncertainty.shape import Distribution, Shifted
from calib.uncertainty.source import FloatOrArray, check_u
from calib.uncertainty.unbounded import NORMAL, StudentT

BOUNDED: dict[Any, Distribution] = {
    None: RECTANGULAR,
    **{name: distribution(name) for name in ("rectangular", "triangular", "arcsine")},
}
"""Shapes that a half-width alone determines, by the name stated."""
_WAYS = ("u", "U", "half_width", "limits", "resolution")


@dataclass(frozen=True, slots=True)
class Statement:
    """How the uncertainty of one input is stated, for those that are not plainly normal with u."""

    name: str
    """Of the input, for messages."""
    shape: str | Distribution | None
    dof: FloatOrArray
    k: float | None
    probability: float | None
    beta: float | None
    half_width_u: float | None

    def error(self, problem: str) -> UncertaintyError:
        """Return an error that names the input."""
        return UncertaintyError(f"quantity {self.name!r}: {problem}" if self.name else f"quantity: {problem}")

    def read(self, value: Any, given: dict[str, Any]) -> tuple[Any, FloatOrArray, Distribution]:
        """Return (value, u, shape) of what is stated, in whichever way."""
        if isinstance(self.shape, Distribution):
            return self.of_object(self.shape, value, given)
        if not given and self.shape in {"exponential", "poisson"} and value is not None:
            given = {"u": np.sqrt(np.maximum(value, 0.0)) if self.shape == "poisson" else value}
        if len(given) != 1:
            raise self.error(
                f"state the uncertainty once, by one of {', '.join(_WAYS)}; got {', '.join(given) or 'none'}"
            )
        ((way, stated),) = given.items()
        if way != "U" and not (self.k is None and self.probability is None):
            raise self.error(f"k and probability belong to U, not to {way}")
        if way == "limits":
            return self.within(value, stated)
        if way in {"half_width", "resolution"}:
            half = check_u(stated, way) * (1.0 if way == "half_width" else 0.5)
            shape = self.of_bounds(half)
            return value, half / stated_edge(shape), shape
        u = self.from_expanded(stated) if way == "U" else check_u(stated)
        return value, u, self.of_standard(u, value)

    def of_object(
        self, shape: Distribution, value: Any, given: dict[str, Any]
    ) -> tuple[Any, FloatOrArray, Distribution]:
        """Return what a distribution states that was given itself: with its own value and u, or stretched to those."""
        if not given and shape.stated is not None:
            centre, u = shape.stated
            offset = 0.0 if value is None else (centre - float(value)) / u
            return centre if value is None else value, u, Shifted(shape, offset) if abs(offset) > 1e-12 else shape
        if value is not None and set(given) in ({"u"}, {"U"}):
            return value, check_u(given["u"]) if "u" in given else self.from_expanded(given["U"]), shape
        if value is not None and set(given) == {"half_width"} and shape.symmetric and math.isfinite(shape.half_width):
            return value, check_u(given["half_width"], "half_width") / stated_edge(shape), shape
        raise self.error(
            f"a distribution given itself takes a value and u, or U, or (symmetric, with ends) half_width; or, made by "
            f"from_quantile, from_draws or truncated, neither; got {', '.join(given) or 'none'} of these for {shape!r}"
        )

    @property
    def _word(self) -> str | None:
        """Name of the shape."""
        assert not isinstance(self.shape, Distribution)
        return self.shape

    def from_expanded(self, U: Any) -> FloatOrArray:
        """Return u from U with k, or with a coverage probability and degrees of freedom."""
        if (self.k is None) == (self.probability is None):
            raise self.error(f"U = {U} needs either k or probability, as the certificate states it")
        k = self.k if self.k is not None else self._factor()
        if not 0 < k < math.inf:
            raise self.error(f"k = {k} must be above 0")
        return check_u(U, "U") / k

    def _factor(self) -> float:
        assert self.probability is not None
        if np.ndim(self.dof):
            raise self.error("U with probability takes one dof for all elements; give k instead")
        return coverage_factor(self.probability, self.dof)

    def of_standard(self, u: FloatOrArray, value: Any) -> Distribution:
        """Return the shape of an input whose standard uncertainty is stated."""
        name = self._word or "normal"
        if name == "t":
            if np.ndim(self.dof):
                raise self.error("distribution t takes one dof; leave the distribution out for an array of dof")
            return NORMAL if self.dof == math.inf else StudentT(self.dof)
        if name == "trapezoidal":
            return distribution(name, self._needed("beta"))
        if name == "curvilinear-trapezoid":
            raise self.error("a curvilinear trapezoid is stated by half_width and half_width_u")
        if name in {"gamma", "exponential", "poisson"}:
            return self._positive(name, u, np.asarray(value, dtype=np.float64))
        return distribution(name)

    def _positive(self, name: str, u: FloatOrArray, value: Any) -> Distribution:
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.unique((value / np.asarray(u)) ** 2)
        if not np.all(value > 0) or ratio.size != 1:
            raise self.error(f"{name} needs a value above 0 and one ratio of value to u, got {value} and {u}")
        if name == "gamma":
            return distribution(name, float(ratio[0]))
        if name == "poisson":
            if not np.allclose(value, np.square(u), rtol=1e-9, atol=0):
                raise self.error(f"the u of a poisson count is the root of its value {value}, not {u}")
            return distribution(name, float(np.ravel(value)[0]))
        if not math.isclose(ratio[0], 1.0, rel_tol=1e-9):
            raise self.error(f"the u of an exponential is its value {value}, not {u}")
        return distribution(name)

    def of_bounds(self, half: FloatOrArray) -> Distribution:
        """Return the shape of an input that is certainly within ± `half`."""
        name = self._word or "rectangular"
        if name in BOUNDED:
            return BOUNDED[name]
        if name == "trapezoidal":
            return distribution(name, self._needed("beta"))
        if name == "curvilinear-trapezoid":
            if np.ndim(half):
                raise self.error("a curvilinear trapezoid takes one half_width for all elements")
            return distribution(name, self._needed("half_width_u") / half if half else 0.0)
        distribution(name, *(1.0,) * (name in {"t", "gamma", "poisson"}))  # says which names there are
        raise self.error(f"a {name} distribution has no half_width; state u, or U with k or probability")

    def _needed(self, parameter: str) -> float:
        given: float | None = getattr(self, parameter)
        if given is None:
            raise self.error(f"distribution {self.shape} needs {parameter}")
        return given

    def within(self, value: Any, limits: tuple[float, float]) -> tuple[float, float, Distribution]:
        """Return (value, u, shape) of an input between two limits (JCGM 100:2008, 4.3.7 and 4.3.8)."""
        low, high = (float(x) for x in limits)
        if not (low < high and math.isfinite(high - low)):
            raise self.error(f"limits {limits} must be (lower, upper), both finite")
        half, middle = 0.5 * (high - low), 0.5 * (low + high)
        value = middle if value is None else value
        if np.ndim(value) or not low <= float(value) <= high:
            raise self.error(f"value {value} must be one number within its limits {limits}")
        shape = self.of_bounds(half)
        u = half / stated_edge(shape)
        offset = (middle - float(value)) / u
        return float(value), u, Shifted(shape, offset) if abs(offset) > 1e-12 * (1 + abs(middle) / u) else shape


def stated_edge(shape: Distribution) -> float:
    """Return the stated half-width over u: of a curvilinear trapezoid the middle one, a and not a + d."""
    return shape.half_width / (1.0 + getattr(shape, "ratio", 0.0))
