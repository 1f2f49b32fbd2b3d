"""The command set of the 34401A and of the 8845A/8846A that follow it, DC voltage (34401A User's Guide, chapter 4)."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from calib.drivers.simulation.command_set import CommandError, CommandSet, Handler, table
from calib.drivers.simulation.meter import Meter

RANGES_V = (0.1, 1.0, 10.0, 100.0, 1000.0)
NPLC = (0.02, 0.2, 1.0, 10.0, 100.0)
RESOLUTION = {0.02: 1e-4, 0.2: 1e-5, 1.0: 3e-6, 10.0: 1e-6, 100.0: 3e-7}
"""Resolution relative to the range by integration time, as CONFigure and RESolution count it."""
OVERLOAD = "+9.90000000E+37"
MOST_READINGS = 50_000
MEMORY = 512

_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?)\s*(?:([UMK]?)V)?$")
_PREFIX = {None: 1.0, "": 1.0, "U": 1e-6, "M": 1e-3, "K": 1e3}


class Dmm34401(CommandSet):
    """A 6½-digit multimeter."""

    undefined = (-113, "Undefined header")
    overflow = (-350, "Too many errors")
    commands: ClassVar[Mapping[str, Handler]]

    def __init__(self, identity: str, meter: Meter) -> None:
        super().__init__()
        self.identity = identity
        self.meter = meter
        self.event_enable = self.service_enable = 0
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
        range_V = None if range_.upper() in {"", "DEF", "AUTO"} else _range(range_)
        nplc = 10.0 if resolution.upper() in {"", "DEF"} else _nplc_for(resolution, range_V or 10.0)
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

    def trigger(self, _: str) -> None:
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
        self.range_V, self.autorange = _range(arguments), False

    def set_nplc(self, arguments: str) -> None:
        """`VOLT:DC:NPLC`."""
        self.nplc = _nplc(arguments)

    def set_resolution(self, arguments: str) -> None:
        """`VOLT:DC:RES`, in volts."""
        self.nplc = _nplc_for(arguments, self.range_V)

    def set_autozero(self, arguments: str) -> None:
        """`ZERO:AUTO ON|OFF|ONCE`."""
        self.autozero = arguments.upper() != "ONCE" and _on(arguments)

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

    def complete(self, _: str) -> None:
        """`*OPC`: all is done when it is read, since readings are taken at once."""
        self.event_status |= 1

    def status_byte(self, _: str) -> str:
        """`*STB?`."""
        return str(32 if self.event_status & self.event_enable else 0)

    def _preset(self) -> None:
        self.range_V, self.autorange, self.nplc, self.autozero = 10.0, True, 10.0, True
        self.trigger_source, self.samples, self.triggers = "IMM", 1, 1
        self._memory = []
        self._armed = False

    def _take(self) -> list[str]:
        return [self._one() for _ in range(self.samples * self.triggers)]

    def _one(self) -> str:
        if self.autorange:
            self.range_V = self.meter.autorange(RANGES_V, high_impedance=self.high_impedance)
        shown_V = self.meter.read(self.range_V, self.nplc, autozero=self.autozero, high_impedance=self.high_impedance)
        return OVERLOAD if shown_V is None else f"{shown_V:+.8E}"


def _number(text: str, words: Mapping[str, float]) -> float:
    word = text.strip().upper()
    if not word:
        raise CommandError(-109, "Missing parameter")
    if word in words:
        return words[word]
    match = _NUMBER.match(word)
    if match is None:
        raise CommandError(
            -224 if word.isalpha() else -121,
            "Illegal parameter value" if word.isalpha() else "Invalid character in number",
        )
    return float(match[1]) * _PREFIX[match[2]]


def _range(text: str) -> float:
    value_V = abs(_number(text, {"MIN": RANGES_V[0], "MAX": RANGES_V[-1], "DEF": 10.0}))
    for range_V in RANGES_V:
        if value_V <= (range_V if range_V == RANGES_V[-1] else 1.2 * range_V):  # 20 % overrange but on the highest
            return range_V
    raise CommandError(-222, "Data out of range")


def _nplc(text: str) -> float:
    wanted = _number(text, {"MIN": NPLC[0], "MAX": NPLC[-1], "DEF": 10.0})
    for nplc in NPLC:
        if NPLC[0] <= wanted <= nplc:
            return nplc
    raise CommandError(-222, "Data out of range")


def _nplc_for(resolution: str, range_V: float) -> float:
    finest_V, coarsest_V = range_V * RESOLUTION[100.0], range_V * RESOLUTION[0.02]
    wanted_V = _number(resolution, {"MIN": finest_V, "MAX": coarsest_V, "DEF": range_V * RESOLUTION[10.0]})
    for nplc in NPLC:
        if range_V * RESOLUTION[nplc] <= wanted_V * (1 + 1e-9):
            return nplc
    raise CommandError(-222, "Data out of range")


def _on(text: str) -> bool:
    word = text.strip().upper()
    if word not in {"ON", "OFF", "1", "0"}:
        raise CommandError(-224 if word else -109, "Illegal parameter value" if word else "Missing parameter")
    return word in {"ON", "1"}


def _count(text: str) -> int:
    count = _number(text, {"MIN": 1, "MAX": MOST_READINGS, "DEF": 1})
    if not 1 <= count <= MOST_READINGS:
        raise CommandError(-222, "Data out of range")
    return round(count)


def _mask(text: str) -> int:
    value = round(_number(text, {}))
    if not 0 <= value <= 255:
        raise CommandError(-222, "Data out of range")
    return value


def _store(name: str, convert: Any) -> Handler:
    """Return the handler of a command that stores its converted argument."""

    def handler(unit: Dmm34401, arguments: str) -> None:
        setattr(unit, name, convert(arguments))

    return handler


def _tell(name: str, show: Any) -> Handler:
    """Return the handler of a query that shows what is stored."""

    def handler(unit: Dmm34401, _: str) -> str:
        return str(show(getattr(unit, name)))

    return handler


def _nothing(_unit: Dmm34401, _: str) -> None:
    return None


_SCIENTIFIC = "{:+.8E}".format
_FLAG = "{:d}".format

Dmm34401.commands = table(
    {
        "*IDN?": _tell("identity", str),
        "*RST": Dmm34401.reset,
        "*CLS": Dmm34401.clear_status,
        "*OPC?": lambda _unit, _: "1",
        "*OPC": Dmm34401.complete,
        "*WAI": _nothing,
        "*TST?": lambda _unit, _: "+0",
        "*TRG": Dmm34401.trigger,
        "*ESR?": Dmm34401.read_event_status,
        "*ESE": _store("event_enable", _mask),
        "*ESE?": _tell("event_enable", str),
        "*SRE": _store("service_enable", _mask),
        "*SRE?": _tell("service_enable", str),
        "*STB?": Dmm34401.status_byte,
        "SYSTem:ERRor[:NEXT]?": Dmm34401.read_error,
        "SYSTem:VERSion?": lambda _unit, _: "1991.0",
        "SYSTem:REMote": _nothing,
        "SYSTem:LOCal": _nothing,
        "SYSTem:RWLock": _nothing,
        "SYSTem:BEEPer[:IMMediate]": _nothing,
        "CONFigure:VOLTage[:DC]": Dmm34401.configure,
        "CONFigure?": Dmm34401.read_configuration,
        "MEASure:VOLTage[:DC]?": Dmm34401.measure,
        "[SENSe:]FUNCtion": Dmm34401.set_function,
        "[SENSe:]FUNCtion?": lambda _unit, _: '"VOLT"',
        "[SENSe:]VOLTage[:DC]:RANGe[:UPPer]": Dmm34401.set_range,
        "[SENSe:]VOLTage[:DC]:RANGe[:UPPer]?": _tell("range_V", _SCIENTIFIC),
        "[SENSe:]VOLTage[:DC]:RANGe:AUTO": _store("autorange", _on),
        "[SENSe:]VOLTage[:DC]:RANGe:AUTO?": _tell("autorange", _FLAG),
        "[SENSe:]VOLTage[:DC]:RESolution": Dmm34401.set_resolution,
        "[SENSe:]VOLTage[:DC]:RESolution?": lambda unit, _: _SCIENTIFIC(unit.range_V * RESOLUTION[unit.nplc]),
        "[SENSe:]VOLTage[:DC]:NPLCycles": Dmm34401.set_nplc,
        "[SENSe:]VOLTage[:DC]:NPLCycles?": _tell("nplc", _SCIENTIFIC),
        "[SENSe:]ZERO:AUTO": Dmm34401.set_autozero,
        "[SENSe:]ZERO:AUTO?": _tell("autozero", _FLAG),
        "INPut:IMPedance:AUTO": _store("high_impedance", _on),
        "INPut:IMPedance:AUTO?": _tell("high_impedance", _FLAG),
        "SAMPle:COUNt": _store("samples", _count),
        "SAMPle:COUNt?": _tell("samples", "{:+d}".format),
        "TRIGger:COUNt": _store("triggers", _count),
        "TRIGger:COUNt?": _tell("triggers", _SCIENTIFIC),
        "TRIGger:SOURce": Dmm34401.set_trigger_source,
        "TRIGger:SOURce?": _tell("trigger_source", str),
        "INITiate[:IMMediate]": Dmm34401.initiate,
        "FETCh?": Dmm34401.fetch,
        "READ?": Dmm34401.read,
    }
)
