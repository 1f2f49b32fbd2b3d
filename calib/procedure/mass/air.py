"""The air about a balance while it weighs: what is recorded of it, its density, and the buoyancy that follows.

Conventional masses that balance each other differ by the buoyancy (OIML R 111-1:2004, annex C)::

    m_B − m_A = m_0 (ρ_a − 1.2 kg/m³) (1/ρ_B − 1/ρ_A)

with ρ_a by CIPM-2007.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from calib.drivers.roles import WeatherStation
from calib.files import Strict
from calib.inputs import Argument, Input
from calib.physics.air import FORMULA_RELATIVE_U, air_density
from calib.physics.mass import buoyancy_correction
from calib.procedure.base import Conditions
from calib.procedure.estimates import bounded
from calib.procedure.station import Station
from calib.record.model import Attempt, Readings
from calib.text import Text
from calib.uncertainty import quantity

NotNegative = Annotated[float, Field(ge=0)]
AIR = {"air.temperature": "°C", "air.humidity": "%", "air.pressure": "Pa"}
"""Channels of the air, read at the beginning and at the end of each point."""
CONDITIONS = Conditions(temperature_C=(18.0, 27.0), humidity_percent=(30.0, 70.0))
"""Within which CIPM-2007 was verified, and weights are calibrated."""
UNITS = AIR | {"air.formula": "1"}
"""Units of the inputs of the air's density."""


class AirParameters(Strict):
    """Half-widths of what the air at the pan differs by from what is read, its instruments' errors included."""

    air_temperature_K: NotNegative = 0.3
    air_humidity_percent: NotNegative = 5.0
    air_pressure_Pa: NotNegative = 50.0


def read_air(station: Station) -> dict[str, float]:
    """Return temperature, humidity and pressure by channel."""
    air = station.role("environment", WeatherStation)
    read = (air.read_temperature_C(), air.read_humidity_percent(), air.read_pressure_Pa())
    return dict(zip(AIR, read, strict=True))


def record_air(station: Station) -> None:
    """Record temperature, humidity and pressure."""
    for channel, value in read_air(station).items():
        station.record(channel, value, AIR[channel])


def mean_air(attempt: Attempt, readings: Readings) -> list[float]:
    """Return the means of an attempt, in the order of the channels."""
    return [float(np.mean(readings.values(attempt, channel))) for channel in AIR]


def air_arguments(means: Sequence[float], settings: AirParameters, identity: str) -> dict[str, Argument]:
    """Return temperature, pressure, humidity and formula of the air's density; their errors are those of one day."""
    mean = dict(zip(AIR, means, strict=True))
    widths = {
        "temperature": ("air.temperature", settings.air_temperature_K, _TEMPERATURE),
        "pressure": ("air.pressure", settings.air_pressure_Pa, _PRESSURE),
        "humidity": ("air.humidity", settings.air_humidity_percent, _HUMIDITY),
    }
    found = {}
    for argument, (channel, half_width, label) in widths.items():
        error = bounded(half_width, label, channel, identity=f"{identity}/{channel}")
        found[argument] = Argument(error.inputs, mean[channel])
    formula = quantity(0.0, u=FORMULA_RELATIVE_U, name="air.formula", id="CIPM-2007")
    return found | {"formula": Argument((Input.of(formula, _FORMULA, "air.formula"),), 1.0)}


def density_argument(density_kg_m3: float, U_kg_m3: float, label: Text, name: str, identity: str) -> Argument:
    """Return a density with its expanded uncertainty, k = 2."""
    if U_kg_m3 <= 0:
        return Argument(constant=density_kg_m3)
    error = quantity(0.0, U=U_kg_m3, k=2, name=name, id=identity)
    return Argument((Input.of(error, label, name),), density_kg_m3)


def buoyancy(
    nominal: Any, temperature: Any, pressure: Any, humidity: Any, formula: Any, test: Any, reference: Any
) -> Any:
    """Return the buoyancy correction of conventional mass in kilograms, of arguments as the budget has them."""
    air = air_density(temperature, pressure, humidity) * formula
    return buoyancy_correction(nominal, air, test, reference)


_TEMPERATURE = Text(vi="t: nhiệt độ không khí", en="t: temperature of the air")
_PRESSURE = Text(vi="p: áp suất không khí", en="p: pressure of the air")
_HUMIDITY = Text(vi="h: độ ẩm tương đối", en="h: relative humidity")
_FORMULA = Text(vi="công thức CIPM-2007", en="formula CIPM-2007")
