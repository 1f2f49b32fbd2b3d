"""Least squares over comparisons of weights: the design, what acts on all comparisons, and the solution.

Observation equation, for each comparison j of a load B with a load A::

    Σ_B E_i − Σ_A E_i = y_j = ΔI_j·S + Σ_B C_i − Σ_A C_i + ε_j

Weights E are X⁺ (y − K E_r): linear in all that the comparisons rest on, which therefore stays one input each in every
budget, with the coefficients of the weight's row of X⁺ (JCGM 102:2011, 6.2).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from calib.files import Strict
from calib.inputs import Argument, Input
from calib.procedure.mass.standards import Name, summed
from calib.text import Text
from calib.uncertainty import Quantity, correlated

Vector = NDArray[np.float64]


class Comparison(Strict):
    """Two loads of the same nominal value."""

    a: Annotated[tuple[Name, ...], Field(min_length=1)]
    b: Annotated[tuple[Name, ...], Field(min_length=1)]

    def mistake(self, nominal_kg: Mapping[str, float]) -> str:
        """Return what is wrong with it among weights of these nominal values; empty where nothing is."""
        names = [*self.a, *self.b]
        unknown = sorted(set(names) - set(nominal_kg))
        if unknown:
            return f"no weight {', '.join(unknown)} among 'weights' and 'reference'"
        if len(set(names)) < len(names):
            return "a weight is there once"
        a, b = (math.fsum(nominal_kg[name] for name in load) for load in (self.a, self.b))
        return "" if math.isclose(a, b, rel_tol=1e-9) else f"{b:g} kg is compared with {a:g} kg"


@dataclass(frozen=True)
class Design:
    """The comparisons as a matrix, and its least-squares solution. Rows are comparisons, columns weights."""

    unknown: Vector
    """+1 where a weight lies in load B, −1 in load A, shape (comparisons, weights)."""
    known: Vector
    """The same of the reference weights."""

    @classmethod
    def of(cls, comparisons: Sequence[Comparison], weights: Sequence[str], references: Sequence[str]) -> "Design":
        """Return the design of comparisons among weights by name."""
        signs = [[float((n in c.b) - (n in c.a)) for n in (*weights, *references)] for c in comparisons]
        unknown, known = np.split(np.array(signs), [len(weights)], axis=1)
        return cls(unknown, known)

    @cached_property
    def signs(self) -> Vector:
        """The matrix of all weights, the reference weights last."""
        return np.hstack([self.unknown, self.known])

    @cached_property
    def rank(self) -> int:
        """How many weights the comparisons determine."""
        return int(np.linalg.matrix_rank(self.unknown))

    @cached_property
    def solution(self) -> Vector:
        """What the observations are multiplied with, shape (weights, comparisons)."""
        return np.asarray(np.linalg.pinv(self.unknown), dtype=np.float64)

    @cached_property
    def shares(self) -> Vector:
        """What the reference weights' errors are multiplied with, shape (weights, reference weights)."""
        return -self.solution @ self.known

    @cached_property
    def cofactors(self) -> Vector:
        """Covariance of the weights for observations of variance 1."""
        return np.asarray(np.linalg.inv(self.unknown.T @ self.unknown))

    @property
    def dof(self) -> int:
        """Degrees of freedom of the residuals."""
        comparisons, weights = self.unknown.shape
        return int(comparisons - weights)


@dataclass(frozen=True)
class Effect:
    """What acts on all comparisons by errors that they share."""

    name: str
    label: Text
    value_kg: Vector
    """By how much it corrects each comparison, shape (comparisons,)."""
    terms: Sequence[tuple[Vector, Quantity]]
    """By how much each comparison changes with an error, shape (comparisons,), and the error."""

    def seen(self, coefficients: Vector) -> Input:
        """Return it in a sum of comparisons with coefficients, shape (comparisons,)."""
        terms = ((float(coefficients @ change), error) for change, error in self.terms)
        value_kg = float(coefficients @ self.value_kg)
        return Input(self.name, self.label, tuple((c, error) for c, error in terms if c), value_kg)


def seen(effects: Sequence[Effect], coefficients: Vector) -> tuple[tuple[Input, ...], float]:
    """Return the inputs of effects in a sum of comparisons, and the constant of those that have no error."""
    inputs = [effect.seen(coefficients) for effect in effects]
    return tuple(i for i in inputs if i.terms), math.fsum(i.offset for i in inputs if not i.terms)


@dataclass(frozen=True)
class Solved:
    """The set, found."""

    arguments: Mapping[str, Argument]
    """Of the measurement equation, by weight: conventional mass minus nominal value."""
    s_kg: float
    """Standard deviation of one comparison, from the residuals; nan without degrees of freedom."""
    dof: int

    @property
    def values(self) -> list[Quantity]:
        """The weights as quantities, correlated as they are."""
        return [value for argument in self.arguments.values() if isinstance(value := argument.value, Quantity)]


@dataclass(frozen=True)
class Observed:
    """The comparisons of a set, weighed."""

    design: Design
    differences_kg: Vector
    """Shape (comparisons,)."""
    effects: Sequence[Effect]
    references: Sequence[Sequence[Input]]
    """Conventional mass minus nominal value of each reference weight, as its inputs."""

    @cached_property
    def s_kg(self) -> float:
        """Standard deviation of one comparison, from the residuals; nan without degrees of freedom."""
        design = self.design
        known_kg = np.array([math.fsum(one.offset for one in inputs) for inputs in self.references])
        corrected = self.differences_kg + sum(effect.value_kg for effect in self.effects) - design.known @ known_kg
        residuals = corrected - design.unknown @ (design.solution @ corrected)
        return float(np.sqrt(residuals @ residuals / design.dof)) if design.dof > 0 else math.nan

    def solved(self, names: Sequence[str], label: Text, u_kg: float, dof: float) -> Solved:
        """Return the weights with all that they rest on; `u_kg` is the standard uncertainty of one comparison."""
        design = self.design
        spread = correlated(
            [0.0] * len(names), covariance=u_kg**2 * design.cofactors, dof=dof,
            names=[f"{name}.difference" for name in names],
        )  # fmt: skip
        values_kg = design.solution @ self.differences_kg
        found = {}
        for number, name in enumerate(names):
            fitted = Input(f"{name}.difference", label, ((1.0, spread[number]),), float(values_kg[number]))
            shared, constant = seen(self.effects, design.solution[number])
            inputs = (fitted, *summed(zip(map(float, design.shares[number]), self.references, strict=True)), *shared)
            found[name] = Argument(inputs, constant)
        return Solved(found, self.s_kg, design.dof)
