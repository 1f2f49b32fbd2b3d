"""What drivers of counters share: the time of a gate, no signal as an error, the time base and its check."""

from abc import abstractmethod
from typing import ClassVar

from calib.drivers.dialect import SCPI
from calib.drivers.instrument import Instrument
from calib.drivers.setting import Setting
from calib.errors import InputError, InstrumentError, NoReply, NoSignal, OutOfRange, SettingChanged

NOT_A_NUMBER = 9.9e37
"""Readings from here on are no readings: 9.9E37 is an overflow, 9.91E37 is not a number (SCPI 1999.0, 7.2.1.5)."""


class Counter(Instrument):
    """A counter with an inner and an outer time base. A driver of a model says how it is configured."""

    dialect = SCPI
    gate_s: Setting[float]
    spare_s: ClassVar[float] = 2.0
    """What a reading may take on top of its gate."""
    channels: ClassVar[tuple[int, ...]] = (1, 2)
    _gate_s: float | None = None
    _internal = False
    """Whether its own time base was chosen."""

    def configure_frequency(self, gate_s: float, *, channel: int = 1) -> None:
        """Select a channel and the gate time in seconds."""
        if channel not in self.channels:
            msg = f"{self.who}: channel cannot be {channel!r}; allowed: {', '.join(map(str, self.channels))}"
            raise OutOfRange(msg)
        self.write(*self._configuration(gate_s, channel))
        self.known["gate_s"] = gate_s
        self._gate_s = gate_s

    def read_frequency(self) -> float:
        """Take one reading in hertz.

        Raises
        ------
        NoReply
            Nothing was counted within the gate and 2 s: no signal, too small a signal, or no instrument.
        InstrumentError
            The counter says that it has no reading.
        """
        if self._gate_s is None:
            msg = f"{self.who}: no gate time is configured; call configure_frequency first"
            raise InputError(msg)
        wait_s = self._gate_s + self.spare_s
        try:
            reply = self.transport.query("READ?", timeout_s=wait_s)
        except NoReply as silence:
            msg = f"{self.who}: no reading within {wait_s:g} s; check signal, level and connection{self._stopped()}"
            raise NoReply(msg) from silence
        try:
            value_Hz = float(reply)
        except ValueError:
            raise self.unreadable("READ?", reply, "a number") from None
        if not abs(value_Hz) < NOT_A_NUMBER:
            raise self._no_reading()
        return value_Hz

    def use_internal_time_base(self) -> None:
        """Count by the counter's own oscillator, whatever is connected to its reference input."""
        self.write("SENS:ROSC:SOUR:AUTO OFF", "SENS:ROSC:SOUR INT")
        self._internal = True

    def require_setting(self) -> None:
        """Ask for the function, and for the time base where its own was chosen.

        Raises
        ------
        SettingChanged
            They are others now.
        """
        word = self.query("SENS:FUNC?").strip().strip("'\"").partition(" ")[0]
        found = [] if word.startswith("FREQ") else [f"it measures {word}, not frequency"]
        if self._internal and (source := self.query("SENS:ROSC:SOUR?").strip()) != "INT":
            found.append(f"it counts by the {source} time base, not by its own")
        if found:
            msg = (
                f"{self.who}: {' and '.join(found)}: its keys were pressed; leave it to the program, which sets it anew"
            )
            raise SettingChanged(msg)

    @abstractmethod
    def use_external_time_base(self) -> None:
        """Count by the signal at the reference input; raise `InstrumentError` where there is no good one."""

    @abstractmethod
    def _configuration(self, gate_s: float, channel: int) -> tuple[str, ...]:
        """Return the commands of `configure_frequency`."""

    def _stopped(self) -> str:
        """Stop a counter that would wait for its signal for ever; return what it reports besides."""
        try:
            self.transport.clear()
            self.write("ABOR")
        except InstrumentError as error:
            return f" ({error})"
        return ""

    def _no_reading(self) -> InstrumentError:
        return NoSignal(f"{self.who}: answers that it has no reading; check signal, level and connection")
