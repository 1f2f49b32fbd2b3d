"""Roles: what a procedure asks of an instrument, whatever its model.

A driver fills a role by having its methods; it does not inherit from it.
"""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeGuard, TypeVar, runtime_checkable

from calib.drivers.identity import Identity
from calib.physics.thermocouples import ThermocoupleType
from calib.pictures import Turn

RtdType = Literal["Pt100", "Pt200", "Pt500", "Pt1000"]
"""Platinum resistance thermometers of IEC 60751, by their ohms at 0 °C."""

Role = TypeVar("Role")
_played: dict[tuple[type, type], bool] = {}


def plays(instrument: object, role: type[Role]) -> TypeGuard[Role]:
    """Return whether an instrument has the methods of a role: isinstance, whose answer is kept for each class."""
    asked = type(instrument), role
    if asked not in _played:
        _played[asked] = isinstance(instrument, role)
    return _played[asked]


@runtime_checkable
class Source(Protocol):
    """Whatever can put energy on its terminals."""

    def safe(self) -> None:
        """Take every output off the terminals; idempotent, and tried whatever state the instrument is in."""
        ...


@runtime_checkable
class Artefact(Protocol):
    """A standard without an interface, such as a resistor: what it is worth stands in the register."""

    def identify(self) -> Identity:
        """Return whose nameplate it bears."""
        ...


@runtime_checkable
class DcVoltageSource(Source, Protocol):
    """A source of DC voltage."""

    def limit_dc_voltage(self, maximum_V: float) -> None:
        """Set the instrument's own limit: it refuses any output beyond ± `maximum_V`, whoever asks."""
        ...

    def source_dc_voltage(self, output_V: float) -> None:
        """Put `output_V` on the terminals; return once the instrument itself says that it has settled."""
        ...

    def standby(self) -> None:
        """Take the output off the terminals; return once the instrument confirms it."""
        ...

    def is_operating(self) -> bool:
        """Return whether the output is on the terminals, asked of the instrument."""
        ...


@runtime_checkable
class SwitchedSource(Source, Protocol):
    """A source whose output can be taken off its terminals, and says whether it is on them."""

    def standby(self) -> None:
        """Take the output off the terminals; return once the instrument confirms it."""
        ...

    def is_operating(self) -> bool:
        """Return whether the output is on the terminals, asked of the instrument."""
        ...


@runtime_checkable
class AcVoltageSource(SwitchedSource, Protocol):
    """A source of sinusoidal voltage."""

    def limit_ac_voltage(self, maximum_V: float) -> None:
        """Set the instrument's own limit: it refuses any output above `maximum_V` rms, whoever asks."""
        ...

    def source_ac_voltage(self, rms_V: float, frequency_Hz: float) -> None:
        """Put a voltage on the terminals; return once the instrument itself says that it has settled."""
        ...


@runtime_checkable
class DcCurrentSource(SwitchedSource, Protocol):
    """A source of DC current."""

    def limit_dc_current(self, maximum_A: float) -> None:
        """Set the instrument's own limit: it refuses any output beyond ± `maximum_A`, whoever asks."""
        ...

    def source_dc_current(self, output_A: float) -> None:
        """Drive `output_A` out of the current terminals; return once the instrument itself says that it has settled."""
        ...


@runtime_checkable
class AcCurrentSource(SwitchedSource, Protocol):
    """A source of sinusoidal current."""

    def limit_ac_current(self, maximum_A: float) -> None:
        """Set the instrument's own limit: it refuses any output above `maximum_A` rms, whoever asks."""
        ...

    def source_ac_current(self, rms_A: float, frequency_Hz: float) -> None:
        """Drive a current out of the current terminals; return once the instrument itself says that it has settled."""
        ...


@runtime_checkable
class ResistanceSource(SwitchedSource, Protocol):
    """A source of resistance: a decade, or a set of resistors."""

    def source_resistance(self, resistance_ohm: float, *, wires: Literal[2, 4]) -> float:
        """Present the resistance nearest to `resistance_ohm` once settled; return its value as the instrument knows it.

        That is not the nominal one where the instrument has fixed resistors, whose values a calibration has stored.
        """
        ...


