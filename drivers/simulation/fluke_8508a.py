"""The Fluke 8508A: IEEE 488.2 messages with verbs of its own, not SCPI (8508A Users Manual, chapter 4).

Commands as the public drivers send them (testgear, teckit). An overload is answered as 200.0E+33. The integration times
by resolution and FAST are those of a public driver, unverified against the manual; codes of errors, noise, test
currents and burdens are the simulation's own.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from calib.drivers.simulation.command_set import CommandError, CommandSet, Handler, table
from calib.drivers.simulation.common_commands import COMMON
from calib.drivers.simulation.meter import How, Meter
from calib.drivers.simulation.meter_input import Wires
from calib.drivers.simulation.terminals import UNCONNECTED, Terminals

OVERLOAD = "+200.0000E+33"
SYNTAX, BAD_VALUE, NOT_NOW = 1301, 1002, 1003
PLC: Mapping[int, tuple[float, float]] = {5: (0.165, 1.0), 6: (1.0, 16.0), 7: (64.0, 256.0), 8: (256.0, 1024.0)}
"""Integration in power-line cycles by digits of resolution: (fast, normal)."""
V = (0.2, 2.0, 20.0, 200.0, 1000.0)
A = (2e-4, 2e-3, 2e-2, 0.2, 2.0, 20.0)
OHM = (2.0, 20.0, 200.0, 2e3, 2e4, 2e5, 2e6, 2e7, 2e8, 2e9)
TESTS_A = {20.0: 1e-1, 200.0: 1e-2, 2e3: 1e-2, 2e4: 1e-3, 2e5: 1e-4, 2e6: 1e-5, 2e7: 1e-6, 2e8: 1e-7, 2e10: 1e-8}
BURDENS_OHM = {2e-4: 1e3, 2e-3: 1e2, 2e-2: 1e1, 0.2: 1.0, 2.0: 0.1, 20.0: 0.01}
_DC = ("FILT_ON", "FILT_OFF", "FAST_ON", "FAST_OFF")
_AC = ("FILT100HZ", "FILT40HZ", "FILT10HZ", "FILT1HZ", "ACCP", "DCCP")
_WIRES = ("TWO_WR", "FOUR_WR")
_LOW = ("LOI_ON", "LOI_OFF")


@dataclass(frozen=True)
class Verb:
    """A function and the words that it takes."""

    physics: str
    ranges: tuple[float, ...]
    highest: float
    digits: tuple[int, ...]
    words: tuple[str, ...]
    wires: Wires = 2


VERBS: Mapping[str, Verb] = {
    "DCV": Verb("dc_voltage", V, 1050.0, (5, 6, 7, 8), (*_DC, *_WIRES)),
    "ACV": Verb("ac_voltage", V, 1050.0, (5, 6), (*_AC, *_WIRES, "TFER_ON", "TFER_OFF", "SPOT_ON", "SPOT_OFF")),
    "DCI": Verb("dc_current", A, 20.0, (5, 6, 7), _DC),
    "ACI": Verb("ac_current", A, 20.0, (5, 6), _AC),
    "OHMS": Verb("resistance", OHM, 2e9, (5, 6, 7, 8), (*_DC, *_WIRES, *_LOW)),
    "TRUE_OHMS": Verb("resistance", OHM[:5], 2e4, (5, 6, 7, 8), (*_DC, *_WIRES, *_LOW), wires=4),
    "HIV_OHMS": Verb("resistance", (*OHM[7:], 2e10), 2e10, (5, 6, 7, 8), (*_DC, *_WIRES, *_LOW)),
}


class RearInput:
    """The rear terminals."""

    def __init__(self) -> None:
        self.terminals: Terminals = UNCONNECTED


class Fluke8508A(CommandSet):
    """An 8508A with rear terminals (8508A/01)."""

    undefined = (SYNTAX, "Unknown command")
    overflow = (1, "Queue overflow")
    interrupted_query = (-410, "Query INTERRUPTED")
    error_queue_bit = 0

    def __init__(self, identity: str, meter: Meter) -> None:
        super().__init__()
        self.identity = identity
        self.meter = meter
        self.rear = RearInput()
        self.line_Hz = 50
        self.reset()

    def status_bit(self, code: int) -> int:
        """Return the bit of `*ESR?`: command error, query error, or execution error."""
        return 32 if code == SYNTAX else 4 if code < 0 else 16

    def reset(self, _: str = "") -> None:
        """`*RST`: direct voltage, 1 kV range, front terminals, triggering by itself."""
        self.verb, self.range, self.autorange = "DCV", 1000.0, False
        self.words = {verb: {_family(w): w for w in reversed(model.words)} for verb, model in VERBS.items()}
        for words in self.words.values():
            words.update({k: v for k, v in _FIRST.items() if k in words})
        self.digits = {verb: min(6, model.digits[-1]) for verb, model in VERBS.items()}
        self.input, self.guard, self.source = "FRONT", "INT", "INT"
        self.delay_s: float | None = None
        self.average = "OFF"
        self.constants = {"M": 1.0, "C": 0.0, "Z": 1.0}
        self.math = {"MUL_M": False, "SUB_C": False, "DIV_Z": False}
        self.forget()
        self.largest, self.least = -math.inf, math.inf

    def select(self, verb: str, arguments: str) -> None:
        """`DCV 20,FILT_ON,RESL8,FAST_OFF,FOUR_WR`: range and words in any number, all checked before one is taken."""
        model = VERBS[verb]
        range_, autorange, digits = self._range_before(verb)
        words = dict(self.words[verb])
        for part in filter(None, (p.strip().upper() for p in arguments.split(","))):
            if part == "AUTO":
                autorange = True
            elif part in model.words:
                words[_family(part)] = part
            elif part.startswith("RESL") and part[4:].isdigit() and int(part[4:]) in model.digits:
                digits = int(part[4:])
            else:
                range_, autorange = _range_for(model, part), False
        self.verb, self.range, self.autorange = verb, range_, autorange
        self.digits[verb], self.words[verb] = digits, words
        self.forget()

    def forget(self) -> None:
        """Have no reading: what was measured before was measured in another way."""
        self._reading: str | None = None
        self._window: list[float] = []

    def _range_before(self, verb: str) -> tuple[float, bool, int]:
        same = verb == self.verb
        return (self.range if same else VERBS[verb].ranges[-1], self.autorange if same else True, self.digits[verb])

    def trigger_reading(self, _: str = "") -> None:
        """`*TRG`: only where triggers come from outside."""
        if self.source != "EXT":
            raise CommandError(NOT_NOW, "Trigger source is internal")
        self._take()

    def read(self, _: str = "") -> str:
        """`RDG?`: the reading of the last trigger; with internal triggers the next one."""
        if self.source == "INT":
            self._take()
        if self._reading is None:
            raise CommandError(NOT_NOW, "No reading")
        return self._reading

    def trigger_and_read(self, _: str = "") -> str:
        """`X?`: `*TRG;RDG?`."""
        self._take()
        return self.read() if self.source == "EXT" else str(self._reading)

    def how(self, range_: float) -> How:
        """Return how a reading in a range is taken."""
        model, words = VERBS[self.verb], self.words[self.verb]
        fast, normal = PLC[self.digits[self.verb]]
        plc = fast if words.get("FAST") == "FAST_ON" else normal
        alternating = model.physics.startswith("ac_")
        filter_Hz = float(words["FILT"].removeprefix("FILT").removesuffix("HZ")) if alternating else 20.0
        integration_s = 4 / filter_Hz if alternating else plc / self.line_Hz
        settling_s = 2.0 if words.get("FILT") == "FILT_ON" else 0.0
        transfer_s = 4.0 if words.get("TFER") == "TFER_ON" and self.verb == "ACV" else 0.0
        true = self.verb == "TRUE_OHMS"
        return How(
            function=model.physics,
            range=range_,
            limit=model.highest if range_ == model.ranges[-1] else range_ * 0.999_999_995,
            digit=range_ / 2 / 10 ** self.digits[self.verb] if range_ != 1000 else 10 ** (3 - self.digits[self.verb]),
            duration_s=integration_s * (2 if true else 1) + settling_s + transfer_s + (self.delay_s or 0.0),
            integration_s=integration_s,
            input_ohm=_input_ohm(model, range_),
            burden_ohm=_of(BURDENS_OHM, range_),
            test_A=_of(TESTS_A, range_),
            wires=4 if true or words.get("WR") == "FOUR_WR" else 2,
            offset_compensated=true,
            filter_Hz=filter_Hz,
        )

    def _take(self) -> None:
        """Take a reading through what is selected: front, rear, or both one after the other."""
        if self.input in {"SUB_REAR", "DIV_REAR", "DEVTN"}:
            value = self._of_both(self._one(), self._one(rear=True))
        else:
            value = self._one(rear=self.input == "REAR")
        if value is None:
            self._reading = OVERLOAD
            return
        self._window = [*self._window, value][-int(self.average.removeprefix("AV").replace("OFF", "1") or 1) :]
        value = math.fsum(self._window) / len(self._window)  # a rolling average over AV4 to AV64
        if self.math["MUL_M"]:
            value *= self.constants["M"]
        if self.math["SUB_C"]:
            value -= self.constants["C"]
        if self.math["DIV_Z"]:
            value /= self.constants["Z"]
        self.largest, self.least = max(self.largest, value), min(self.least, value)
        self._reading = f"{value:+.8E}"

    def _of_both(self, front: float | None, rear: float | None) -> float | None:
        if front is None or rear is None or (rear == 0 and self.input != "SUB_REAR"):
            return None
        return {"SUB_REAR": lambda: front - rear, "DIV_REAR": lambda: front / rear}.get(
            self.input, lambda: (front - rear) / rear
        )()

    def _one(self, *, rear: bool = False) -> float | None:
        joined = self.meter.terminals
        self.meter.terminals = self.rear.terminals if rear else UNCONNECTED if self.input == "OFF" else joined
        try:
            if self.autorange:
                self.range = self.meter.autorange(self.how(r) for r in VERBS[self.verb].ranges).range
            return self.meter.read(self.how(self.range))
        finally:
            self.meter.terminals = joined

    def signal_frequency(self, _: str) -> str:
        """`FREQ?`: of the signal in the AC functions."""
        if not VERBS[self.verb].physics.startswith("ac_"):
            raise CommandError(NOT_NOW, "No AC function")
        how = replace(self.how(self.range), function="frequency", limit=math.inf, digit=1e-3, duration_s=1.0)
        return f"{self.meter.read(how) or 0.0:+.6E}"

    def execution_error(self, _: str) -> str:
        """`EXQ?`: the newest execution error, taken out of its queue; 0 when there is none."""
        return self._newest(device=False)

    def device_error(self, _: str) -> str:
        """`DDQ?`: the newest device-dependent error, taken out of its queue; 0 when there is none."""
        return self._newest(device=True)

    def _newest(self, *, device: bool) -> str:
        for index in range(len(self.errors) - 1, -1, -1):
            code = self.errors[index][0]
            if code != SYNTAX and code >= 0 and (code >= 2000) == device:
                del self.errors[index]
                return str(code)
        return "0"


_FIRST = {"FILT": "FILT_OFF", "FAST": "FAST_OFF", "WR": "TWO_WR", "LOI": "LOI_OFF", "TFER": "TFER_ON",
          "SPOT": "SPOT_OFF", "CP": "ACCP"}  # fmt: skip


def _family(word: str) -> str:
    """Return what a word is a choice of: FILT of FILT_ON and FILT40HZ, WR of TWO_WR, CP of ACCP."""
    if word.endswith("CP"):
        return "CP"
    if word.endswith("_WR"):
        return "WR"
    return "FILT" if word.startswith("FILT") else word.rpartition("_")[0]


def _range_for(model: Verb, text: str) -> float:
    value = abs(_number(text))
    for range_ in model.ranges:
        if value <= range_ * (1 + 1e-9):
            return range_
    raise CommandError(BAD_VALUE, "Range is too high")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise CommandError(SYNTAX, "Bad number or word") from None


def _of(values: Mapping[float, float], range_: float) -> float:
    return next((v for upper, v in sorted(values.items()) if range_ <= upper * (1 + 1e-9)), 1.0)


def _input_ohm(model: Verb, range_: float) -> float:
    if model.physics == "resistance":
        return math.inf
    if model.physics == "dc_voltage":
        return 1e10 if range_ <= 20 else 1e7
    return 1e6


def _choose(name: str, words: tuple[str, ...]) -> Handler:
    def handler(unit: Fluke8508A, arguments: str) -> None:
        word = arguments.strip().upper()
        if word not in words:
            raise CommandError(SYNTAX, "Bad word")
        setattr(unit, name, word)
        unit.forget()

    return handler


def _delay(unit: Fluke8508A, arguments: str) -> None:
    if arguments.strip().upper() == "DFLT":
        unit.delay_s = None
        return
    seconds = _number(arguments)
    if not 0 <= seconds <= 65_000:
        raise CommandError(BAD_VALUE, "Delay is out of range")
    unit.delay_s = seconds


def _constant(name: str) -> Handler:
    def handler(unit: Fluke8508A, arguments: str) -> None:
        value = _number(arguments)
        if name == "Z" and value == 0:
            raise CommandError(BAD_VALUE, "Divisor is zero")
        unit.constants[name] = value

    return handler


def _constant_told(name: str) -> Handler:
    return lambda unit, _: f"{unit.constants[name]:+.8E}"


def _extreme(value: float) -> str:
    return f"{value:+.8E}" if math.isfinite(value) else OVERLOAD


def _math(name: str) -> Handler:
    def handler(unit: Fluke8508A, arguments: str) -> None:
        word = arguments.strip().upper()
        if word not in {"ON", "OFF"}:
            raise CommandError(SYNTAX, "Bad word")
        unit.math[name] = word == "ON"

    return handler


def _line(unit: Fluke8508A, arguments: str) -> None:
    if arguments.strip() not in {"50", "60"}:
        raise CommandError(BAD_VALUE, "Line frequency is 50 or 60")
    unit.line_Hz = int(arguments)


def _verb(verb: str) -> Handler:
    return lambda unit, arguments: unit.select(verb, arguments)


def _clear_extremes(unit: Fluke8508A, _: str) -> None:
    unit.largest, unit.least = -math.inf, math.inf


Fluke8508A.commands = table(
    {
        **COMMON,
        **{verb: _verb(verb) for verb in VERBS},
        "*OPT?": lambda _unit, _: "8508A/01,0",
        "*TRG": Fluke8508A.trigger_reading,
        "RDG?": Fluke8508A.read,
        "X?": Fluke8508A.trigger_and_read,
        "TRG_SRCE": _choose("source", ("INT", "EXT")),
        "INPUT": _choose("input", ("FRONT", "REAR", "OFF", "SUB_REAR", "DIV_REAR", "DEVTN")),
        "GUARD": _choose("guard", ("INT", "EXT", "LCL", "REM")),
        "DELAY": _delay,
        "AVG": _choose("average", ("OFF", "AV4", "AV8", "AV16", "AV32", "AV64")),
        "LINEF": _line,
        "LINEF?": lambda unit, _: str(unit.line_Hz),
        "FREQ?": Fluke8508A.signal_frequency,
        "EXQ?": Fluke8508A.execution_error,
        "DDQ?": Fluke8508A.device_error,
        "MAX?": lambda unit, _: _extreme(unit.largest),
        "MIN?": lambda unit, _: _extreme(unit.least),
        "CLR": _clear_extremes,
        **{name: _constant(name) for name in "MCZ"},
        **{f"{name}?": _constant_told(name) for name in "MCZ"},
        **{name: _math(name) for name in ("MUL_M", "SUB_C", "DIV_Z")},
        "ZERO?": lambda _unit, _: "0",
    }
)
