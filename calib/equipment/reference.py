"""The value of a standard with its uncertainty, by one of two routes that are never mixed.

* `by_specification`: the nominal value with the instrument's specification at its stated confidence, where its
  certificate shows compliance. The specification contains drift and temperature, so nothing is added for them.
* `by_certificate`: the nominal value plus the certificate's correction with U/k, plus drift since the calibration,
  temperature, and interpolation between certified points.

Errors that several values of one standard share have an identity: what the register says of their correlation holds in
every sum and fit, within a record and across records. Drift and temperature are one error for all values of a table.
"""

import datetime as dt
import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from calib.equipment.calibration import Calibration
from calib.equipment.correlations import root_of
from calib.equipment.model import Equipment
from calib.equipment.values import Aging, CertifiedEquation, CertifiedPoint, CertifiedValues
from calib.errors import CalibrationStatusError, InputError
from calib.inputs import Argument, Input
from calib.specification import Specification, interval_text
from calib.text import Text
from calib.uncertainty import Quantity, quantity
from calib.units import coherent, show

_DAYS_A_YEAR = 365.25
SOURCE = Text(vi="Nguồn chuẩn", en="Source")
Terms = tuple[tuple[float, Quantity], ...]


@dataclass(frozen=True)
class Reference:
    """A standard's value: nominal value plus the inputs, corrections and their errors, in coherent SI units."""

    nominal: float
    inputs: tuple[Input, ...]
    route: Literal["specification", "certificate"]
    uncorrelated: str = ""
    """Why nothing is known of the correlation with other values of this standard; empty where it is."""

    @property
    def argument(self) -> Argument:
        """The value as an argument of a measurement equation."""
        return Argument(self.inputs, self.nominal)

    @property
    def value(self) -> Quantity:
        """The value of the standard."""
        total = self.argument.value
        assert isinstance(total, Quantity)
        return total

    def __getitem__(self, name: str) -> Quantity:
        """Return an input by the last part of its name, such as `drift`."""
        return next(i.value for i in self.inputs if i.name.rpartition(".")[2] == name)


@dataclass(frozen=True)
class Asked:
    """Which value of a standard is asked for, and what the budget calls the standard."""

    equipment: Equipment
    quantity: str
    nominal: float
    frequency_Hz: float | None = None
    role: str = "source"
    called: Text = field(default=SOURCE)
    symbol: str = ""
    """Letter of its correction in the measurement equation."""
    marking: str = ""
    """Name of the certified value, where the certificate has several of the same nominal value."""

    def named(self, what: str) -> str:
        """Return the name of an input in the budget."""
        return f"{self.role}.{what}"

    def labelled(self, what: Text) -> Text:
        """Return the label of an input in the budget."""
        symbol = f"{self.symbol}: " if self.symbol else ""
        return Text(vi=f"{symbol}{self.called.vi}, {what.vi}", en=f"{symbol}{self.called.en}, {what.en}")

    def table(self, of: str, range_: float) -> str:
        """Return the identity of what all values of one table share."""
        band = "" if self.frequency_Hz is None else f"/{self.frequency_Hz:g} Hz"
        return f"{self.equipment.id}/{self.equipment.serial_number}/{of}/{self.quantity}/{range_:.12g}{band}"


