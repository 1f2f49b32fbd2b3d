"""The environment: noted at the beginning and at the end, and compared with what the method allows.

A person reads it, or the instrument that plays the role `environment` of the bench; which of the two is in the record.
"""

from collections.abc import Callable

from calib.drivers.roles import Barometer, Thermohygrometer
from calib.errors import RunError
from calib.ports import Prompt
from calib.procedure import Conditions
from calib.run.station import JournalStation
from calib.text import Text, both

_TEMPERATURE = both("Ambient temperature at the bench, in °C")
_HUMIDITY = both("Relative humidity at the bench, in %")

Take = Callable[[], float]


def note_conditions(station: JournalStation, conditions: Conditions) -> None:
    """Take temperature (°C) and relative humidity (%), where there is a barometer pressure (Pa) too, and keep them.

    Raises
    ------
    RunError
        They lie outside the method's conditions.
    """
    weather = station.environment
    if weather is None:
        temperature = _asked("temperature", _TEMPERATURE, "°C", (-20.0, 60.0), station)
        humidity = _asked("humidity", _HUMIDITY, "%", (0.0, 100.0), station)
    else:
        assert isinstance(weather, Thermohygrometer)
        station.note("environment read by an instrument", instrument=weather.who)
        temperature, humidity = weather.read_temperature_C, weather.read_humidity_percent
    _keep("temperature", temperature(), "°C", conditions.temperature_C, station)
    _keep("humidity", humidity(), "%", conditions.humidity_percent, station)
    if isinstance(weather, Barometer):
        station.condition("pressure", weather.read_pressure_Pa(), "Pa")


def _asked(quantity: str, text: Text, unit: str, sensible: tuple[float, float], station: JournalStation) -> Take:
    """Return what asks the operator for a value."""
    prompt = Prompt(f"environment.{quantity}", text, kind="number", unit=unit, lower=sensible[0], upper=sensible[1])
    return lambda: float(station.ask(prompt).value)


def _keep(quantity: str, value: float, unit: str, allowed: tuple[float, float], station: JournalStation) -> None:
    station.condition(quantity, value, unit)
    if not allowed[0] <= value <= allowed[1]:
        msg = f"{quantity} is {value:g} {unit}; the method allows {allowed[0]:g} {unit} to {allowed[1]:g} {unit}"
        raise RunError(msg)