@runtime_checkable
class ThermocoupleSource(SwitchedSource, Protocol):
    """A source of the voltages of thermocouples."""

    def source_thermocouple(self, kind: ThermocoupleType, temperature_C: float, *, reference_C: float | None) -> None:
        """Put out the emf of a thermocouple at a temperature; return once the instrument says that it has settled.

        Less the emf at its reference junction: at `reference_C`, such as 0.0 with copper leads; None for that of the
        instrument's own terminals, which its sensor follows, with leads of thermocouple wire.
        """
        ...


@runtime_checkable
class RtdSource(SwitchedSource, Protocol):
    """A source of the resistances of resistance thermometers."""

    def source_rtd(self, kind: RtdType, temperature_C: float, *, wires: Literal[2, 3, 4]) -> None:
        """Present the resistance of a thermometer at a temperature, once settled."""
        ...


@runtime_checkable
class TemperatureIndicator(Protocol):
    """An indicator of temperature for thermocouples and resistance thermometers."""

    def configure_thermocouple(self, kind: ThermocoupleType, *, compensated: bool = True) -> None:
        """Select a type; `compensated` adds the emf of the indicator's own terminals, else they count as 0 °C."""
        ...

    def configure_rtd(self, kind: RtdType, *, wires: Literal[2, 3, 4]) -> None:
        """Select a type of resistance thermometer, and how it is connected."""
        ...

    def read_temperature_C(self) -> float:
        """Take one reading in degrees Celsius; an open sensor raises `Overload`."""
        ...


@runtime_checkable
class DcVoltmeter(Protocol):
    """A meter of DC voltage."""

    def configure_dc_voltage(self, range_V: float, nplc: float) -> None:
        """Select a fixed range in volts and the integration time in power-line cycles."""
        ...

    def read_dc_voltage(self) -> float:
        """Take one reading in volts.

        Raises
        ------
        Overload
            The input exceeds the range.
        """
        ...


@runtime_checkable
class AcVoltmeter(Protocol):
    """A meter of AC voltage, rms."""

    def configure_ac_voltage(self, range_V: float, frequency_Hz: float) -> None:
        """Select a fixed range in volts rms, and filter and bandwidth for a signal of `frequency_Hz`."""
        ...

    def read_ac_voltage(self) -> float:
        """Take one reading in volts rms; an overload raises `Overload`."""
        ...


@runtime_checkable
class DcAmmeter(Protocol):
    """A meter of DC current."""

    def configure_dc_current(self, range_A: float, nplc: float) -> None:
        """Select a fixed range in amperes and the integration time in power-line cycles."""
        ...

    def read_dc_current(self) -> float:
        """Take one reading in amperes; an overload raises `Overload`."""
        ...


@runtime_checkable
class AcAmmeter(Protocol):
    """A meter of AC current, rms."""

    def configure_ac_current(self, range_A: float, frequency_Hz: float) -> None:
        """Select a fixed range in amperes rms, and filter and bandwidth for a signal of `frequency_Hz`."""
        ...

    def read_ac_current(self) -> float:
        """Take one reading in amperes rms; an overload raises `Overload`."""
        ...


@runtime_checkable
class TellsSetting(Protocol):
    """A meter that can be asked whether it is still set as it was configured."""

    def require_setting(self) -> None:
        """Ask for function and range.

        Raises
        ------
        SettingChanged
            They are not those that were configured last: a knob was turned, or the range is locked.
        """
        ...


@runtime_checkable
class ZeroAdjustable(Protocol):
    """A meter whose zero a key adjusts, as that of a clamp meter for direct current."""

    def adjust_zero(self) -> None:
        """Take what is shown now off all readings that follow, until another function or range is selected."""
        ...


@runtime_checkable
class Ohmmeter(Protocol):
    """A meter of resistance."""

    def configure_resistance(self, range_ohm: float, nplc: float, *, wires: Literal[2, 4]) -> None:
        """Select a fixed range in ohms, the integration time in power-line cycles, two or four wires."""
        ...

    def read_resistance(self) -> float:
        """Take one reading in ohms; an overload (an open input too) raises `Overload`."""
        ...