def by_specification(
    asked: Asked, specification: Specification, temperature_C: Sequence[float | None], range: float | None = None
) -> Reference:
    """Return the nominal value with the specification's limits as its error.

    `temperature_C` is (lowest, highest) during the measurement, of which the worse counts; None while it is not known.
    `range` is the range in use; without it the lowest that holds the value.

    Raises
    ------
    OutOfRange
        The specification does not hold for this value, interval, frequency or temperature.
    """
    interval = asked.equipment.specification_interval or ""
    upper = specification.range_for(asked.quantity, asked.nominal) if range is None else range
    limit = max(
        specification.limit(asked.quantity, asked.nominal, upper, interval, t, asked.frequency_Hz)
        for t in temperature_C
    )
    probability = specification.coverage.probability
    shared = asked.table(specification.id, upper) if specification.correlation == "full" else None
    name = asked.named("specification")
    if probability is None:
        error = quantity(0.0, half_width=1.0, distribution="rectangular", name=name, id=shared)
    else:
        error = quantity(0.0, U=1.0, probability=probability, name=name, id=shared)
    label = asked.labelled(_SPECIFICATION.format(interval=interval_text(interval)))
    unknown = "" if specification.correlation else f"specification '{specification.id}' states no 'correlation'"
    coefficient = math.copysign(limit, asked.nominal)
    return Reference(asked.nominal, (Input(name, label, ((coefficient, error),)),), "specification", unknown)


def by_certificate(asked: Asked, range: float, on: dt.date, temperature_C: tuple[float, float] | None) -> Reference:
    """Return the certified value with U/k, drift since the calibration, temperature and interpolation.

    `temperature_C` is (lowest, highest) during the measurement; None, while it is not known, takes the calibration's.

    Raises
    ------
    CalibrationStatusError
        The certificate has no value for this nominal value, or none between which to interpolate.
    """
    equipment, nominal = asked.equipment, asked.nominal
    calibration = equipment.calibration(on, asked.quantity)
    correction, aging, interpolation_ppm = _certified(asked, calibration, range)
    years = (on - calibration.date).days / _DAYS_A_YEAR
    if calibration.temperature_C is None:
        msg = f"{equipment.name}: certificate {calibration.certificate}: the register states no 'temperature_C' of it"
        raise CalibrationStatusError(msg)
    (low, high), (coldest, warmest) = calibration.temperature_C, temperature_C or calibration.temperature_C
    kelvin = max(high - coldest, warmest - low, 0.0)
    table = asked.table(calibration.certificate, range)
    bounds = (
        ("drift", (aging.drift_ppm_per_year * 1e-6 * abs(nominal) + aging.drift_floor_per_year) * years, table),
        ("temperature", aging.temperature_ppm_per_K * 1e-6 * abs(nominal) * kelvin, table),
        ("interpolation", interpolation_ppm * 1e-6 * abs(nominal), None),
    )
    inputs = [correction]
    for what, half_width, shared in bounds:
        if half_width > 0:
            name, identity = asked.named(what), None if shared is None else f"{shared}/{what}"
            error = quantity(0.0, half_width=1.0, name=name, id=identity)
            terms = ((math.copysign(half_width, nominal), error),)
            inputs.append(Input(name, asked.labelled(_LABELS[what]), terms))
    return Reference(nominal, tuple(inputs), "certificate")


def _certified(asked: Asked, calibration: Calibration, range: float) -> tuple[Input, Aging, float]:
    """Return the certified correction, what is known of its change, and the half-width of interpolation in 10⁻⁶."""
    equation = calibration.equation_for(asked.quantity, asked.nominal)
    if equation is not None and not any(v.quantity == asked.quantity for v in calibration.values):
        return _by_equation(asked, calibration, equation)
    values = calibration.values_for(asked.quantity, range, asked.equipment.name, asked.frequency_Hz)
    between = 0.0 if _is_certified(values, asked) else values.interpolation_ppm or 0.0
    return _correction(asked, calibration.certificate, values), values, between


def _by_equation(asked: Asked, calibration: Calibration, equation: CertifiedEquation) -> tuple[Input, Aging, float]:
    """Return what the certificate's equation gives at a nominal value; it interpolates by itself."""
    who = f"{asked.equipment.name}: certificate {calibration.certificate}: the equation of {equation.quantity}"
    if equation.aging is None:
        msg = f"{who} states no 'aging': drift and temperature coefficient are needed for its value today"
        raise CalibrationStatusError(msg)
    try:
        coherent(equation.unit)
    except InputError as error:
        msg = f"{who}: its unit {error}"
        raise CalibrationStatusError(msg) from error
    (variable,) = equation.within
    value = equation.at(asked.equipment.name, **{variable: asked.nominal})
    name = asked.named("certificate")
    certified = quantity(0.0, u=float(value.u), dof=float(value.dof), name=name)
    offset = float(value.value) - asked.nominal
    return Input(name, asked.labelled(_LABELS["certificate"]), ((1.0, certified),), offset), equation.aging, 0.0


