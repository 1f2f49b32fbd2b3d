"""What the simulated calibrators of Fluke share: programming an output, operating, errors, instrument status.

Commands as in the 5500A Operator Manual, chapters 5 and 6. Sourced codes of errors: 0, 1, 539, 1300; all others, the
voltage at which a change drops to standby, and that a change of the quantity does, are the simulation's own.
"""

from typing import ClassVar

from calib.drivers.simulation.command_set import CommandError, CommandSet
from calib.drivers.simulation.fluke_status import DOWN, UP, ChangeRegisters
from calib.drivers.simulation.fluke_values import BAD_COUNT, Amount, Suffixes, amounts, whole_number
from calib.drivers.simulation.setup import Setup
from calib.drivers.simulation.source import ZERO, Output, Setpoint
from calib.drivers.simulation.truth_file import Function

NO_ERROR = "No Error"
EXPLAINED = {
    0: NO_ERROR,
    1: "Error queue overflow",
    519: "Entry is below minimum",
    520: "Entry is above maximum",
    521: "Entry exceeds limits",
    522: "Limit is out of range",
    523: "Present output exceeds the limit",
    525: "Frequency is outside the range",
    539: "Can't change compensation now",
    540: "Not simulated",
    1301: "Unknown command",
    1302: "Bad parameter count",
    1306: "Bad parameter value",
}
QUANTITIES = {
    "dc_voltage": "V",
    "ac_voltage": "V",
    "dc_current": "A",
    "ac_current": "A",
    "resistance": "OHM",
    "thermocouple": "V",
}
"""Unit by function."""
_ISCB = 4  # bit of the status byte: an enabled bit of the instrument status has changed (5522A manual, figure 5-8)


def refused(code: int) -> CommandError:
    """Return the error for what is not carried out."""
    return CommandError(code, EXPLAINED[code])


def programmed(setpoint: Setpoint) -> Amount:
    """Return an output as it was programmed."""
    if setpoint.temperature_C is not None:
        return Amount(setpoint.temperature_C, "CEL")
    return Amount(setpoint.value, QUANTITIES[setpoint.function])


