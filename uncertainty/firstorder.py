"""First order: the law of propagation of uncertainty (JCGM 100:2008, 5), for one output or several."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.errors import UncertaintyError
from calib.uncertainty import moments, policies
from calib.uncertainty.contributions import covariance
from calib.uncertainty.regions import Ellipse, Rectangle, ellipse_factor
from calib.uncertainty.source import FloatOrArray
from calib.uncertainty.uncertain import Quantity


@dataclass(frozen=True)
class FirstOrder:
    """Result of the law of propagation of uncertainty; numbers have the shape of the output."""

    quantity: Quantity
    """The output; several outputs are the elements of one array."""

    @property
    def value(self) -> FloatOrArray:
        """Best estimate."""
        return self.quantity.value

    @property
    def u(self) -> FloatOrArray:
        """Standard uncertainty."""
        return self.quantity.u

    @property
    def dof(self) -> FloatOrArray:
        """Effective degrees of freedom."""
        return self.quantity.dof

    @property
    def unit(self) -> str | None:
        """Unit, None for a number (or where several outputs have different units, each then in its own)."""
        return self.quantity.unit

    @property
    def covariance(self) -> NDArray[np.float64]:
        """Covariance matrix of the outputs, shape (m, m)."""
        return covariance([self.quantity] if not self.quantity.shape else self.quantity.ravel())

    def interval(self, p: float = 0.95, *, dof_policy: str | None = None) -> tuple[FloatOrArray, FloatOrArray]:
        """Return the (lower, upper) ends of the coverage interval; `dof_policy` as in `Quantity.expanded`."""
        expanded = self.quantity.expanded(p, dof_policy=dof_policy)
        return expanded.lower, expanded.upper

    def shortest(self, p: float = 0.95, *, dof_policy: str | None = None) -> tuple[FloatOrArray, FloatOrArray]:
        """Return the shortest interval about the value: value ± U."""
        expanded = self.quantity.expanded(p, dof_policy=dof_policy)
        return self.quantity.value - expanded.U, self.quantity.value + expanded.U

    def ellipse(self, p: float = 0.95, *, dof_policy: str | None = None) -> Ellipse:
        """Return the coverage ellipse of several outputs (JCGM 102:2011, 6.5), of the least degrees of freedom."""
        kp = ellipse_factor(self.quantity.size, p, self._least_dof(dof_policy))
        return Ellipse(np.ravel(self.value), self.covariance, kp, p)

    def rectangle(self, p: float = 0.95, *, dof_policy: str | None = None) -> Rectangle:
        """Return the coverage rectangle y ± kq·u of outputs that are jointly normal, or t of the least dof (ibid.)."""
        from calib.uncertainty.rectangles import rectangle_factor

        u = np.ravel(self.u)
        if np.any(u == 0):
            msg = "an output does not vary: a rectangle scaled with u needs every u above 0"
            raise UncertaintyError(msg)
        kq = rectangle_factor(self.covariance / np.outer(u, u), p, self._least_dof(dof_policy))
        return Rectangle(np.ravel(self.value), u, kq, p)

    def _least_dof(self, policy: str | None) -> float:
        policies.check(policy)
        least = float(np.min(moments.effective_dof(self.quantity.blocks, self.quantity.shape, policy)))
        if math.isnan(least):
            raise policies.undecided(self.quantity.blocks)
        return least


def first_order(model: Callable[..., Any], inputs: Mapping[str, Any]) -> FirstOrder:
    """Return what the model gives for the quantities themselves."""
    return FirstOrder(as_one(model(**inputs)))


def as_one(out: Any) -> Quantity:
    """Return a model's output as one quantity: several outputs, given as a tuple or a list, as one array."""
    if isinstance(out, Quantity):
        return out
    if isinstance(out, (tuple, list)) and any(isinstance(o, Quantity) for o in out):
        outputs = [o if isinstance(o, Quantity) else Quantity(numbers(o), {}) for o in out]
        if len({o.unit for o in outputs}) > 1:
            outputs = [Quantity(o.value, o.blocks) for o in outputs]
        if len({o.shape for o in outputs}) > 1:
            msg = (
                f"the model returned outputs of shapes {', '.join(str(o.shape) for o in outputs)}: give them one shape"
            )
            raise UncertaintyError(msg)
        stack: Any = np.stack
        stacked: Quantity = stack(outputs)
        return stacked
    return Quantity(numbers(out), {})


def numbers(out: Any) -> NDArray[np.float64]:
    """Return a model's output as floats."""
    try:
        return np.asarray(out, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = f"the model returned {type(out).__name__}: a number or an array of numbers is needed"
        raise UncertaintyError(msg) from error
