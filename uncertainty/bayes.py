"""Student's t stated by its standard deviation: the state of knowledge after a sample (JCGM 101:2008, 6.4.9)."""

# ruff: noqa: D102  the methods of every shape say what those of Distribution say

import math

import numpy as np
from numpy.typing import ArrayLike

from calib.errors import UncertaintyError
from calib.uncertainty.inputs import quantity
from calib.uncertainty.shape import Array
from calib.uncertainty.source import FloatOrArray, Source
from calib.uncertainty.unbounded import StudentT
from calib.uncertainty.uncertain import Quantity


class BayesianT(StudentT):
    """t with `dof` above 2, scaled to standard deviation 1, so that u is the standard deviation and is exact."""

    __slots__ = ("scale",)
    name = "bayesian-t"

    def __init__(self, dof: float) -> None:
        if not 2 < dof < math.inf:
            msg = f"dof = {dof}: t has a standard deviation only above 2 degrees of freedom; take 4 readings or more"
            raise UncertaintyError(msg)
        super().__init__(dof)
        self.scale = math.sqrt((dof - 2) / dof)

    def pdf(self, z: ArrayLike) -> Array:
        return super().pdf(np.asarray(z, dtype=np.float64) / self.scale) / self.scale

    def cdf(self, z: ArrayLike) -> Array:
        return super().cdf(np.asarray(z, dtype=np.float64) / self.scale)

    def quantile(self, p: float) -> float:
        return super().quantile(p) * self.scale

    def characteristic(self, t: Array) -> Array:
        return super().characteristic(t * self.scale)

    def sample(self, generator: "np.random.Generator", shape: tuple[int, ...]) -> Array:
        return super().sample(generator, shape) * self.scale


def after_sample(
    mean: ArrayLike, scale: FloatOrArray, dof: float, *, name: str = "", unit: str | None = None
) -> Quantity:
    """Return what is known of a mean after a sample: t with `scale` s/√n and `dof` above 2, as an exact u.

    u = scale · √(ν/(ν − 2)) (JCGM 101:2008, 6.4.9.4), unlimited degrees of freedom; `mean` and `scale` of one shape.
    """
    shape = BayesianT(dof)
    plain = quantity(mean, u=scale / shape.scale, name=name, unit=unit)
    ((source, sensitivity),) = plain.blocks.items()
    same = Source(source.value, source.u, source.dof, shape, source.name, source.unit, source.shape)
    return Quantity(plain.value, {same: sensitivity}, unit)
