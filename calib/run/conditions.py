"""The environment: noted at the beginning and at the end, and compared with what the method allows."""

from calib.errors import RunError
from calib.ports import Prompt
from calib.procedure import Conditions
from calib.run.station import JournalStation
from calib.text import Text, both

_TEMPERATURE = both("Ambient temperature at the bench, in °C")
_HUMIDITY = both("Relative humidity at the bench, in %")


def note_conditions(station: JournalStation, conditions: Conditions) -> None:
    """Ask the operator for temperature (°C) and relative humidity (%), and keep them.

    Raises
    ------
    RunError
        They lie outside the method's conditions.
    """
    _note("temperature", _TEMPERATURE, "°C", (-20.0, 60.0), conditions.temperature_C, station)
    _note("humidity", _HUMIDITY, "%", (0.0, 100.0), conditions.humidity_percent, station)


def _note(
    quantity: str,
    text: Text,
    unit: str,
    sensible: tuple[float, float],
    allowed: tuple[float, float],
    station: JournalStation,
) -> None:
    prompt = Prompt(f"environment.{quantity}", text, kind="number", unit=unit, lower=sensible[0], upper=sensible[1])
    value = float(station.ask(prompt).value)
    station.condition(quantity, value, unit)
    if not allowed[0] <= value <= allowed[1]:
        msg = f"{quantity} is {value:g} {unit}; the method allows {allowed[0]:g} {unit} to {allowed[1]:g} {unit}"
        raise RunError(msg)
