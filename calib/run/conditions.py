"""The environment: noted at the beginning and at the end, watched between points, and held to what the method allows.

A person reads it, or the instrument that plays the role `environment` of the bench; which of the two is in the record.
Outside the method's limits the sources are safe and the run holds, until it is back or a named person accepts it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from calib.clock import Clock
from calib.drivers.roles import Barometer, Thermohygrometer
from calib.ports import Prompt
from calib.procedure import Conditions
from calib.run.accepting import ACCEPT, accept, accept_or_stop
from calib.run.station import JournalStation
from calib.text import Text, both, joined

CHECK_EACH_S = 60.0
"""How often an instrument is asked between points."""
LOOK_EACH_S = 10.0
"""How often it is asked while the run holds."""
_NAMES = {"temperature": both("temperature"), "humidity": both("relative humidity")}
_TEMPERATURE = Prompt(
    "environment.temperature",
    both("Ambient temperature at the bench, in °C"),
    kind="number",
    unit="°C",
    lower=-20.0,
    upper=60.0,
)
_HUMIDITY = Prompt(
    "environment.humidity",
    both("Relative humidity at the bench, in %"),
    kind="number",
    unit="%",
    lower=0.0,
    upper=100.0,
)
_AGAIN = ("w", both("wait until it is back, and read it again"))


@dataclass(frozen=True)
class _Value:
    quantity: str
    value: float
    unit: str


class Environment:
    """The air at the bench during one run."""

    def __init__(
        self, station: JournalStation, conditions: Conditions, clock: Clock, make_safe: Callable[[], None]
    ) -> None:
        self._station = station
        self._clock = clock
        self._make_safe = make_safe
        self._allowed = {"temperature": conditions.temperature_C, "humidity": conditions.humidity_percent}
        """Lowest and highest value; wider where a person accepted one beyond."""
        self._kept: dict[str, tuple[float, float]] = {}
        """Lowest and highest value that was noted."""
        self._looked = clock.elapsed()

    def begin(self) -> None:
        """Note the environment; hold until it is within the method's limits, or accepted."""
        if self._station.environment is not None:
            who = self._station.environment.who
            self._station.note("environment read by an instrument", instrument=who)
        self._keep(self._held(self._taken()))

    def check(self) -> bool:
        """Between points: ask the instrument, where there is one; return whether the run held, the sources safe."""
        if self._station.environment is None or self._clock.elapsed() - self._looked < CHECK_EACH_S:
            return False
        taken = self._taken()
        within = self._held(taken)
        self._keep(v for v in within if self._is_news(v))
        return within is not taken

    def end(self) -> None:
        """Note the environment; what left its limits must be accepted.

        Raises
        ------
        RunError
            Nobody accepts it.
        """
        taken = self._taken()
        self._keep(taken)
        if outside := self._outside(taken):
            accept_or_stop(self._station, "environment.left", _told(outside, self._allowed))

    def _held(self, values: tuple[_Value, ...]) -> tuple[_Value, ...]:
        """Return the values under which the run goes on: the given ones where they are within, or later ones."""
        if not (outside := self._outside(values)):
            return values
        self._make_safe()
        while outside := self._outside(values):
            self._station.note("held", **{v.quantity: v.value for v in outside})
            told = _told(outside, self._allowed)
            prompt = Prompt("environment.hold", told, kind="choice", choices=(_AGAIN, ACCEPT), decision=True)
            if self._station.ask(prompt).value == ACCEPT[0]:
                accept(self._station, "environment.hold", told)
                for v in outside:
                    low, high = self._allowed[v.quantity]
                    self._allowed[v.quantity] = (min(low, v.value), max(high, v.value))
                return tuple(values)
            values = self._awaited()
        self._station.note("went on", **{v.quantity: v.value for v in values})
        return values

    def _awaited(self) -> tuple[_Value, ...]:
        """Return new values: from an instrument once they are within, from a person at once."""
        values = self._taken()
        while self._station.environment is not None and self._outside(values):
            self._station.wait(LOOK_EACH_S, both("waiting for the environment"))
            values = self._taken()
        return values

    def _taken(self) -> tuple[_Value, ...]:
        self._looked = self._clock.elapsed()
        weather = self._station.environment
        if weather is None:
            temperature = float(self._station.ask(_TEMPERATURE).value)
            humidity = float(self._station.ask(_HUMIDITY).value)
            return _Value("temperature", temperature, "°C"), _Value("humidity", humidity, "%")
        assert isinstance(weather, Thermohygrometer)
        values = (
            _Value("temperature", weather.read_temperature_C(), "°C"),
            _Value("humidity", weather.read_humidity_percent(), "%"),
        )
        if isinstance(weather, Barometer):
            return (*values, _Value("pressure", weather.read_pressure_Pa(), "Pa"))
        return values

    def _outside(self, values: tuple[_Value, ...]) -> tuple[_Value, ...]:
        limits = self._allowed
        return tuple(
            v for v in values if v.quantity in limits and not limits[v.quantity][0] <= v.value <= limits[v.quantity][1]
        )

    def _is_news(self, value: _Value) -> bool:
        """Return whether a value lies beyond all that were noted: no evaluation needs more than the extremes."""
        lowest, highest = self._kept[value.quantity]
        return not lowest <= value.value <= highest

    def _keep(self, values: Iterable[_Value]) -> None:
        for v in values:
            self._station.condition(v.quantity, v.value, v.unit)
            lowest, highest = self._kept.get(v.quantity, (v.value, v.value))
            self._kept[v.quantity] = (min(lowest, v.value), max(highest, v.value))


def _told(outside: tuple[_Value, ...], allowed: Mapping[str, tuple[float, float]]) -> Text:
    """Return which values are outside, and what is allowed."""
    told = [
        both(
            "{quantity} is {value:g} {unit}; the method allows {low:g} {unit} to {high:g} {unit}",
            quantity=_NAMES[v.quantity],
            value=v.value,
            unit=v.unit,
            low=allowed[v.quantity][0],
            high=allowed[v.quantity][1],
        )
        for v in outside
    ]
    return joined(told, "; ")
