"""What a certificate says: tables of corrections, equations, and tables of any other shape; each value with its U."""

import math
from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from calib.equipment.correlations import check_correlation
from calib.errors import CalibrationStatusError, InputError
from calib.files import CoherentUnit, Span, Strict
from calib.uncertainty import Quantity, quantity
from calib.units import show, to_SI

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Dof = Annotated[float, Field(gt=0, allow_inf_nan=True)]


class CertifiedPoint(Strict):
    """One line of a certificate."""

    nominal: float
    name: str = ""
    """Which one of several of the same nominal value, such as the marking of a weight."""
    correction: float
    """To be added to the nominal value to give the value, in the unit of the table."""
    U: Positive
    """Expanded uncertainty, in the unit of the table."""
    k: Positive | None = None
    """Coverage factor of this U, where it is another than that of the table."""
    dof: Dof | None = None
    """Degrees of freedom of this U, where they are others than those of the table."""


class Aging(Strict):
    """What the laboratory knows of a value's change since its calibration."""

    drift_ppm_per_year: NotNegative
    """Half-width of what the value may have drifted, in 10⁻⁶ of the value a year."""
    drift_floor_per_year: NotNegative = 0.0
    """The same, in the table's unit a year."""
    temperature_ppm_per_K: NotNegative
    """Half-width of the temperature coefficient, in 10⁻⁶ of the value for each kelvin from the calibration's."""


class CertifiedValues(Aging):
    """What a certificate says of one range of a quantity, and what the laboratory knows of its change since."""

    quantity: str
    unit: CoherentUnit
    range: Positive
    frequency_Hz: Positive | None = None
    """Frequency of what alternates; absent for direct quantities."""
    k: Positive
    """Coverage factor of every U."""
    dof: Dof = math.inf
    """Degrees of freedom of every U, inf where the certificate states none."""
    correlation: Literal["full", "none"] | tuple[tuple[float, ...], ...]
    """How the errors of the certified points correlate among each other; there is no default."""
    interpolation_ppm: NotNegative | None = None
    """Half-width of the error between certified points; without it only certified points are used."""
    points: Annotated[tuple[CertifiedPoint, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _points_ascend(self) -> Self:
        nominals = [p.nominal for p in self.points]
        places = [(p.nominal, p.name) for p in self.points]
        if any(b < a for a, b in pairwise(nominals)) or len(set(places)) < len(places):
            msg = (
                "'points' must be listed by ascending nominal value, each once; several of one value need a 'name' each"
            )
            raise ValueError(msg)
        if isinstance(self.correlation, tuple):
            check_correlation(self.correlation, len(nominals), "points", words="'full', 'none' or ")
        return self

    @property
    def title(self) -> str:
        """Quantity, range and frequency, as messages name the table."""
        at = "" if self.frequency_Hz is None else f" at {self.frequency_Hz:g} Hz"
        return f"{self.quantity} {show(self.range, self.unit)}{at}"

    def coverage(self, point: CertifiedPoint) -> tuple[float, float]:
        """Return (k, degrees of freedom) of a point's U."""
        return point.k or self.k, point.dof or self.dof


def _expression(text: str) -> str:
    from calib.uncertainty.budgetfile.expression import parse

    parse(text)
    return text


def _known_unit(unit: str) -> str:
    to_SI(1.0, unit)
    return unit


Expression = Annotated[str, AfterValidator(_expression)]
"""A field with an expression as in budget files: numbers, names, + − * / **, sqrt(), exp(), …"""


class CertifiedEquation(Strict):
    """A reference equation: the value as a function of what is named in `within`, all in the certificate's units."""

    quantity: str
    unit: Annotated[str, AfterValidator(_known_unit)]
    """Unit of value and U, as the certificate has it."""
    value: Expression
    U: Expression
    """Expanded uncertainty; a number or an expression of the same names."""
    k: Positive
    dof: Dof = math.inf
    within: Annotated[dict[str, Span], Field(min_length=1)]
    """Lowest and highest value of each variable for which the certificate holds."""
    aging: Aging | None = None
    """Needed where the equation gives a standard's value in a measurement."""
    note: str = ""

    @model_validator(mode="after")
    def _names_are_variables(self) -> Self:
        from calib.uncertainty.budgetfile.expression import RESERVED, parse

        unknown = sorted((parse(self.value).names | parse(self.U).names) - set(self.within))
        if unknown:
            msg = f"'within' must have a range for {', '.join(unknown)}, which 'value' or 'U' uses"
            raise ValueError(msg)
        taken = sorted(set(self.within) & RESERVED)
        if taken:
            msg = f"'within' must not name a variable {', '.join(taken)}: that is a function or a constant"
            raise ValueError(msg)
        return self

    def covers(self, variables: Mapping[str, float]) -> bool:
        """Return whether all variables are given, within the ranges of the certificate."""
        return set(variables) == set(self.within) and all(
            low <= variables[name] <= high for name, (low, high) in self.within.items()
        )

    def at(self, who: str, **variables: float) -> Quantity:
        """Return the value with U/k, in `unit`; `who` is what a refusal calls the standard.

        Raises
        ------
        CalibrationStatusError
            A variable is missing, or outside the range of the certificate.
        """
        if not self.covers(variables):
            asked = ", ".join(f"{name} = {value:g}" for name, value in variables.items()) or "nothing"
            holds = ", ".join(f"{name} from {low:g} to {high:g}" for name, (low, high) in self.within.items())
            msg = f"{who}: its certified equation of {self.quantity} holds for {holds}, not for {asked}"
            raise CalibrationStatusError(msg)
        value, U = (float(f(variables)) for f in self._parsed)
        if not (math.isfinite(value) and math.isfinite(U) and U > 0):
            msg = f"{who}: its certified equation of {self.quantity} gives {value:g} with U = {U:g}"
            raise InputError(msg)
        return quantity(value, U=U, k=self.k, dof=self.dof, name="source.certificate")

    @cached_property
    def _parsed(self) -> tuple["_Function", "_Function"]:
        return _Function(self.value), _Function(self.U)


class _Function:
    """An expression, parsed once."""

    def __init__(self, text: str) -> None:
        from calib.uncertainty.budgetfile.expression import parse

        self._parsed = parse(text)

    def __call__(self, variables: Mapping[str, float]) -> float:
        return float(self._parsed(variables))


class CertifiedTable(Strict):
    """A table as it stands on a certificate: columns with their units, whatever they hold."""

    quantity: str
    columns: Annotated[tuple[str, ...], Field(min_length=1)]
    units: tuple[str, ...]
    rows: Annotated[tuple[tuple[float | str | bool, ...], ...], Field(min_length=1)]
    note: str = ""

    @model_validator(mode="after")
    def _rectangular(self) -> Self:
        n = len(self.columns)
        if len(self.units) != n or any(len(row) != n for row in self.rows):
            msg = f"'units' and every one of 'rows' must have {n} entries, one for each of 'columns'"
            raise ValueError(msg)
        return self
