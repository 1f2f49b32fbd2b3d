"""The value of a standard with its uncertainty, by one of two routes that are never mixed.

* `by_specification`: the nominal value with the instrument's specification at its stated confidence, where its
  certificate shows compliance. The specification contains drift and temperature, so nothing is added for them.
* `by_certificate`: the nominal value plus the certificate's correction with U/k, plus drift since the calibration,
  temperature, and interpolation between certified points.
"""

import datetime as dt
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from calib.equipment.calibration import Calibration
from calib.equipment.model import Equipment
from calib.equipment.values import Aging, CertifiedEquation, CertifiedValues
from calib.errors import CalibrationStatusError, InputError
from calib.specification import Specification, interval_text
from calib.text import Text
from calib.uncertainty import Quantity, quantity
from calib.units import coherent, show

_DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class Reference:
    """A standard's value: the model's inputs, each by its name in the budget."""

    nominal: float
    inputs: dict[str, Quantity]
    """What is added to the nominal value: corrections and their errors, in coherent SI units."""
    labels: dict[str, Text]
    route: Literal["specification", "certificate"]

    @property
    def value(self) -> Quantity:
        """The value of the standard: nominal value plus all inputs."""
        total, *others = self.inputs.values()
        for one in others:
            total = total + one
        return total + self.nominal


def by_specification(
    equipment: Equipment,
    specification: Specification,
    quantity_name: str,
    nominal: float,
    temperature_C: Sequence[float | None],
) -> Reference:
    """Return the nominal value with the specification's limits as its error.

    `temperature_C` is (lowest, highest) during the measurement, of which the worse counts; None while it is not known.

    Raises
    ------
    OutOfRange
        The specification does not hold for this value, interval or temperature.
    """
    interval = equipment.specification_interval or ""
    upper = specification.range_for(quantity_name, nominal)
    limit = max(specification.limit(quantity_name, nominal, upper, interval, t) for t in temperature_C)
    coverage = specification.coverage
    if coverage.probability is None:
        error = quantity(0.0, half_width=limit, distribution="rectangular", name="source.specification")
    else:
        error = quantity(0.0, U=limit, probability=coverage.probability, name="source.specification")
    label = _BY_SPECIFICATION.format(interval=interval_text(interval))
    return Reference(nominal, {"source.specification": error}, {"source.specification": label}, "specification")


def by_certificate(
    equipment: Equipment,
    quantity_name: str,
    nominal: float,
    range: float,
    on: dt.date,
    temperature_C: tuple[float, float] | None,
) -> Reference:
    """Return the certified value with U/k, drift since the calibration, temperature and interpolation.

    `temperature_C` is (lowest, highest) during the measurement; None, while it is not known, takes the calibration's.

    Raises
    ------
    CalibrationStatusError
        The certificate has no value for this nominal value, or none between which to interpolate.
    """
    calibration = equipment.calibration(on, quantity_name)
    correction, aging, interpolation_ppm = _certified(equipment, calibration, quantity_name, nominal, range)
    years = (on - calibration.date).days / _DAYS_A_YEAR
    if calibration.temperature_C is None:
        msg = f"{equipment.name}: certificate {calibration.certificate}: the register states no 'temperature_C' of it"
        raise CalibrationStatusError(msg)
    (low, high), (coldest, warmest) = calibration.temperature_C, temperature_C or calibration.temperature_C
    kelvin = max(high - coldest, warmest - low, 0.0)
    drift = (aging.drift_ppm_per_year * 1e-6 * abs(nominal) + aging.drift_floor_per_year) * years
    temperature = aging.temperature_ppm_per_K * 1e-6 * abs(nominal) * kelvin
    interpolation = interpolation_ppm * 1e-6 * abs(nominal)
    bounds = {"source.drift": drift, "source.temperature": temperature, "source.interpolation": interpolation}
    inputs = {
        "source.certificate": correction,
        **{name: quantity(0.0, half_width=a, name=name) for name, a in bounds.items() if a > 0},
    }
    return Reference(nominal, inputs, {name: _LABELS[name] for name in inputs}, "certificate")


