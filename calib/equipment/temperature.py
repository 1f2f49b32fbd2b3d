"""The temperature that a certified thermometer shows, with what its certificate and its age leave unknown."""

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calib.equipment.model import Equipment
from calib.equipment.thermometers import CertifiedThermometer, FittedCoefficients
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
    ohm_per_K: float
    """Slope of its resistance."""
    inputs: tuple[Input, ...]
    """The certificate's correction and drift, in kelvins."""

    @property
    def t_C(self) -> float:
        """By its certificate."""
        return self.uncorrected_C + sum(one.offset for one in self.inputs)

    def argument(self, *more: Input) -> Argument:
        """Return the temperature as an argument of a measurement equation, in °C, with further inputs in kelvins."""
        return Argument((*self.inputs, *more), self.uncorrected_C)


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

    The certificate's correction is what its coefficients give more than the reference function.
    Errors of several temperatures of one thermometer are one where its certificate says so;
    its drift always is.

    Raises
    ------
    CalibrationStatusError
        The certificate does not hold at this temperature.
    """
    law, certificate, date = thermometer_of(equipment, on)
    t_C, uncorrected_C = law.temperature_C(ohm), law.reference_function_C(ohm)
    who = f"{equipment.name}: certificate {certificate}"
    if law.drift_K_per_year is None:
        msg = f"{who}: the register states no 'drift_K_per_year' of it: needed for its temperature today"
        raise CalibrationStatusError(msg)
    identity = f"{equipment.id}/{equipment.serial_number}/{certificate}/{QUANTITY}"
    label = Text(vi=f"{called.vi}, {_CERTIFICATE.vi}", en=f"{called.en}, {_CERTIFICATE.en}")
    u_K = law.U_K(t_C, equipment.name) / law.k
    if law.coefficients is not None:
        terms = _fitted(law.coefficients, law.errors_K(t_C), f"{role}.certificate", identity)
    elif law.correlation is None:
        msg = f"{who}: the register states no 'correlation' of its errors at several temperatures"
        raise CalibrationStatusError(msg)
    else:
        shared = identity if law.correlation == "full" else None
        terms = ((u_K, quantity(0.0, u=1.0, dof=law.dof, name=f"{role}.certificate", id=shared)),)
    inputs = [Input(f"{role}.certificate", label, terms, t_C - uncorrected_C)]
    drift_K = law.drift_K_per_year * (on - date).days / _DAYS_A_YEAR
    if drift_K > 0:
        drifted = quantity(0.0, half_width=1.0, name=f"{role}.drift", id=f"{identity}/drift")
        label = Text(vi=f"{called.vi}, {_DRIFT.vi}", en=f"{called.en}, {_DRIFT.en}")
        inputs.append(Input(f"{role}.drift", label, ((drift_K, drifted),)))
    return ReferenceTemperature(uncorrected_C, law.ohm_per_K(t_C), tuple(inputs))


def _fitted(
    coefficients: FittedCoefficients, errors_K: NDArray[np.float64], name: str, identity: str
) -> tuple[tuple[float, Quantity], ...]:
    """Return the independent errors behind the coefficients: every temperature rests on the same ones."""
    dof = coefficients.dof
    place = f"{identity}/coefficients" + ("" if math.isinf(dof) else f"/{dof:g} dof")
    return tuple(
        (float(change_K), quantity(0.0, u=1.0, dof=dof, name=name, id=f"{place}/{number}"))
        for number, change_K in enumerate(errors_K)
    )