_SPECIFICATION = Text(vi="đặc trưng kỹ thuật {interval}", en="specification over {interval}")
_LABELS = {
    "certificate": Text(vi="giấy chứng nhận", en="certificate"),
    "drift": Text(vi="độ trôi", en="drift since calibration"),
    "temperature": Text(vi="nhiệt độ", en="temperature"),
    "interpolation": Text(vi="nội suy", en="interpolation"),
}


def _is_certified(values: CertifiedValues, asked: Asked) -> bool:
    return any(_is_at(p, values, asked) for p in values.points)


def _is_at(point: CertifiedPoint, values: CertifiedValues, asked: Asked) -> bool:
    return abs(point.nominal - asked.nominal) <= 1e-9 * values.range and point.name in {"", asked.marking}


def _correction(asked: Asked, certificate: str, values: CertifiedValues) -> Input:
    """Return the certified correction of a point, or the one interpolated between the two beside it."""
    weights = _weights(asked, certificate, values)
    terms: dict[int, tuple[float, Quantity]] = {}
    for place, weight in weights.items():
        k, _ = values.coverage(values.points[place])
        for number, (coefficient, error) in _errors(asked, certificate, values, place).items():
            before = terms.get(number, (0.0, error))[0]
            terms[number] = (before + weight * values.points[place].U / k * coefficient, error)
    offset = sum(weight * values.points[place].correction for place, weight in weights.items())
    label = asked.labelled(_LABELS["certificate"])
    return Input(asked.named("certificate"), label, tuple(terms.values()), offset)


def _weights(asked: Asked, certificate: str, values: CertifiedValues) -> dict[int, float]:
    """Return by how much each certified point counts: one wholly, or two linearly."""
    for place, point in enumerate(values.points):
        if _is_at(point, values, asked):
            return {place: 1.0}
    nominals = [p.nominal for p in values.points]
    after = bisect_left(nominals, asked.nominal)
    who = f"{asked.equipment.name}: certificate {certificate} does not certify {show(asked.nominal, values.unit)}"
    if after in {0, len(nominals)}:
        listed = f"{show(nominals[0], values.unit)} to {show(nominals[-1], values.unit)}"
        msg = f"{who}; it certifies {listed} in this range"
        raise CalibrationStatusError(msg)
    if values.interpolation_ppm is None:
        msg = f"{who}, and the register states no 'interpolation_ppm' for this range"
        raise CalibrationStatusError(msg)
    a, b = nominals[after - 1], nominals[after]
    w = (asked.nominal - a) / (b - a)
    return {after - 1: 1 - w, after: w}


def _errors(asked: Asked, certificate: str, values: CertifiedValues, place: int) -> dict[int, tuple[float, Quantity]]:
    """Return the unit errors of a certified point, by number, with their coefficients: as the points correlate."""
    if values.correlation == "full":
        row = {0: 1.0}
    elif values.correlation == "none":
        row = {place: 1.0}
    else:
        row = {n: c for n, c in enumerate(root_of(values.correlation)[place]) if c != 0}
    least = min(values.coverage(point)[1] for point in values.points)
    dof = values.coverage(values.points[place])[1] if values.correlation == "none" else least
    table = asked.table(certificate, values.range)
    name = asked.named("certificate")
    identity = f"{table}/certificate" + ("" if math.isinf(dof) else f"/{dof:g} dof")
    return {n: (c, quantity(0.0, u=1.0, dof=dof, name=name, id=f"{identity}/{n}")) for n, c in row.items()}