@runtime_checkable
class FrequencyCounter(Protocol):
    """A meter of frequency."""

    def configure_frequency(self, gate_s: float) -> None:
        """Select the gate time in seconds."""
        ...

    def read_frequency(self) -> float:
        """Take one reading in hertz; no signal is an error."""
        ...


@runtime_checkable
class TimeBaseCounter(FrequencyCounter, Protocol):
    """A meter of frequency that counts by its own oscillator or by one that is connected."""

    def use_internal_time_base(self) -> None:
        """Count by its own oscillator, whatever is connected to its reference input."""
        ...


@runtime_checkable
class Thermometer(Protocol):
    """What shows a temperature."""

    def read_temperature_C(self) -> float:
        """Take one reading in degrees Celsius, as the instrument itself converts it."""
        ...


@runtime_checkable
class ThermometerReadout(Protocol):
    """A readout of resistance thermometers."""

    def read_thermometer_ohm(self, channel: int = 1) -> float:
        """Take one reading of the thermometer at a channel in ohms, with the current that is set."""
        ...


@runtime_checkable
class ThermometerCurrent(Protocol):
    """A readout whose current in the thermometer can be chosen, to find its self-heating."""

    @property
    def thermometer_currents_A(self) -> tuple[float, ...]:
        """Currents that it has, in amperes."""
        ...

    def set_thermometer_current(self, current_A: float) -> None:
        """Set the current in the thermometer in amperes; return once the instrument confirms it."""
        ...


@runtime_checkable
class ThermometerProbe(Protocol):
    """A thermometer without an interface, that a person (or a robot) puts where it shall measure."""

    def immerse(self, where: str, depth_m: float, *, well: str = "") -> None:
        """Have it put into `where`, into a well by its marking, at a depth in metres; return once it is there."""
        ...


@runtime_checkable
class Bath(Protocol):
    """A bath, dry well or chamber that holds a temperature."""

    def set_bath_temperature(self, t_C: float) -> None:
        """Set the temperature to hold, in degrees Celsius; return once it is taken, long before it is reached."""
        ...

    def bath_setpoint_C(self) -> float:
        """Return the temperature that it is set to hold, asked of the instrument."""
        ...

    def read_bath_C(self) -> float:
        """Take one reading of its own sensor, in degrees Celsius."""
        ...


@runtime_checkable
class Thermohygrometer(Protocol):
    """A meter of the air at the bench."""

    def read_temperature_C(self) -> float:
        """Take one reading in degrees Celsius."""
        ...

    def read_humidity_percent(self) -> float:
        """Take one reading of relative humidity in per cent."""
        ...


@runtime_checkable
class Barometer(Protocol):
    """A meter of air pressure."""

    def read_pressure_Pa(self) -> float:
        """Take one reading in pascals."""
        ...


@runtime_checkable
class WeatherStation(Thermohygrometer, Barometer, Protocol):
    """A meter of all that the density of air depends on."""


@runtime_checkable
class Balance(Protocol):
    """A weighing instrument."""

    def zero(self) -> None:
        """Set the indication to zero with what is on the pan; return once the balance confirms it."""
        ...

    def tare(self) -> None:
        """Weigh from now on what is put on the pan beside what is on it; return once the balance confirms it."""
        ...

    def read_mass_kg(self) -> float:
        """Take one indication in kilograms, once the balance itself says that it is stable.

        Raises
        ------
        Overload
            There is too much on the pan, or too little.
        """
        ...


@runtime_checkable
class WeightHandler(Protocol):
    """Whoever puts weights on a pan: a person who is told to, or a robot."""

    def load(self, weights: Sequence[str], position: str = "", *, turn: Turn | None = None) -> None:
        """Have these weights on the pan and no others, at a named position of it; return once they are there.

        `turn` tells which weighing of a comparison it is, for whoever looks on.
        """
        ...

    def unload(self) -> None:
        """Have nothing on the pan."""
        ...
