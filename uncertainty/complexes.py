"""Complex quantities: pairs of real ones, so that every correlation between real and imaginary parts is kept.

Degrees of freedom of the pair are those of R. Willink and B. D. Hall, Metrologia 39 (2002) 361: with V the 2 × 2
covariance and V_i the part of each independent component,

    ν = T(V) / Σ_i T(V_i)/ν_i,   T(V) = 2V₁₁² + V₁₁V₂₂ + V₁₂² + 2V₂₂²
"""

import math
from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calib.errors import UncertaintyError
from calib.uncertainty import components
from calib.uncertainty.contributions import covariance
from calib.uncertainty.joint import correlated
from calib.uncertainty.source import Ensemble
from calib.uncertainty.uncertain import Quantity


class ComplexQuantity:
    """real + j·imag of two quantities (scalars, or arrays of one shape); immutable."""

    __slots__ = ("imag", "real")
    __array_ufunc__ = None  # numpy arrays and numbers leave operators to this class
    real: Quantity
    imag: Quantity

    def __init__(self, real: Quantity, imag: Quantity | float = 0.0) -> None:
        object.__setattr__(self, "real", real)
        object.__setattr__(self, "imag", imag if isinstance(imag, Quantity) else _exact(imag, real))

    def __setattr__(self, name: str, value: object) -> None:
        msg = f"a complex quantity is immutable: {name}"
        raise AttributeError(msg)

    @property
    def value(self) -> Any:
        """Best estimate, complex or an array of complex numbers."""
        return self.real.value + 1j * self.imag.value

    @property
    def covariance(self) -> NDArray[np.float64]:
        """Covariance of real and imaginary part, shape (2, 2); of a scalar."""
        return covariance([self.real, self.imag])

    @property
    def magnitude(self) -> Quantity:
        """Modulus."""
        hypot: Any = np.hypot
        found: Quantity = hypot(self.real, self.imag)
        return found

    @property
    def phase(self) -> Quantity:
        """Argument in radians, between −π and π."""
        arctan2: Any = np.arctan2
        found: Quantity = arctan2(self.imag, self.real)
        return found

    @property
    def dof(self) -> float:
        """Effective degrees of freedom of the pair; inf where unlimited, nan where no rule holds."""
        return _dof(self.real, self.imag)

    def conjugate(self) -> "ComplexQuantity":
        """Return real − j·imag."""
        return ComplexQuantity(self.real, -self.imag)

    def __abs__(self) -> Quantity:
        return self.magnitude

    def __neg__(self) -> "ComplexQuantity":
        return ComplexQuantity(-self.real, -self.imag)

    def __add__(self, other: object) -> "ComplexQuantity":
        return _with(other, lambda re, im: ComplexQuantity(self.real + re, self.imag + im))

    __radd__ = __add__

    def __sub__(self, other: object) -> "ComplexQuantity":
        return _with(other, lambda re, im: ComplexQuantity(self.real - re, self.imag - im))

    def __rsub__(self, other: object) -> "ComplexQuantity":
        return (-self) + other

    def __mul__(self, other: object) -> "ComplexQuantity":
        return _with(
            other, lambda re, im: ComplexQuantity(self.real * re - self.imag * im, self.real * im + self.imag * re)
        )

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> "ComplexQuantity":
        def divided(re: Any, im: Any) -> ComplexQuantity:
            below = re * re + im * im
            return ComplexQuantity((self.real * re + self.imag * im) / below, (self.imag * re - self.real * im) / below)

        return _with(other, divided)

    def __rtruediv__(self, other: object) -> "ComplexQuantity":
        below = self.real * self.real + self.imag * self.imag
        return ComplexQuantity(self.real / below, -(self.imag / below)) * other

    def __pow__(self, n: int) -> "ComplexQuantity":
        if not isinstance(n, int) or n == 0:
            return NotImplemented
        power = self
        for _ in range(abs(n) - 1):
            power = power * self
        return power if n > 0 else 1 / power

    def exp(self) -> "ComplexQuantity":
        """Return the exponential."""
        size: Any = np.exp(self.real)
        return ComplexQuantity(size * np.cos(self.imag), size * np.sin(self.imag))

    def log(self) -> "ComplexQuantity":
        """Return the principal natural logarithm."""
        return ComplexQuantity(np.log(self.magnitude), self.phase)

    def sqrt(self) -> "ComplexQuantity":
        """Return the principal square root."""
        return polar(np.sqrt(self.magnitude), self.phase * 0.5)

    def __getitem__(self, key: Any) -> "ComplexQuantity":
        return ComplexQuantity(self.real[key], self.imag[key])

    def __copy__(self) -> "ComplexQuantity":
        return self

    def __deepcopy__(self, memo: object) -> "ComplexQuantity":
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return ComplexQuantity, (self.real, self.imag)

    def __repr__(self) -> str:
        return f"ComplexQuantity({self.value!r}, u=({self.real.u!r}, {self.imag.u!r}))"


