"""What the 8508A does: functions, terminals, triggers, math (8508A Users Manual, chapter 4)."""

import math

from calib.drivers.simulation.command_set import CommandError, CommandSet
from calib.drivers.simulation.fluke_8508a_verbs import (
    BURDENS_OHM,
    FIRST_WORDS,
    NOT_NOW,
    OVERLOAD,
    PLC,
    SYNTAX,
    TESTS_A,
    VERBS,
    family,
    input_ohm,
    range_for,
)
from calib.drivers.simulation.meter import How, Meter
from calib.drivers.simulation.meter_input import by_range
from calib.drivers.simulation.terminals import UNCONNECTED, Terminals


class RearInput:
    """The rear terminals."""

    def __init__(self) -> None:
        self.terminals: Terminals = UNCONNECTED


class Meter8508A(CommandSet):
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
        self.words = {verb: {family(w): w for w in reversed(model.words)} for verb, model in VERBS.items()}
        for words in self.words.values():
            words.update({k: v for k, v in FIRST_WORDS.items() if k in words})
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
                words[family(part)] = part
            elif part.startswith("RESL") and part[4:].isdigit() and int(part[4:]) in model.digits:
                digits = int(part[4:])
            else:
                range_, autorange = range_for(model, part), False
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
            input_ohm=input_ohm(model, range_),
            burden_ohm=by_range(BURDENS_OHM, range_),
            test_A=by_range(TESTS_A, range_),
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
        how = self.how(self.range)._replace(function="frequency", limit=math.inf, digit=1e-3, duration_s=1.0)
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
