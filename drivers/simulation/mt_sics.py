"""Balances that speak MT-SICS, levels 0 and 1, on a simulated pan.

Answers as in the AL-IC operating instructions, page 72, and as public drivers read them (`I2 A "XS204 Excellence
220.0090 g"`, `Z A`, `ZI S`, `T S      10.00 g`, `TA A …`). Assumed, for want of a source: how often `SIR` repeats,
and that `S`, `SI`, `SR` and `@` end it; how long an adjustment takes.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from calib.drivers.simulation.balance_errors import BalanceFile
from calib.drivers.simulation.kinds import InstrumentKind, Twin
from calib.drivers.simulation.setup import Setup
from calib.drivers.simulation.weighing import Weighing
from calib.drivers.simulation.weighing_device import WeighingDevice

ADJUSTMENT_S = 20.0
CHANGE = 0.125
"""Part of the last stable weight that is a change for `SR`, 30 digits at least (JS operating instructions, page 30)."""
CHANGE_DIGITS = 30
LEVELS = dict.fromkeys(("SR", "T", "TI", "TA", "TAC", "D", "DW"), 1) | {"C3": 2}
"""Of the commands beyond level 0 (T104 indicators, appendix B)."""


class MtSicsFile(BalanceFile):
    """A Mettler-Toledo balance, or a weigh module."""

    model: str = "SIM200"
    repeating: Literal["", "SIR"] = ""
    """What another program has left it doing."""
    repeat_s: Annotated[float, Field(gt=0)] = 0.2


class MtSics(WeighingDevice):
    """A balance behind MT-SICS."""

    def __init__(self, file: MtSicsFile, weighing: Weighing) -> None:
        super().__init__(weighing, file.unit)
        self._file = file
        self.every_s = file.repeat_s
        self._last = 0
        self._shows = ""
        if file.repeating:
            self.repeating = self._immediate_line

    def handle(self, message: bytes) -> bytes | None:
        """Carry out one line."""
        with self._lock:
            line = message.strip(b"\r\n")
            if not line:
                return None
            return (self._answer(line) + "\r\n").encode("ascii")

    def _answer(self, line: bytes) -> str:
        if self.errors:
            self.errors.clear()
            return "EL"
        if not line.isascii():
            return "ET"
        name, _, arguments = line.decode("ascii").partition(" ")
        verb = self.verbs.get(name)
        if verb is None:
            return "ES"
        if name in {"S", "SI", "SR", "SIR", "@"}:
            self.repeating = None
        return verb(self, arguments.strip())

    def _weight(self, name: str, status: str, digits: int) -> str:
        return f"{name} {status} {self.number(digits):>10} {self.unit}"

    def _stable(self, name: str) -> str:
        """Return a stable weight, or why there is none."""
        stable = self.weighing.wait_stable()
        if beyond := self.weighing.beyond():
            return f"{name} {beyond}"
        return self._weight(name, "S", self.weighing.digits()) if stable else f"{name} I"

    def _immediate(self) -> str:
        if beyond := self.weighing.beyond():
            return f"S {beyond}"
        return self._weight("S", "S" if self.weighing.is_stable() else "D", self.weighing.digits())

    def _immediate_line(self) -> str:
        return self._immediate() + "\r\n"

    def _repeat(self, _: str) -> str:
        self.repeating = self._immediate_line
        self.talk_on()
        return self._immediate()

    def _repeat_changes(self, _: str) -> str:
        first = self._stable("S")
        self._last = self.weighing.digits()
        self.repeating = self._changed_line
        self.talk_on()
        return first

    def _changed_line(self) -> str:
        """Return the stable weight where it has changed; nothing else."""
        now = self.weighing.digits()
        if abs(now - self._last) < max(CHANGE * abs(self._last), CHANGE_DIGITS) or not self.weighing.is_stable():
            return ""
        self._last = now
        return self._weight("S", "S", now) + "\r\n"

    def _zero(self, _: str) -> str:
        if not self.weighing.wait_stable():
            return "Z I"
        return f"Z {self.weighing.zero() or 'A'}"

    def _zero_now(self, _: str) -> str:
        stable = "S" if self.weighing.is_stable() else "D"
        return f"ZI {self.weighing.zero() or stable}"

    def _tare(self, _: str) -> str:
        if not self.weighing.wait_stable():
            return "T I"
        return self._tared("T", "S")

    def _tare_now(self, _: str) -> str:
        return self._tared("TI", "S" if self.weighing.is_stable() else "D")

    def _tared(self, name: str, status: str) -> str:
        beyond = self.weighing.tare()
        return f"{name} {beyond}" if beyond else self._weight(name, status, self.weighing.tare_digits)

    def _clear_tare(self, _: str) -> str:
        self.weighing.clear_tare()
        return "TAC A"

    def _cancel(self, _: str) -> str:
        self.weighing.clear_tare()
        return self._text("I4", self._file.serial_number)

    def _adjust(self, _: str) -> str:
        self.weighing.clock.sleep(ADJUSTMENT_S)
        self.weighing.adjust()
        return "C3 A"

    def _display(self, arguments: str) -> str:
        if len(arguments) < 2 or arguments[0] != '"' or arguments[-1] != '"':
            return "D L"
        self._shows = arguments[1:-1]
        return "D A"

    def _display_weight(self, _: str) -> str:
        self._shows = ""
        return "DW A"

    def _text(self, name: str, text: str) -> str:
        return f'{name} A "{text}"'

    def _about(self, _: str) -> str:
        capacity = self.number(round(self._file.capacity_kg / self._file.digit_kg))
        return self._text("I2", f"{self._file.model} Simulated {capacity} {self.unit}")

    def _commands(self, _: str) -> str:
        *rest, last = (f'{LEVELS.get(name, 0)} "{name}"' for name in self.verbs)
        return "\r\n".join([*(f"I0 B {each}" for each in rest), f"I0 A {last}"])

    verbs: ClassVar[Mapping[str, "Verb"]] = {
        "@": _cancel,
        "I0": _commands,
        "I1": lambda _unit, _: 'I1 A "01" "2.30" "2.20" "" ""',
        "I2": _about,
        "I3": lambda unit, _: unit._text("I3", "1.00 SIM"),  # noqa: SLF001
        "I4": lambda unit, _: unit._text("I4", unit._file.serial_number),  # noqa: SLF001
        "I5": lambda unit, _: unit._text("I5", "00000000A"),  # noqa: SLF001
        "S": lambda unit, _: unit._stable("S"),  # noqa: SLF001
        "SI": lambda unit, _: unit._immediate(),  # noqa: SLF001
        "SIR": _repeat,
        "SR": _repeat_changes,
        "Z": _zero,
        "ZI": _zero_now,
        "T": _tare,
        "TI": _tare_now,
        "TA": lambda unit, _: unit._weight("TA", "A", unit.weighing.tare_digits),  # noqa: SLF001
        "TAC": _clear_tare,
        "D": _display,
        "DW": _display_weight,
        "C3": _adjust,
    }


Verb = Callable[[MtSics, str], str]


def _make(file: MtSicsFile, setup: Setup) -> Twin:
    weighing = Weighing(file, setup.clock, setup.environment, setup.rng("truth"), setup.rng("noise"))
    return Twin(MtSics(file, weighing), pan=weighing)


METTLER_MT_SICS = InstrumentKind(_make, MtSicsFile, has_pan=True)