class FlukeCalibrator(CommandSet):
    """A calibrator; a subclass gives its units, its status bits and the rest of its commands."""

    ends = b"\r\n"
    """On a serial line a command may end with either."""
    undefined = (1301, EXPLAINED[1301])
    overflow = (1, EXPLAINED[1])
    error_queue_bit = 8
    suffixes: ClassVar[Suffixes]
    high_V: ClassVar[float]
    """From here on it does not go up while operating: it drops to standby, and OPER must follow."""

    def __init__(self, identity: str, output: Output, setup: Setup) -> None:
        super().__init__()
        self.identity = identity
        self.output = output
        self.laws = setup.laws
        self.clock = setup.clock
        self.limits: dict[str, tuple[float, float]] = {}
        """Highest and lowest output by unit, as the user has set it; kept through reset and power cut."""
        self.changes = ChangeRegisters()

    def handle(self, message: bytes) -> bytes | None:
        """Carry out a message; changes of the instrument status before and by it are noted."""
        with self._lock:
            self.note_changes()
            answer = super().handle(message)
            if b";" in message or not message.endswith(b"?\n"):  # a question alone changes nothing
                self.note_changes()
            return answer

    def status_bit(self, code: int) -> int:
        """Return the bit of `*ESR?`: command error for 1300 and following, device error for 1, else execution error."""
        return 32 if code >= 1300 else 8 if code == 1 else 16

    def talk(self) -> bytes | None:
        """Set the query error bit: there is nothing to say."""
        self.event_status |= 4
        return None

    def interrupted(self) -> None:
        """Set the query error bit: an answer was dropped."""
        self.event_status |= 4

    def own_status_bits(self) -> int:
        """Return ISCB where an enabled bit of the instrument status has changed."""
        self.note_changes()
        return _ISCB if self.changes.count else 0

    def clear_status(self, _: str = "") -> None:
        """`*CLS`."""
        self.note_changes()
        super().clear_status()
        self.changes.read(UP, DOWN)

    def reset(self, _: str = "") -> None:
        """`*RST`, and power-on: 0 V in standby. The limits stay: they are in a lasting memory."""
        self.output.change(operating=False, setpoint=ZERO)

    def operate(self, _: str) -> None:
        """`OPER`."""
        self._put(operating=True)

    def standby(self, _: str) -> None:
        """`STBY`."""
        self._put(operating=False)

    def set_output(self, arguments: str) -> None:
        """`OUT 10 V, 60 HZ`: in standby it energises nothing; a frequency or an amplitude alone keeps the other."""
        given = amounts(arguments, self.suffixes)
        units = [amount.unit for amount in given]
        if units.count("HZ") > 1 or len(units) > 3:
            raise CommandError(*BAD_COUNT)
        if len(units) > 1 and (units[1] != "HZ" or len(units) > 2):  # two outputs at once
            raise refused(540)
        amplitude, hertz = self._present_or(given)
        setpoint, full_scale = self.setpoint_of(amplitude, hertz)
        high, low = self.limit_of(amplitude.unit)
        if not low <= setpoint.value <= high:
            raise refused(521)
        now = self.output.now
        same = programmed(now.setpoint).unit == amplitude.unit
        upwards = amplitude.unit == "V" and abs(setpoint.value) >= self.high_V > abs(now.setpoint_V)
        operating = now.operating and same and not upwards
        self.output.change(operating=operating, setpoint=setpoint, range_=full_scale)
        self.changed_output(same=same)

    def setpoint_of(self, amplitude: Amount, hertz: float) -> tuple[Setpoint, float]:
        """Return what an amplitude and a frequency program, and in which range; what the unit has not is an error."""
        setpoint = Setpoint(_function(amplitude.unit, hertz), amplitude.value, hertz)
        ranges = self.laws.ranges(setpoint.function)
        if not ranges or (setpoint.function == "resistance" and hertz):
            raise refused(540)
        if setpoint.value < 0 and setpoint.function not in {"dc_voltage", "dc_current"}:
            raise refused(519)
        full_scale = self.full_scale(setpoint.function, setpoint.value)
        if hertz and self.laws.limit(setpoint.function, setpoint.value, full_scale, hertz) is None:
            raise refused(525)
        return setpoint, full_scale

    def full_scale(self, function: Function, value: float) -> float:
        """Return the range that is taken for a value: the lowest that holds it."""
        for upper in self.laws.ranges(function):
            if abs(value) <= upper * (1 + 1e-9):
                return upper
        raise refused(520)

    def changed_output(self, *, same: bool) -> None:
        """Take note that another output is programmed, of the `same` quantity or of another."""

    def limit_of(self, unit: str) -> tuple[float, float]:
        """Return the highest and the lowest output of a unit."""
        if unit in {"OHM", "CEL"}:
            return float("inf"), 0.0 if unit == "OHM" else -float("inf")
        return self.limits.get(unit, (self.widest(unit), -self.widest(unit)))

    def widest(self, unit: str) -> float:
        """Return the limit that is there before any is set."""
        functions: tuple[Function, ...] = ("dc_voltage",) if unit == "V" else ("dc_current", "ac_current")
        return max((r for f in functions for r in self.laws.ranges(f)), default=0.0)

    def set_limit(self, arguments: str) -> None:
        """`LIMIT 15 V, -15 V`: highest and lowest output of a quantity; must hold zero and the present setpoint."""
        given = amounts(arguments, self.suffixes)
        if len(given) != 2:
            raise CommandError(*BAD_COUNT)
        high, low = given
        widest = self.widest(high.unit) if high.unit in {"V", "A"} else 0.0
        if high.unit != low.unit or not (0 <= high.value <= widest and -widest <= low.value <= 0):
            raise refused(522)
        now = self.output.now.setpoint
        if QUANTITIES[now.function] == high.unit and not low.value <= now.value <= high.value:
            raise refused(523)
        self.limits[high.unit] = high.value, low.value

    def read_limit(self, _: str) -> str:
        """`LIMIT?`: highest and lowest voltage, highest and lowest current."""
        return ",".join(f"{value:.4f}" for unit in ("V", "A") for value in self.limit_of(unit))

    def read_error(self, _: str) -> str:
        """`ERR?`: takes the oldest error out of the queue."""
        code, text = self.errors.popleft() if self.errors else (0, NO_ERROR)
        return f'{code},"{text}"'

    def read_fault(self, _: str) -> str:
        """`FAULT?`: the code alone."""
        return self.read_error("").partition(",")[0]

    def explain(self, arguments: str) -> str:
        """`EXPLAIN? 539`: what a code means."""
        return f'"{EXPLAINED.get(whole_number(arguments, 65535), "Unknown error")}"'

    def instrument_status(self) -> int:
        """Return `ISR?`."""
        return self.output.now.operating | self.output.settled() << 12

    def note_changes(self) -> None:
        """Keep which bits of the instrument status have changed since it was looked at."""
        self.changes.note(self.instrument_status())

    def wait(self, _: str = "") -> None:
        """`*WAI`: `OUT` and `OPER` are complete once the output has settled."""
        self.output.wait_until_settled()

    def when_complete(self, _: str) -> str:
        """`*OPC?`: answers once the output has settled."""
        self.output.wait_until_settled()
        return "1"

    def _put(self, *, operating: bool) -> None:
        now = self.output.now
        self.output.change(operating=operating, setpoint=now.setpoint, range_=now.range)

    def _present_or(self, given: list[Amount]) -> tuple[Amount, float]:
        """Return amplitude and frequency; what is not given stays, the frequency within the same quantity only."""
        now = self.output.now.setpoint
        present = programmed(now)
        if given[0].unit == "HZ":
            return present, given[0].value
        if len(given) == 2:
            return given[0], given[1].value
        return given[0], now.frequency_Hz if given[0].unit == present.unit else 0.0


def _function(unit: str, hertz: float) -> Function:
    if hertz < 0:
        raise refused(519)
    match unit:
        case "V":
            return "ac_voltage" if hertz else "dc_voltage"
        case "A":
            return "ac_current" if hertz else "dc_current"
        case _:
            return "resistance"
