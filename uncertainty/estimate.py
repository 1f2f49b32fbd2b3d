"""What is known of a quantity: best estimate, and sensitivity to every source of uncertainty, found when asked for."""

# ruff: noqa: SLF001  a class method fills a new quantity

import math
from typing import TYPE_CHECKING, Self

import numpy as np

from calib.uncertainty import combine, lazy, moments
from calib.uncertainty.moments import Blocks
from calib.uncertainty.source import FloatOrArray, Source

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from calib.uncertainty.coverage import Expanded
    from calib.uncertainty.lazy import Origin

_new = object.__new__


class Estimate:
    """A value with its sources of uncertainty; immutable."""

    __slots__ = ("__weakref__", "_dof", "_origin", "_plain", "_shape", "_u", "_unit", "_value")

    def __init__(self, value: FloatOrArray, blocks: Blocks, unit: str | None = None) -> None:
        if type(value) is float or np.ndim(value) == 0:
            self._value: FloatOrArray = float(value)
            self._shape: tuple[int, ...] = ()
            self._plain = tuple not in map(type, blocks.values())
        else:
            self._value = np.asarray(value, dtype=np.float64).view()
            self._value.setflags(write=False)
            self._shape = self._value.shape
            self._plain = False
        self._origin: Blocks | Origin = blocks
        self._unit = unit
        self._u: FloatOrArray = None
        self._dof: FloatOrArray = None

    @classmethod
    def of_blocks(cls, value: FloatOrArray, blocks: Blocks, unit: str | None) -> Self:
        """Return the quantity of a value that is a float, or a new array of floats which nobody else changes."""
        if type(value) is not np.ndarray:
            return cls(value, blocks, unit)
        value.setflags(write=False)
        made = _new(cls)
        made._value = value
        made._shape = value.shape
        made._plain = False
        made._origin = blocks
        made._unit = unit
        made._u = made._dof = None
        return made

    @classmethod
    def of_origin(cls, value: float, unit: str | None, origin: "Origin") -> Self:
        """Return the scalar of one source, or one made from others; its sensitivities wait."""
        made = _new(cls)
        made._value = value
        made._origin = origin
        made._unit = unit
        made._plain = True
        made._shape = ()
        made._u = made._dof = None
        return made

    @property
    def value(self) -> FloatOrArray:
        """Best estimate, a float or an array."""
        return self._value

    @property
    def u(self) -> FloatOrArray:
        """Standard uncertainty, of the value's shape (JCGM 100:2008, eq. 10 and 13)."""
        if self._u is None:
            u2 = moments.variance(self._sensitivities, self._shape)
            self._u = np.sqrt(u2, out=u2) if self._shape else math.sqrt(u2)
        return self._u

    @property
    def dof(self) -> FloatOrArray:
        """Effective degrees of freedom by Welch and Satterthwaite; inf where unlimited, nan where no rule holds."""
        if self._dof is None:
            self._dof = moments.effective_dof(self.blocks, self._shape)
        return self._dof

    @property
    def unit(self) -> str | None:
        """Unit, or None for a number."""
        return self._unit

    @property
    def blocks(self) -> Blocks:
        """Sensitivity to every source, for those who write functions of quantities; do not change it."""
        found = self._sensitivities
        if self._shape:
            self._origin = found = combine.multiplied_out(found)
        return found

    @property
    def _sensitivities(self) -> Blocks:
        """Blocks of which arrays may be `Scaled`."""
        origin = self._origin
        if type(origin) is dict:
            return origin
        if type(origin) is Source:
            return {origin: 1.0}
        self._origin = found = lazy.expanded(self)
        return found

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value; () for a scalar."""
        return self._shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self._shape)

    @property
    def size(self) -> int:
        """Number of values."""
        return math.prod(self._shape)

    def expanded(
        self, p: float = 0.95, *, method: str = "auto", side: str = "both", dof_policy: str | None = None
    ) -> "Expanded":
        """Return U, k and the coverage interval for probability `p`.

        k is t with the degrees of freedom of Welch and Satterthwaite where every contributing input is normal or t
        (or where an input of another shape states finite dof, which only that formula can use); else it is taken from
        the exact distribution of the linearised model, all inputs convolved. `method` forces `t` or `convolution`, or
        takes the rules of EA-4/02 (S9: 1.65, S10: a trapezoid) by `ea-4/02`. `side` is `both`, or `lower` or `upper`
        for a one-sided interval that ends there. `dof_policy` is needed where correlated inputs state unequal degrees
        of freedom: `willink` or `smallest`.
        """
        from calib.uncertainty.coverage import Wanted, expanded

        return expanded(self._value, self.blocks, self._shape, Wanted(p, method, side, dof_policy))

    def probability_between(
        self, lower: "ArrayLike", upper: "ArrayLike", *, method: str = "auto", dof_policy: str | None = None
    ) -> FloatOrArray:
        """Return the probability that the measurand lies in [lower, upper]; either may be infinite.

        Of a scalar, limits may be arrays of one shape, which is that of the probabilities then. Of an array, they are
        broadcast to its shape.
        """
        from calib.uncertainty.coverage import Wanted, probability_between

        wanted = Wanted(0.95, method, dof_policy=dof_policy)
        return probability_between(self._value, self.blocks, self._shape, lower, upper, wanted)
