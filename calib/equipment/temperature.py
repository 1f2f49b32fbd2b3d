"""The temperature that a certified thermometer shows, with what its certificate and its age leave unknown."""

import datetime as dt
import math
from dataclasses import dataclass

from calib.equipment.model import Equipment
from calib.equipment.thermometerlaw import ThermometerLaw
from calib.errors import CalibrationStatusError
from calib.inputs import Argument, Input
from calib.text import Text
from calib.uncertainty import Quantity, quantity

QUANTITY = "thermometer"
"""What `covers` of a calibration calls it."""
_DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class ReferenceTemperature:
    """The temperature that a certified thermometer shows."""

    uncorrected_C: float
    """By the reference function alone."""
    signal_per_K: float
    """Slope of its signal, in ohms or volts per kelvin."""
    inputs: tuple[Input, ...]
    """What corrects that, and what is unknown of it, in kelvins: first of all by the certificate, and its drift."""

    @property
    def t_C(self) -> float:
        """By its certificate."""
        return self.uncorrected_C + sum(one.offset for one in self.inputs)

    def argument(self, *more: Input) -> Argument:
        """Return the temperature as an argument of a measurement equation, in °C, with further inputs in kelvins."""
        return Argument((*self.inputs, *more), self.uncorrected_C)


_CERTIFICATE = Text(vi="giấy chứng nhận", en="certificate")
_DRIFT = Text(vi="độ trôi", en="drift since calibration")
_INTERPOLATION = Text(vi="nội suy", en="interpolation")


def thermometer_of(equipment: Equipment, on: dt.date) -> tuple[ThermometerLaw, str, dt.date]:
    """Return the law of a thermometer, the number of its certificate and its date.

    Raises
    ------
    CalibrationStatusError
        The register has no calibration of it as a thermometer, done by the day `on`.
    """
    calibration = equipment.calibration(on, QUANTITY)
    if calibration.thermometer is None:
        msg = f"{equipment.name}: certificate {calibration.certificate}: the register has no table 'thermometer' of it"
        raise CalibrationStatusError(msg)
    return calibration.thermometer, calibration.certificate, calibration.date


def reference_temperature(
    equipment: Equipment, on: dt.date, signal: float, role: str, called: Text
) -> ReferenceTemperature:
    """Return the temperature that a signal of a certified thermometer means, with U/k and drift as inputs.

    The signal is a resistance in ohms, or an emf in volts with the reference junction at 0 °C. The certificate's
    correction is what its law gives more than the reference function.
    Errors of several temperatures of one thermometer are one where its certificate says so;
    its drift and interpolation always are.

    Raises
    ------
    CalibrationStatusError
        The certificate does not hold at this temperature.
    """
    law, certificate, date = thermometer_of(equipment, on)
    t_C, uncorrected_C = law.temperature_C(signal), law.reference_function_C(signal)
    who = f"{equipment.name}: certificate {certificate}"
    if law.drift_K_per_year is None:
        msg = f"{who}: the register states no 'drift_K_per_year' of it: needed for its temperature today"
        raise CalibrationStatusError(msg)
    identity = f"{equipment.id}/{equipment.serial_number}/{certificate}/{QUANTITY}"
    label = Text(vi=f"{called.vi}, {_CERTIFICATE.vi}", en=f"{called.en}, {_CERTIFICATE.en}")
    u_K = law.U_K(t_C, equipment.name) / law.k
    if law.fitted_dof is not None:
        terms = _fitted(law, t_C, f"{role}.certificate", identity)
    elif law.correlation is None:
        msg = f"{who}: the register states no 'correlation' of its errors at several temperatures"
        raise CalibrationStatusError(msg)
    else:
        shared = identity if law.correlation == "full" else None
        terms = ((u_K, quantity(0.0, u=1.0, dof=law.dof, name=f"{role}.certificate", id=shared)),)
    inputs = [Input(f"{role}.certificate", label, terms, t_C - uncorrected_C)]
    drift_K = law.drift_K_per_year * (on - date).days / _DAYS_A_YEAR
    bounds = {"drift": (drift_K, _DRIFT), "interpolation": (law.interpolation_half_width_K, _INTERPOLATION)}
    for what, (half_width_K, words) in bounds.items():
        if half_width_K > 0:
            error = quantity(0.0, half_width=1.0, name=f"{role}.{what}", id=f"{identity}/{what}")
            label = Text(vi=f"{called.vi}, {words.vi}", en=f"{called.en}, {words.en}")
            inputs.append(Input(f"{role}.{what}", label, ((half_width_K, error),)))
    return ReferenceTemperature(uncorrected_C, law.signal_per_K(t_C), tuple(inputs))


def _fitted(law: ThermometerLaw, t_C: float, name: str, identity: str) -> tuple[tuple[float, Quantity], ...]:
    """Return the independent errors behind the coefficients: every temperature rests on the same ones."""
    dof = math.inf if law.fitted_dof is None else law.fitted_dof
    place = f"{identity}/coefficients" + ("" if math.isinf(dof) else f"/{dof:g} dof")
    return tuple(
        (float(change_K), quantity(0.0, u=1.0, dof=dof, name=name, id=f"{place}/{number}"))
        for number, change_K in enumerate(law.errors_K(t_C))
    )
