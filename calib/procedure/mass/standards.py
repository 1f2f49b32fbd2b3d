"""Weights of the laboratory: their conventional mass by their certificate, alone and several together."""

import math
from collections.abc import Iterable, Sequence
from typing import Annotated, Protocol

from pydantic import Field

from calib.equipment import Asked, Reference, by_certificate
from calib.errors import CalibrationStatusError
from calib.files import Strict
from calib.inputs import Argument, Input
from calib.procedure.context import Context
from calib.text import Text
from calib.uncertainty import Quantity

Positive = Annotated[float, Field(gt=0)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
"""Of a weight, as it is said to whoever loads the pan."""
QUANTITY = "conventional_mass"
ROLE = "reference"
"""Of the set of standard weights and whoever puts them on the pan."""


class StandardWeight(Strict):
    """A weight of the laboratory, as the register's certificate lists it."""

    name: Name
    nominal_kg: Positive


Load = Annotated[tuple[StandardWeight, ...], Field(min_length=1)]
"""Weights that lie on the pan together."""


def total_kg(load: Iterable[StandardWeight]) -> float:
    """Return the nominal value of several weights, without the last bits of a sum of binary fractions."""
    return float(f"{math.fsum(weight.nominal_kg for weight in load):.12g}")


class Named(Protocol):
    """What is said to whoever loads the pan."""

    @property
    def name(self) -> str:
        """What is written on it."""
        ...


def names_of(load: Iterable[Named]) -> list[str]:
    """Return what weights are called, as it is said to whoever loads the pan."""
    return [weight.name for weight in load]


def standard_value(context: Context, weight: StandardWeight) -> Reference:
    """Return the conventional mass of a standard weight by its certificate, correlated with others as that says.

    Raises
    ------
    CalibrationStatusError
        Its certificate does not list it.
    """
    equipment, on = context.standard(ROLE).equipment, context.date
    calibration = equipment.calibration(on, QUANTITY)
    for table in calibration.values:
        names = {"", weight.name}
        at = [p for p in table.points if math.isclose(p.nominal, weight.nominal_kg, rel_tol=1e-9) and p.name in names]
        if table.quantity == QUANTITY and at:
            asked = Asked(equipment, QUANTITY, weight.nominal_kg, role=ROLE, marking=weight.name, called=_STANDARD)
            return by_certificate(asked, table.range, on, None)
    listed = f"no weight {weight.name} of {weight.nominal_kg:g} kg"
    msg = f"{equipment.name}: certificate {calibration.certificate} lists {listed}"
    raise CalibrationStatusError(msg)


def standard_argument(context: Context, weights: Sequence[StandardWeight]) -> Argument:
    """Return the conventional mass of several standard weights together, each kind of error in one input."""
    found = [standard_value(context, weight) for weight in weights]
    return Argument(summed([(1.0, one.inputs) for one in found]), math.fsum(one.nominal for one in found))


def summed(parts: Iterable[tuple[float, Iterable[Input]]]) -> tuple[Input, ...]:
    """Return the sum of inputs, each part with its factor: those of one name are one, what they share is one error."""
    kinds: dict[str, list[tuple[float, Input]]] = {}
    for factor, inputs in parts:
        for one in inputs:
            kinds.setdefault(one.name, []).append((factor, one))
    return tuple(
        Input(
            name,
            several[0][1].label,
            _merged([(factor * c, error) for factor, one in several for c, error in one.terms]),
            math.fsum(factor * one.offset for factor, one in several),
        )
        for name, several in kinds.items()
    )


def _merged(terms: Sequence[tuple[float, Quantity]]) -> tuple[tuple[float, Quantity], ...]:
    """Return terms in which every error stands once: what several weights share is one error."""
    merged: list[tuple[float, Quantity]] = []
    for coefficient, error in terms:
        for place, (before, known) in enumerate(merged):
            if float((known - error).u) == 0.0:
                merged[place] = (before + coefficient, known)
                break
        else:
            merged.append((coefficient, error))
    return tuple(merged)


_STANDARD = Text(vi="m_r: quả cân chuẩn", en="m_r: reference weights")