def _certified(
    equipment: Equipment, calibration: Calibration, quantity_name: str, nominal: float, range: float
) -> tuple[Quantity, Aging, float]:
    """Return the certified correction, what is known of its change, and the half-width of interpolation in 10⁻⁶."""
    equation = calibration.equation_for(quantity_name, nominal)
    if equation is not None and not any(v.quantity == quantity_name for v in calibration.values):
        return _by_equation(equipment, calibration, equation, nominal)
    values = calibration.values_for(quantity_name, range, equipment.name)
    between = 0.0 if _is_certified(values, nominal) else values.interpolation_ppm or 0.0
    return _correction(equipment, calibration.certificate, values, nominal), values, between


def _by_equation(
    equipment: Equipment, calibration: Calibration, equation: CertifiedEquation, nominal: float
) -> tuple[Quantity, Aging, float]:
    """Return what the certificate's equation gives at a nominal value; it interpolates by itself."""
    asked = f"{equipment.name}: certificate {calibration.certificate}: the equation of {equation.quantity}"
    if equation.aging is None:
        msg = f"{asked} states no 'aging': drift and temperature coefficient are needed for its value today"
        raise CalibrationStatusError(msg)
    try:
        coherent(equation.unit)
    except InputError as error:
        msg = f"{asked}: its unit {error}"
        raise CalibrationStatusError(msg) from error
    (variable,) = equation.within
    value = equation.at(equipment.name, **{variable: nominal})
    u, dof = float(value.u), float(value.dof)
    correction = quantity(float(value.value) - nominal, u=u, dof=dof, name="source.certificate")
    return correction, equation.aging, 0.0


_BY_SPECIFICATION = Text(vi="Nguồn chuẩn, đặc trưng kỹ thuật {interval}", en="Source, specification over {interval}")
_LABELS = {
    "source.certificate": Text(vi="Nguồn chuẩn, giấy chứng nhận", en="Source, certificate"),
    "source.drift": Text(vi="Nguồn chuẩn, độ trôi", en="Source, drift since calibration"),
    "source.temperature": Text(vi="Nguồn chuẩn, nhiệt độ", en="Source, temperature"),
    "source.interpolation": Text(vi="Nguồn chuẩn, nội suy", en="Source, interpolation"),
}


def _is_certified(values: CertifiedValues, nominal: float) -> bool:
    return any(abs(p.nominal - nominal) <= 1e-9 * values.range for p in values.points)


def _correction(equipment: Equipment, certificate: str, values: CertifiedValues, nominal: float) -> Quantity:
    for point in values.points:
        if abs(point.nominal - nominal) <= 1e-9 * values.range:
            k, dof = values.coverage(point)
            return quantity(point.correction, U=point.U, k=k, dof=dof, name="source.certificate")
    return _interpolated(equipment, certificate, values, nominal)


def _interpolated(equipment: Equipment, certificate: str, values: CertifiedValues, nominal: float) -> Quantity:
    """Interpolate linearly; the two certified errors are combined as they correlate, with the lesser of their dof."""
    nominals = [p.nominal for p in values.points]
    after = bisect_left(nominals, nominal)
    asked = f"{equipment.name}: certificate {certificate} does not certify {show(nominal, values.unit)}"
    if after in {0, len(nominals)}:
        listed = f"{show(nominals[0], values.unit)} to {show(nominals[-1], values.unit)}"
        msg = f"{asked}; it certifies {listed} in this range"
        raise CalibrationStatusError(msg)
    if values.interpolation_ppm is None:
        msg = f"{asked}, and the register states no 'interpolation_ppm' for this range"
        raise CalibrationStatusError(msg)
    a, b = values.points[after - 1], values.points[after]
    w = (nominal - a.nominal) / (b.nominal - a.nominal)
    r = _correlation(values, after - 1, after)
    (k_a, dof_a), (k_b, dof_b) = values.coverage(a), values.coverage(b)
    u_a, u_b = (1 - w) * a.U / k_a, w * b.U / k_b
    u = (u_a**2 + u_b**2 + 2 * r * u_a * u_b) ** 0.5
    value = (1 - w) * a.correction + w * b.correction
    return quantity(value, u=u, dof=min(dof_a, dof_b), name="source.certificate")


def _correlation(values: CertifiedValues, i: int, j: int) -> float:
    if values.correlation == "full":
        return 1.0
    if values.correlation == "none":
        return 0.0
    return values.correlation[i][j]
