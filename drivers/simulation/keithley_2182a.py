"""Keithley 2182A: a nanovoltmeter of two channels (commands as PyMeasure, InstrumentKit and QCoDeS drivers send them).

The electrical world has no thermocouples: a temperature reads as one that is open. Digits, noise and the size of the
relative reading's bounds are the simulation's own where no source is cited.
"""

import math
from collections import deque
from dataclasses import dataclass, field
from typing import ClassVar

from calib.drivers.simulation.command_set import CommandError
from calib.drivers.simulation.dmm_trigger import Triggered
from calib.drivers.simulation.meter import How, Meter
from calib.drivers.simulation.scpi_values import next_of, quoted, scientific, within

OVERLOAD = 9.9e37
RANGES_V: dict[int, tuple[float, ...]] = {1: (0.01, 0.1, 1.0, 10.0, 100.0), 2: (0.1, 1.0, 10.0)}
"""PyMeasure's keithley2182.py, as the 20 % beyond each range."""
OVER_RANGE = 1.2
DIGIT = 1e-7
INPUT_OHM = 1e10
NPLC = (0.01, 60.0)
DEFAULT_NPLC = 5.0
BUFFER = (2, 1024)


@dataclass
class Channel:
    """One channel's settings."""

    number: int
    range_V: float = 0.0
    autorange: bool = True
    reference: dict[str, float] = field(default_factory=dict)
    """Relative value by function."""
    relative: dict[str, bool] = field(default_factory=dict)
    filters: dict[str, float] = field(default_factory=dict)
    averaging: str = "MOV"

    def preset(self) -> None:
        """Be as after `*RST`."""
        self.range_V, self.autorange = RANGES_V[self.number][-1], True
        self.reference = {"VOLT": 0.0, "TEMP": 0.0}
        self.relative = {"VOLT": False, "TEMP": False}
        self.filters = {"LPAS": 0, "DFIL": 0, "COUN": 10, "WIND": 0.01}
        self.averaging = "MOV"


