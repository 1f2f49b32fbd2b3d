"""Units under Monte Carlo: draws are plain numbers in base units; the output gets the unit that first order gives it.

In base units every conversion factor is 1, so a model whose units fit as quantities gives the right numbers without.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty import combine, units
from calib.uncertainty.firstorder import as_one
from calib.uncertainty.options import Model
from calib.uncertainty.outcome import MonteCarlo
from calib.uncertainty.uncertain import Quantity


@dataclass(frozen=True)
class Naked:
    """Factors from the units of the inputs to base units, and the unit of the output."""

    factors: Mapping[str, float]
    unit: str | None
    factor: float
    """Number of base units in one unit of the output."""

    @classmethod
    def of(cls, model: Model, inputs: Mapping[str, Any]) -> "Naked":
        """Return what the units of a model's inputs ask for; nothing at all without units."""
        stated = {n: q.unit for n, q in inputs.items() if isinstance(q, Quantity) and q.unit is not None}
        if not stated:
            return cls({}, None, 1.0)
        try:
            out = as_one(model(**inputs))
        except UncertaintyError as error:
            msg = (
                f"the unit of the output is found by first order, which failed ({error}): "
                "give the model inputs without units, all in one system"
            )
            raise UncertaintyError(msg) from error
        return cls({n: base_factor(u) for n, u in stated.items()}, out.unit, base_factor(out.unit) if out.unit else 1.0)

    def inputs(self, quantities: Mapping[str, Quantity]) -> dict[str, Quantity]:
        """Return the inputs as plain numbers in base units."""
        return {n: _plain(q, self.factors[n]) if n in self.factors else q for n, q in quantities.items()}

    def dressed(self, result: MonteCarlo) -> MonteCarlo:
        """Return the result in the unit of the output."""
        if self.unit is None:
            return result
        by = 1.0 / self.factor
        if by != 1.0:
            np.multiply(result.draws, by, out=result.draws)
        return replace(result, value=result.value * by, u=result.u * by, unit=self.unit)


def _plain(q: Quantity, factor: float) -> Quantity:
    return Quantity(q.value * factor, combine.scaled(q.blocks, factor))


@lru_cache(maxsize=1024)
def base_factor(unit: str) -> float:
    """Return the number of base units in `unit`; of a temperature scale, in its degree.

    Scales with an offset meet only their own kind, in sums, means and differences, which hold without the offset too.
    """
    from calib.units import registry

    return float(registry().Quantity(1.0, units.difference(unit)).to_base_units().magnitude)
