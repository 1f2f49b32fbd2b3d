"""A temperature indicator without an interface: thermocouples, and resistance thermometers with 2, 3 and 4 wires.

It measures volts or ohms with errors of its own, adds the emf of its terminals by a sensor with an error of its own,
and shows the temperature by the reference functions, in steps of its least digit.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, get_args

from pydantic import Field

from calib.drivers.simulation.command_set import CommandError, CommandSet, Handler, table
from calib.drivers.simulation.common_commands import SCPI_COMMON
from calib.drivers.simulation.kinds import MAIN, InstrumentKind, Twin, UnitFile
from calib.drivers.simulation.meter import How, Meter, MeterFile
from calib.drivers.simulation.meter_kinds import FittedLaws
from calib.drivers.simulation.setup import Setup
from calib.drivers.simulation.terminals import Wires
from calib.errors import OutOfRange
from calib.physics import platinum, thermocouples
from calib.physics.thermocouples import ThermocoupleType

OVERLOAD = 9.9e37
BURN_OUT_A, RTD_A = 1e-6, 5e-4
"""Test currents: by which an open thermocouple is noticed, and for resistance thermometers."""
HIGHEST_V = 0.1


class IndicatorFile(UnitFile):
    """A temperature indicator."""

    resolution_K: Annotated[float, Field(gt=0)] = 0.1
    input: MeterFile = MeterFile(noise_fraction=2e-6, noise_floor_V=3e-7, bias_A=0.0, terminal_rise_K=1.0)


@dataclass(frozen=True)
class Sensor:
    """What the indicator is set to, such as `thermocouple.K.internal`, `thermocouple.K.0C`, `rtd.Pt100.3`."""

    family: str
    kind: str
    how: str

    @classmethod
    def named(cls, name: str) -> "Sensor":
        """Return the sensor of a name; raise `CommandError` for one that there is not."""
        family, _, rest = name.strip().partition(".")
        kind, _, how = rest.partition(".")
        known = {"thermocouple": (get_args(ThermocoupleType), ("internal", "0C")), "rtd": (RTDS, ("2", "3", "4"))}
        kinds, ways = known.get(family, ((), ()))
        if kind not in kinds or how not in ways:
            raise CommandError(-224, "Illegal parameter value")
        return cls(family, kind, how)

    @property
    def is_thermocouple(self) -> bool:
        """Whether it gives a voltage."""
        return self.family == "thermocouple"

    def signal(self, temperature_C: float) -> float:
        """Return its volts or ohms at a temperature."""
        if self.is_thermocouple:
            return thermocouples.emf_V(self.kind, temperature_C)  # type: ignore[call-overload,no-any-return]  # a type
        return platinum.resistance_ohm(temperature_C, RTDS[self.kind])

    def temperature_C(self, signal: float) -> float:
        """Return the temperature for its volts or ohms; raise `OutOfRange` where there is none."""
        if self.is_thermocouple:
            return thermocouples.temperature_C(self.kind, signal)  # type: ignore[call-overload,no-any-return]
        return platinum.temperature_C(signal, RTDS[self.kind])


RTDS = {"Pt100": 100.0, "Pt200": 200.0, "Pt500": 500.0, "Pt1000": 1000.0}


class IndicatorInput(Meter):
    """The input of an indicator."""

    ranges_ohm: tuple[float, ...] = ()

    def junction_C(self) -> float:
        """Return what its sensor takes for the temperature of its terminals."""
        true_C, at_s = self.terminal_C(), self.clock.elapsed()
        law = self._laws["reference_junction"]
        return true_C + law.error(true_C, true_C, self._environment.temperature_C(), at_s=at_s)

    def added_V(self, sensor: Sensor) -> float:
        """Return what it adds to the voltage of a thermocouple for its terminals."""
        return sensor.signal(self.junction_C()) if sensor.how == "internal" else 0.0

    def temperature_error(self, name: str, temperature_C: float) -> float:
        """Return, without noise and digits, by how much it shows too much with an ideal sensor at a temperature.

        A thermocouple's wires go to its terminals, or where it takes them for 0 °C to a junction of that.
        """
        sensor = Sensor.named(name)
        ideal, at_s = sensor.signal(temperature_C), self.clock.elapsed()
        if not sensor.is_thermocouple:
            range_ohm = next((r for r in self.ranges_ohm if ideal <= r), self.ranges_ohm[-1])
            _, error = self.exact("resistance", range_ohm, ideal, 0.0, at_s)
            return sensor.temperature_C(ideal + error) - temperature_C
        there = ideal - (sensor.signal(self.terminal_C()) if sensor.how == "internal" else 0.0)
        _, error = self.exact("thermocouple", HIGHEST_V, there, 0.0, at_s)
        return sensor.temperature_C(there + error + self.added_V(sensor)) - temperature_C


class Indicator(CommandSet):
    """A temperature indicator: one reading a second."""

    identity = "operator,operator-read,0,"
    period_s: ClassVar[float] = 1.0

    def __init__(self, meter: IndicatorInput, resolution_K: float) -> None:
        super().__init__()
        self._meter = meter
        self._resolution_K = resolution_K
        self.reset()

    def reset(self, _: str = "") -> None:
        """Be as after switching on: type K."""
        self.sensor = Sensor("thermocouple", "K", "internal")

    def configure(self, arguments: str) -> None:
        """`CONF thermocouple.K.internal,0`: the keys; its range is automatic."""
        self.sensor = Sensor.named(arguments.partition(",")[0])

    def read(self, _: str) -> str:
        """`READ?`: what the display shows, in degrees Celsius."""
        try:
            shown_C = self._thermocouple_C() if self.sensor.is_thermocouple else self._rtd_C()
        except OutOfRange:
            shown_C = math.inf
        if math.isinf(shown_C):
            return f"{OVERLOAD:g}"
        return f"{round(shown_C / self._resolution_K) * self._resolution_K:.9g}"

    def _thermocouple_C(self) -> float:
        meter, sensor = self._meter, self.sensor
        open_ = math.isinf(meter.terminals.resistance(2, BURN_OUT_A, meter.clock.elapsed()))
        volts = meter.read(How("thermocouple", HIGHEST_V, HIGHEST_V, 1e-9, *self._times, input_ohm=1e9))
        return math.inf if open_ or volts is None else sensor.temperature_C(volts + meter.added_V(sensor))

    def _rtd_C(self) -> float:
        wires: Wires = {"2": 2, "3": 3, "4": 4}[self.sensor.how]  # type: ignore[assignment]  # one of them
        ways = [
            How("resistance", r, r, r * 1e-7, *self._times, input_ohm=math.inf, test_A=RTD_A, wires=wires)
            for r in self._meter.ranges_ohm
        ]
        ohm = self._meter.read(self._meter.autorange(ways))
        return math.inf if ohm is None else self.sensor.temperature_C(ohm)

    @property
    def _times(self) -> tuple[float, float]:
        return self.period_s, self.period_s

    commands: Mapping[str, Handler] = table(  # type: ignore[misc]
        {**SCPI_COMMON, "CONFigure": configure, "READ?": read}
    )


def _make(file: IndicatorFile, setup: Setup) -> Twin:
    laws = FittedLaws(setup.laws)
    meter = IndicatorInput(file.input, laws, setup.clock, setup.environment, setup.rng("noise"))
    meter.ranges_ohm = setup.laws.ranges("resistance")
    return Twin(Indicator(meter, file.resolution_K), inputs={MAIN: meter})


TEMPERATURE_INDICATOR = InstrumentKind(_make, IndicatorFile, generic="generic-temperature-indicator", inputs=(MAIN,))
