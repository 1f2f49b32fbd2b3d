"""The temperature that a certified thermometer shows, with what its certificate and its age leave unknown."""

import datetime as dt
from dataclasses import dataclass

from calib.equipment.model import Equipment
from calib.equipment.thermometers import CertifiedThermometer
from calib.errors import CalibrationStatusError
from calib.inputs import Argument, Input
from calib.text import Text
from calib.uncertainty import quantity

QUANTITY = "thermometer"
"""What `covers` of a calibration calls it."""
_DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class ReferenceTemperature:
    """The temperature that a certified thermometer shows."""

    t_C: float
    """By its certificate."""
    ohm_per_K: float
    """Slope of its resistance."""
    inputs: tuple[Input, ...]
    """Certificate and drift, in kelvins."""

    def argument(self, *more: Input) -> Argument:
        """Return the temperature as an argument of a measurement equation, in °C, with further inputs in kelvins."""
        return Argument((*self.inputs, *more), self.t_C)


_CERTIFICATE = Text(vi="giấy chứng nhận", en="certificate")
_DRIFT = Text(vi="độ trôi", en="drift since calibration")


def thermometer_of(equipment: Equipment, on: dt.date) -> tuple[CertifiedThermometer, str, dt.date]:
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
    equipment: Equipment, on: dt.date, ohm: float, role: str, called: Text
) -> ReferenceTemperature:
    """Return the temperature that a resistance of a certified thermometer means, with U/k and drift as inputs.

    Errors of several temperatures of one thermometer are one where its certificate says so;
    its drift always is.

    Raises
    ------
    CalibrationStatusError
        The certificate does not hold at this temperature.
    """
    law, certificate, date = thermometer_of(equipment, on)
    t_C = law.temperature_C(ohm)
    identity = f"{equipment.id}/{equipment.serial_number}/{certificate}/{QUANTITY}"
    shared = identity if law.correlation == "full" else None
    label = Text(vi=f"{called.vi}, {_CERTIFICATE.vi}", en=f"{called.en}, {_CERTIFICATE.en}")
    certified = quantity(0.0, u=1.0, name=f"{role}.certificate", id=shared)
    inputs = [Input(f"{role}.certificate", label, ((law.U_K(t_C, equipment.name) / law.k, certified),))]
    drift_K = law.drift_K_per_year * (on - date).days / _DAYS_A_YEAR
    if drift_K > 0:
        drifted = quantity(0.0, half_width=1.0, name=f"{role}.drift", id=f"{identity}/drift")
        label = Text(vi=f"{called.vi}, {_DRIFT.vi}", en=f"{called.en}, {_DRIFT.en}")
        inputs.append(Input(f"{role}.drift", label, ((drift_K, drifted),)))
    return ReferenceTemperature(t_C, law.ohm_per_K(t_C), tuple(inputs))
