"""What all drivers of multimeters share: what is configured, the time of a reading, overload as an error, blocks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from calib.drivers.instrument import Instrument
from calib.errors import InputError, InstrumentError, OutOfRange, Overload, SettingChanged
from calib.units import show

SAME_RANGE = 0.25
"""Relative: some tell full scale, which is 1.2 of the range's name, and none has ranges nearer than a factor of 2."""
LINE_PERIOD_S = 0.02
"""At 50 Hz, the slower of the two mains: this is for timeouts only."""
SPARE_S = 3.0
"""What a reading may take on top of its integration: range relays, triggering, the line."""


@dataclass(frozen=True)
class Measuring:
    """What a meter was configured to measure."""

    function: str
    """Such as "dc_voltage"."""
    range: float | None
    """None with autorange."""
    unit: str
    reading_s: float
    """Time that one reading may take."""
    wires: int | None = None
    """Of a resistance: two or four."""

    def differs(self, other: "Measuring") -> bool:
        """Return whether another function or range is told; what is not known of either does not count."""
        if self.function != other.function or (self.wires or other.wires) != (other.wires or self.wires):
            return True
        return self.range is not None and other.range is not None and abs(self.range / other.range - 1) > SAME_RANGE

    def __str__(self) -> str:
        wires = "" if self.wires is None else f", {self.wires} wires"
        range_ = "" if self.range is None else f", {show(self.range, self.unit)} range"
        return f"{self.function.replace('_', ' ')}{wires}{range_}"


TURNED = "its knobs were turned, or its range is locked; leave it to the program, which sets it anew"
UNKNOWN = Measuring("something unknown", None, "", 0.0)
"""After a setting that failed: the meter may be as before, as wanted, or between."""


class Multimeter(Instrument):
    """A multimeter. A driver of a family says how it is configured, asked, and how it tells an overload."""

    overload: ClassVar[float]
    """What the meter sends in place of a reading when the input exceeds the range."""
    reading_query: ClassVar[str] = "READ?"
    measuring: Measuring | None = None

    def write(self, *commands: str) -> None:
        """Send commands as one message and check them; where that fails no reading is taken before configuring anew."""
        before, self.measuring = self.measuring, UNKNOWN
        super().write(*commands)
        self.measuring = before

    def take(self, count: int) -> NDArray[np.float64]:
        """Take `count` readings of what is configured, one after the other; shape (count,), in SI units.

        Raises
        ------
        Overload
            The input exceeded the range in any of them.
        """
        measuring = self._configured()
        if not 1 <= count <= self.most_readings:
            msg = f"{self.who}: {count} readings cannot be taken at once; allowed: 1 to {self.most_readings}"
            raise OutOfRange(msg)
        with self.transport.lock, self._sampling(count):
            values = np.array(self._burst(count, count * measuring.reading_s + SPARE_S))
        if values.shape != (count,):
            msg = f"{self.who}: asked for {count} readings, answered {values.size}"
            raise InstrumentError(msg)
        beyond = np.flatnonzero(~(np.abs(values) < self.overload))
        if beyond.size:
            raise self._overloaded(measuring, f" in reading {beyond[0] + 1} of {count}")
        return values

    most_readings: ClassVar[int] = 10_000

    def require_setting(self) -> None:
        """Ask for function and range where the meter tells them; raise `SettingChanged` where they are others."""
        wanted = self.measuring
        if wanted is None or wanted is UNKNOWN:
            return
        found = self.told_setting()
        if found is not None and wanted.differs(found):
            msg = f"{self.who}: was set to {wanted}; it is at {found} now: {TURNED}"
            raise SettingChanged(msg)

    def told_setting(self) -> Measuring | None:
        """Return function and range as the meter itself tells them; None where it does not."""
        return None

    def _burst(self, count: int, timeout_s: float) -> list[float]:
        """Take the readings that are set up."""
        return self._numbers(self.reading_query, self.query(self.reading_query, timeout_s=timeout_s))

    @contextmanager
    def _sampling(self, count: int) -> Iterator[None]:
        """Let one trigger give `count` readings, and one afterwards."""
        self.write(f"SAMP:COUN {count}")
        try:
            yield
        finally:
            self.write("SAMP:COUN 1")

    def _read(self, function: str) -> float:
        """Take one reading of a function that is configured."""
        measuring = self._configured(function)
        value = self.query_float(self.reading_query, timeout_s=measuring.reading_s + SPARE_S)
        if not abs(value) < self.overload:
            raise self._overloaded(measuring)
        return value

    def _configured(self, function: str | None = None) -> Measuring:
        """Return what is configured; a reading of something else would have another unit."""
        measuring = self.measuring
        if measuring is None or function not in {None, measuring.function}:
            wanted = "something" if function is None else function
            now = "nothing" if measuring is None else measuring.function
            msg = f"{self.who}: configured for {now}, not for {wanted}; call configure_{function or '…'} first"
            raise InputError(msg)
        return measuring

    def _set(self, function: str, range_: float | None, unit: str, reading_s: float, wires: int | None = None) -> None:
        self.measuring = Measuring(function, range_, unit, reading_s, wires)

    def _overloaded(self, measuring: Measuring, where: str = "") -> Overload:
        shown = "range in use" if measuring.range is None else f"{show(measuring.range, measuring.unit)} range"
        hint = "check the connection or choose a higher range"
        msg = f"{self.who}: overload{where}, the input exceeds the {shown}; {hint}"
        return Overload(msg)

    def _numbers(self, asked: str, reply: str) -> list[float]:
        try:
            return [float(part) for part in reply.replace(",", " ").split()]
        except ValueError:
            raise self.unreadable(asked, reply[:200], "numbers") from None

    def _one_of(self, what: str, value: float, allowed: tuple[float, ...], unit: str) -> float:
        """Return `value`; raise `OutOfRange` where the meter does not have it."""
        if value not in allowed:
            shown = ", ".join(f"{a:g}" for a in allowed)
            msg = f"{self.who}: {what} cannot be {value!r} {unit}; allowed: {shown}"
            raise OutOfRange(msg)
        return value

    def _detector_for(self, frequency_Hz: float, lowest: tuple[float, ...]) -> float:
        """Return the highest of the detector's `lowest` frequencies that does not exceed the signal's."""
        fitting = [f for f in lowest if f <= frequency_Hz]
        if not fitting:
            msg = f"{self.who}: frequency cannot be {frequency_Hz!r} Hz; allowed: from {min(lowest):g} Hz on"
            raise OutOfRange(msg)
        return max(fitting)


def integration_s(nplc: float, *, autozero: bool = True) -> float:
    """Return the time of a reading: the integration, and with autozero another of the zero."""
    return (2 if autozero else 1) * nplc * LINE_PERIOD_S
