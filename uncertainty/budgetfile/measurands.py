"""The measurands of a budget file as models for `propagate`, and what each is to first order."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from calib.errors import FileError, UncertaintyError, UnitError
from calib.uncertainty import units
from calib.uncertainty.budgetfile.checking import BudgetInput, Measurand
from calib.uncertainty.naked import base_factor
from calib.uncertainty.propagation import propagate
from calib.uncertainty.samples import Samples
from calib.uncertainty.uncertain import Quantity

Progress = Callable[[int], None]
"""Called with how many trials were evaluated since it was called last, from any thread."""


@dataclass(frozen=True)
class Wanted:
    """One measurand with its unit, and how numbers in base units become numbers in it."""

    measurand: Measurand
    first_order: Quantity | None
    """In the unit wanted; None where the model has no derivative at the estimates."""
    factor: float = 1.0
    offset: float = 0.0

    @property
    def unit(self) -> str:
        """Unit in print, empty for a number."""
        unit = self.measurand.unit if self.first_order is None else self.first_order.unit
        return "" if unit is None or unit == "1" else unit

    def plain(self, y: Any) -> Any:
        """Return what the model gave as numbers in the unit wanted, without one; samples are in base units."""
        if isinstance(y, Quantity):
            y = y if y.unit is None else y.to(self.unit or None)
            return Quantity(y.value, y.blocks)
        return y if (self.factor, self.offset) == (1.0, 0.0) else self.factor * y + self.offset


def wanted(read: BudgetInput, m: Measurand, *, derivative: bool) -> Wanted:
    """Return a measurand with what it is to first order, by which its unit is checked.

    Raises
    ------
    FileError
        The model has no value, or no u, at the estimates of the inputs.
    UncertaintyError
        Units do not fit; or there is no derivative, where one is needed.
    """
    try:
        out: Any = propagate(model(read, [Wanted(m, None)], dressed=True), inputs(read))
    except UnitError:
        raise
    except UncertaintyError:
        if derivative or read.has_units:  # units are found by first order only
            raise
        return Wanted(m, None)
    y: Quantity = out.quantity
    if not (np.isfinite(y.value) and np.isfinite(y.u)):
        msg = f"{m.name}: the model gives {y.value} with u = {y.u} at the estimates of the inputs"
        raise FileError(msg)
    if not read.has_units:
        return Wanted(m, Quantity(y.value, y.blocks, None if m.unit == "1" else m.unit))
    unit = y.unit if m.unit is None else None if m.unit == "1" else m.unit
    by, offset = units.conversion(y.unit, unit)
    return Wanted(m, y.to(unit), by / (base_factor(y.unit) if y.unit else 1.0), offset)


def inputs(read: BudgetInput) -> dict[str, Quantity]:
    """Return inputs, and constants that have a unit, as `propagate` takes them."""
    return read.inputs | {name: c for name, c in read.constants.items() if isinstance(c, Quantity)}


def model(
    read: BudgetInput, outputs: Iterable[Wanted], *, dressed: bool = False, progress: Progress | None = None
) -> Callable[..., Any]:
    """Return a model of one measurand, or of several as a tuple; as numbers in their units, or dressed in any unit."""
    outputs = tuple(outputs)
    numbers = {name: c for name, c in read.constants.items() if not isinstance(c, Quantity)}

    def evaluated(**given: Any) -> Any:
        scope: dict[str, Any] = numbers | given
        for name, expression in read.definitions.items():
            scope[name] = expression(scope)
        values = [o.measurand.expression(scope) for o in outputs]
        if progress is not None:
            progress(_trials(given))
        plain = values if dressed else [o.plain(y) for o, y in zip(outputs, values, strict=True)]
        return plain[0] if len(plain) == 1 else tuple(plain)

    return evaluated


def _trials(given: Mapping[str, Any]) -> int:
    return next((s.draws.shape[-1] for s in given.values() if isinstance(s, Samples)), 0)