def complex_quantity(
    value: complex,
    *,
    u: tuple[float, float] | None = None,
    covariance: ArrayLike | None = None,  # noqa: A002, RUF100
    dof: float = math.inf,
    unit: str | None = None,
    name: str = "",
) -> ComplexQuantity:
    """Return a complex input with `u` of both parts (independent), or their 2 × 2 `covariance`; `dof` of the pair."""
    z = complex(value)
    if (u is None) == (covariance is None):
        msg = f"complex_quantity {name!r}: state either u of both parts, or covariance"
        raise UncertaintyError(msg)
    known = np.diag(np.square(np.asarray(u, dtype=np.float64))) if covariance is None else covariance
    names = [f"{name}.real", f"{name}.imag"] if name else ["", ""]
    real, imag = correlated([z.real, z.imag], covariance=known, dof=dof, names=names, units=[unit, unit])
    return ComplexQuantity(real, imag)


def polar(magnitude: Any, phase: Any) -> ComplexQuantity:
    """Return magnitude · exp(j·phase), phase in radians."""
    return ComplexQuantity(magnitude * np.cos(phase), magnitude * np.sin(phase))


def _exact(number: float, like: Quantity) -> Quantity:
    return Quantity(np.full(like.shape, number) if like.shape else float(number), {}, like.unit)


def _with(other: Any, made: Callable[[Any, Any], ComplexQuantity]) -> ComplexQuantity:
    """Return made(real, imag) of the other operand."""
    if isinstance(other, ComplexQuantity):
        return made(other.real, other.imag)
    if isinstance(other, Quantity):
        return made(other, 0.0)
    if isinstance(other, (int, float, complex, np.number, np.ndarray)) and np.asarray(other).dtype.kind in "iufc":
        z = np.asarray(other)
        return made(z.real[()], z.imag[()])
    return cast("ComplexQuantity", NotImplemented)


def _dof(real: Quantity, imag: Quantity) -> float:
    """Return ν by Willink and Hall's total variance."""
    if real.shape:
        msg = f"degrees of freedom are those of one complex value, this has shape {real.shape}: take an element"
        raise UncertaintyError(msg)
    parts = components.components([real, imag])
    rows = np.concatenate([components.gradient(q, parts) for q in (real, imag)])
    below, start = 0.0, 0
    for part in parts:
        own = rows[:, start : start + part.size]
        start += part.size
        if isinstance(part.origin, Ensemble):
            below += _total(own @ own.T) / part.origin.dof
        else:
            dof = np.broadcast_to(part.origin.dof, part.origin.shape or (1,)).ravel()
            below += sum(_total(np.outer(c, c)) / v for c, v in zip(own.T, dof, strict=True))
    return math.inf if below == 0 else _total(rows @ rows.T) / below


def _total(v: NDArray[np.float64]) -> float:
    """Return the sum of the variances of the elements of a sample covariance matrix, times its dof."""
    return float(2 * v[0, 0] ** 2 + v[0, 0] * v[1, 1] + v[0, 1] ** 2 + 2 * v[1, 1] ** 2)