class Keithley2182A(Triggered):
    """A nanovoltmeter: `meters` holds the inputs of channel 1 and 2."""

    ends = b"\r\n"
    error_queue_bit = 4
    memory: ClassVar[int] = BUFFER[1]
    sources: ClassVar[tuple[str, ...]] = ("IMMediate", "TIMer", "MANual", "BUS", "EXTernal")

    def __init__(self, identity: str, meters: tuple[Meter, Meter], answer_end: bytes = b"\n") -> None:
        self.meters = dict(enumerate(meters, 1))
        self.channels = {number: Channel(number) for number in RANGES_V}
        self.identity = identity
        self.answer_end = answer_end
        self.buffer: list[str] = []
        self.feed, self.points = "NEV", 100
        self.statistic = "NONE"
        self._noted = 0
        self.latest: deque[str] = deque(maxlen=1)
        super().__init__(meters[0])
        self.measurement_enable = self.measurement_event = 0
        self.reset()

    def handle(self, message: bytes) -> bytes | None:
        """Carry out a message; on RS-232 the end of an answer is chosen at the panel."""
        answer = super().handle(message)
        return answer if answer is None else answer.removesuffix(b"\n") + self.answer_end

    def reset(self, _: str = "") -> None:
        """`*RST`: channel 1, voltage, autorange, 5 PLC, idle."""
        self.function, self.channel = "VOLT", 1
        self.nplc = {"VOLT": DEFAULT_NPLC, "TEMP": DEFAULT_NPLC}
        for channel in self.channels.values():
            channel.preset()
        self.autozero = self.front_autozero = True
        self.display_on = self.beeper_on = True
        self.line_sync = self.continuous = self.ratio = False
        self.thermocouple, self.junction, self.junction_C = "J", "INT", 23.0
        self.temperature_unit = "C"
        self.elements: tuple[str, ...] = ("READ",)
        self.zeroed_s = 0.0
        self.calculation, self.calculating = "NONE", False
        self.digits, self.timer_s = 8.0, 0.1
        self.preset_trigger()

    @property
    def now(self) -> Channel:
        """The channel in use; channel 0, the inner sensor, has none of its own."""
        return self.channels[self.channel or 1]

    def set_function(self, arguments: str) -> None:
        """`FUNC 'VOLT[:DC]'` or `'TEMP'`."""
        word = {"VOLTAGE": "VOLT", "VOLTAGE:DC": "VOLT", "VOLT:DC": "VOLT", "TEMPERATURE": "TEMP"}
        wanted = quoted(arguments).upper()
        wanted = word.get(wanted, wanted)
        if wanted not in self.nplc:
            raise CommandError(-224, "Illegal parameter value")
        self.abort()
        self.function = wanted

    def set_channel(self, arguments: str) -> None:
        """`SENS:CHAN 0|1|2`."""
        self.abort()
        self.channel = round(within(arguments, 0, 2, default=1))

    def set_range(self, number: int, arguments: str) -> None:
        """`RANG`: the range that holds a value, in which autoranging ends."""
        highest = RANGES_V[number][-1] * OVER_RANGE
        wanted = abs(within(arguments, -highest, highest, default=RANGES_V[number][-1], unit="V"))
        channel = self.channels[number]
        channel.range_V = next_of((*RANGES_V[number], highest), wanted)
        channel.range_V = min(channel.range_V, RANGES_V[number][-1])
        channel.autorange = False
        self.abort()

    def set_nplc(self, function: str, arguments: str) -> None:
        """`NPLC`: up to one second."""
        most = self.meter.file.line_frequency_Hz
        self.nplc[function] = within(arguments, NPLC[0], most, default=DEFAULT_NPLC)
        self.abort()

    def set_autozero(self, *, on: bool) -> None:
        """`SYST:AZER`: without it the zero is that of this moment."""
        self.autozero, self.zeroed_s = on, self.meter.clock.elapsed()
        self.abort()

    def acquire(self, number: int, function: str) -> None:
        """`REF:ACQ`: what is measured now becomes the relative value."""
        channel = self.channels[number]
        value = self._voltage(channel, self.meter.clock.elapsed()) if function == "VOLT" else None
        if value is not None:
            channel.reference[function] = value

    def inner_C(self) -> float:
        """Return the temperature of the inner sensor, in degrees Celsius."""
        return self.meter.inner_C()

    def how(self, channel: Channel, range_V: float) -> How:
        """Return how a reading of voltage is taken."""
        integration_s = self.nplc["VOLT"] / self.meter.file.line_frequency_Hz
        zeroes = 2 if self.autozero else 1
        return How(
            "dc_voltage",
            range_V,
            range_V * OVER_RANGE,
            range_V * DIGIT,
            zeroes * integration_s,
            integration_s,
            INPUT_OHM,
            zero_s=None if self.autozero else self.zeroed_s,
        )

    def take(self, begin_s: float) -> tuple[str, float]:
        """Take the reading that begins at a time; return it as text, and when it ends."""
        end_s = begin_s + self.delay_s + self.how(self.now, self.now.range_V).duration_s
        return self._elements(self._value(end_s)), end_s

    def begin(self, count: float) -> None:
        """Take readings from now on."""
        super().begin(count)
        self._noted = 0

    def abort(self, _: str = "") -> None:
        """Be idle."""
        super().abort()
        self._noted = 0

    def pending_s(self) -> float | None:
        """Take the readings that are due, and put them into the buffer while it is fed."""
        end_s = super().pending_s()
        taken = [] if self.acquisition is None else self.acquisition.readings
        for text in taken[self._noted :]:
            self.latest.append(text)
            if self.feed == "NEXT":
                self.buffer.append(text)
                if len(self.buffer) >= self.points:
                    self.feed = "NEV"
                    self.measurement_event |= 512
        self._noted = len(taken)
        return end_s

    def fetch(self, _: str = "") -> str:
        """`FETC?`, `SENS:DATA?`: the latest reading; one is taken where it measures all the time."""
        if self.continuous and self.acquisition is None:
            self.begin(1)
        self.finish()
        if not self.latest:
            raise CommandError(-230, "Data corrupt or stale")
        return self.latest[-1]

    def fresh(self, _: str = "") -> str:
        """`SENS:DATA:FRES?`: a reading that was not asked for before."""
        if self.continuous or not self.readings():
            self.abort()
            self.begin(1)
        self.finish()
        text = ",".join(self.readings())
        self.abort()
        return text

    def read(self, _: str = "") -> str | None:
        """`READ?`: all readings of the trigger and sample counts."""
        if self.source == "BUS":
            raise CommandError(-214, "Trigger deadlock")
        self.abort()
        if self.source in {"EXT", "MAN"} or math.isinf(self.triggers):
            return None
        self.begin(self.samples * self.triggers)
        self.finish()
        return ",".join(self.readings())

    def statistics(self, _: str = "") -> str:
        """`CALC2:IMM?`: of the readings in the buffer."""
        values = [float(text) for text in self.buffer]
        if not values:
            raise CommandError(-230, "Data corrupt or stale")
        mean = math.fsum(values) / len(values)
        spread = math.fsum((v - mean) ** 2 for v in values)
        found = {
            "MEAN": mean,
            "MAX": max(values),
            "MIN": min(values),
            "SDEV": math.sqrt(spread / (len(values) - 1)) if len(values) > 1 else 0.0,
        }
        return scientific(found.get(self.statistic, 0.0))

    def own_status_bits(self) -> int:
        """Return the summary of the measurement register."""
        self.pending_s()
        return 1 if self.measurement_event & self.measurement_enable else 0

    def _value(self, end_s: float) -> float:
        if self.channel == 0:
            return self.inner_C()
        if self.function == "TEMP":
            return OVERLOAD
        if self.ratio:
            first, second = (self._voltage(c, end_s) for c in self.channels.values())
            return OVERLOAD if first is None or not second else first / second
        value_V = self._voltage(self.now, end_s)
        if value_V is None:
            sensed = self.meters[self.channel].sense(self.how(self.now, self.now.range_V), end_s)
            return math.copysign(OVERLOAD, sensed.value)
        return value_V - (self.now.reference["VOLT"] if self.now.relative["VOLT"] else 0.0)

    def _voltage(self, channel: Channel, end_s: float) -> float | None:
        meter = self.meters[channel.number]
        if channel.autorange:
            channel.range_V = meter.autorange(self.how(channel, r) for r in RANGES_V[channel.number]).range
        return meter.indication(self.how(channel, channel.range_V), end_s)

    def _elements(self, value: float) -> str:
        unit = {"VOLT": "VDC", "TEMP": self.temperature_unit}[self.function]
        told = {"READ": scientific(value), "CHAN": f"{self.channel}", "UNIT": unit, "RNUM": "0", "TST": "0"}
        return ",".join(told[e] for e in self.elements)
