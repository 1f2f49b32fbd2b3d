"""What the 34401A does, and the 8845A/8846A that follow it: triggering, memory, presets (User's Guide, chapter 4)."""

from calib.drivers.simulation.command_set import CommandError, CommandSet
from calib.drivers.simulation.meter import Meter
from calib.drivers.simulation.scpi_values import (
    RANGES_V,
    RESOLUTION,
    is_on,
    nplc_for,
    nplc_for_resolution,
    number,
    range_for,
)

OVERLOAD = "+9.90000000E+37"
MEMORY = 512
LONGEST_DELAY_S = 3600.0


class Dmm34401(CommandSet):
    """A 6½-digit multimeter; its table of commands is in `dmm_34401_scpi`."""

    undefined = (-113, "Undefined header")
    overflow = (-350, "Too many errors")
    error_queue_bit = 0

    def __init__(self, identity: str, meter: Meter) -> None:
        super().__init__()
        self.identity = identity
        self.meter = meter
        self.display_on = self.beeper_on = True
        self.displayed = ""
        self._memory: list[str] = []
        self._armed = False
        self.reset()

    def reset(self, _: str = "") -> None:
        """`*RST`: autoranging, 10 NPLC, one reading at once, 10 MΩ."""
        self.high_impedance = False
        self._preset()

    def configure(self, arguments: str) -> None:
        """`CONF:VOLT:DC [range][, resolution]`: presets all but these two."""
        range_, _, resolution = (part.strip() for part in arguments.partition(","))
        range_V = None if range_.upper() in {"", "DEF", "AUTO"} else range_for(range_)
        nplc = 10.0 if resolution.upper() in {"", "DEF"} else nplc_for_resolution(resolution, range_V or 10.0)
        self.high_impedance = False
        self._preset()
        if range_V is not None:
            self.range_V, self.autorange = range_V, False
        self.nplc = nplc

    def measure(self, arguments: str) -> str | None:
        """`MEAS:VOLT:DC?`: CONFigure, then READ?."""
        self.configure(arguments)
        return self.read("")

    def initiate(self, _: str) -> None:
        """`INIT`: wait for the trigger, or take the readings into the memory."""
        if self.samples * self.triggers > MEMORY:
            raise CommandError(-223, "Too much data")
        self._memory = []
        if self.trigger_source == "IMM":
            self._memory = self._take()
        else:
            self._armed = True

    def bus_trigger(self, _: str) -> None:
        """`*TRG`."""
        if not (self._armed and self.trigger_source == "BUS"):
            raise CommandError(-211, "Trigger ignored")
        self._armed = False
        self._memory = self._take()

    def fetch(self, _: str) -> str:
        """`FETC?`."""
        if not self._memory:
            raise CommandError(-230, "Data stale")
        return ",".join(self._memory)

    def read(self, _: str) -> str | None:
        """`READ?`: INIT and FETC? without the memory's limit; with the external trigger it waits in vain."""
        if self.trigger_source == "BUS":
            raise CommandError(-214, "Trigger deadlock")
        if self.trigger_source == "EXT":
            return None
        return ",".join(self._take())

    def set_range(self, arguments: str) -> None:
        """`VOLT:DC:RANG`: the lowest range that holds the value; autoranging off."""
        self.range_V, self.autorange = range_for(arguments), False

    def set_nplc(self, arguments: str) -> None:
        """`VOLT:DC:NPLC`."""
        self.nplc = nplc_for(arguments)

    def set_resolution(self, arguments: str) -> None:
        """`VOLT:DC:RES`, in volts."""
        self.nplc = nplc_for_resolution(arguments, self.range_V)

    def set_autozero(self, arguments: str) -> None:
        """`ZERO:AUTO ON|OFF|ONCE`."""
        self.autozero = arguments.upper() != "ONCE" and is_on(arguments)

    def set_delay(self, arguments: str) -> None:
        """`TRIG:DEL`: a delay in seconds before each reading; the automatic one is off then."""
        delay_s = number(arguments, {"MIN": 0.0, "MAX": LONGEST_DELAY_S})
        if not 0 <= delay_s <= LONGEST_DELAY_S:
            raise CommandError(-222, "Data out of range")
        self.delay_s, self.auto_delay = delay_s, False

    def set_auto_delay(self, arguments: str) -> None:
        """`TRIG:DEL:AUTO`: the automatic delay is counted as none."""
        self.auto_delay = is_on(arguments)
        self.delay_s = 0.0

    def set_trigger_source(self, arguments: str) -> None:
        """`TRIG:SOUR IMM|BUS|EXT`."""
        word = {"IMMEDIATE": "IMM", "EXTERNAL": "EXT"}.get(arguments.upper(), arguments.upper())
        if word not in {"IMM", "BUS", "EXT"}:
            raise CommandError(-224, "Illegal parameter value")
        self.trigger_source = word
        self._armed = False

    def set_function(self, arguments: str) -> None:
        """`FUNC "VOLT:DC"`: nothing else is simulated."""
        if arguments.upper().strip("\"'") not in {"VOLT", "VOLT:DC", "VOLTAGE", "VOLTAGE:DC"}:
            raise CommandError(-224, "Illegal parameter value")

    def read_error(self, _: str) -> str:
        """`SYST:ERR?`: takes the oldest error out of the queue."""
        code, text = self.errors.popleft() if self.errors else (0, "No error")
        return f'{code:+d},"{text}"'

    def read_configuration(self, _: str) -> str:
        """`CONF?`."""
        return f'"VOLT {self.range_V:+.6E},{self.range_V * RESOLUTION[self.nplc]:+.6E}"'

    def set_text(self, arguments: str) -> None:
        """`DISP:TEXT "…"`: at most 12 characters."""
        self.displayed = arguments.strip("\"'")[:12]

    def count_readings(self, _: str) -> str:
        """`DATA:POIN?`: readings in the memory."""
        return f"{len(self._memory):+d}"

    def _preset(self) -> None:
        self.range_V, self.autorange, self.nplc, self.autozero = 10.0, True, 10.0, True
        self.trigger_source, self.samples, self.triggers = "IMM", 1, 1
        self.delay_s, self.auto_delay = 0.0, True
        self._memory = []
        self._armed = False

    def _take(self) -> list[str]:
        return [self._one() for _ in range(self.samples * self.triggers)]

    def _one(self) -> str:
        self.meter.wait(self.delay_s)
        if self.autorange:
            self.range_V = self.meter.autorange(RANGES_V, high_impedance=self.high_impedance)
        shown_V = self.meter.read(self.range_V, self.nplc, autozero=self.autozero, high_impedance=self.high_impedance)
        return OVERLOAD if shown_V is None else f"{shown_V:+.8E}"
