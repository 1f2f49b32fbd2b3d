"""Inputs of a measurement equation: what each is called in the budget, and which errors it rests on.

An error that several test points share, such as the drift of one standard, is one source of `calib.uncertainty` with
an identity; each point has a coefficient of its own. So results stay correlated as they are in truth, and sums,
differences and fits over points come out right.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from calib.text import Text
from calib.uncertainty import Quantity


@dataclass(frozen=True)
class Input:
    """One input: offset + Σ coefficient·error."""

    name: str
    label: Text
    terms: tuple[tuple[float, Quantity], ...]
    offset: float = 0.0

    @classmethod
    def of(cls, error: Quantity, label: Text, name: str) -> "Input":
        """Return the input that is one quantity of its own."""
        return cls(name, label, ((1.0, error),))

    @cached_property
    def value(self) -> Quantity:
        """The input as a quantity, in the unit of its terms."""
        (first, error), *others = self.terms
        total = error if first == 1.0 else error * first
        for coefficient, other in others:
            total = total + other * coefficient
        return total + self.offset if self.offset else total

    def drawn(self, draws: Mapping[str, Any]) -> Any:
        """Return the input made of draws of its errors, which `errors` names."""
        total = self.offset
        for (coefficient, _), name in zip(self.terms, self.errors, strict=True):
            total = total + coefficient * draws[name]
        return total

    @property
    def errors(self) -> dict[str, Quantity]:
        """Its errors by names that no other input has."""
        many = len(self.terms) > 1
        return {f"{self.name}.{n}" if many else self.name: error for n, (_, error) in enumerate(self.terms)}


@dataclass(frozen=True)
class Argument:
    """One argument of the measurement equation: a constant and the inputs that are added to it."""

    inputs: tuple[Input, ...] = ()
    constant: float = 0.0

    @cached_property
    def value(self) -> Quantity | float:
        """The constant plus all inputs."""
        total: Quantity | float = self.constant
        for one in self.inputs:
            total = one.value + total
        return total

    @property
    def estimate(self) -> float:
        """Its best estimate."""
        value = self.value
        return float(value.value) if isinstance(value, Quantity) else value

    def drawn(self, draws: Mapping[str, Any]) -> Any:
        """Return the argument made of draws of its inputs' errors."""
        total: Any = self.constant
        for one in self.inputs:
            total = one.drawn(draws) + total
        return total


Arguments = Mapping[str, Argument]
"""What a measurement equation is called with, by the names of its parameters."""


def all_inputs(arguments: Arguments) -> Iterator[Input]:
    """Return every input, in the order of the equation's parameters."""
    for argument in arguments.values():
        yield from argument.inputs
