"""Balances that speak SBI, on a simulated pan (Cubis MSE operating instructions, page 71; LE2202S, page 51).

Assumed, for want of a source: how `x1_` to `x3_` lay out what they print, how often an automatic print comes, how long
an adjustment takes. CR LF, which a real one does not need, is what ends a command here.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from calib.drivers.simulation.balance_errors import BalanceFile
from calib.drivers.simulation.kinds import InstrumentKind, Twin
from calib.drivers.simulation.setup import Setup
from calib.drivers.simulation.weighing import Weighing
from calib.drivers.simulation.weighing_device import WeighingDevice

ESC = b"\x1b"
ADJUSTMENT_S = 20.0
STATUS = "Stat"


class SbiFile(BalanceFile):
    """A Sartorius balance."""

    model: str = "SIM200S"
    characters: Literal[16, 22] = 16
    """Of a printed line, its end included."""
    printing: Literal["request", "request-stable", "auto"] = "request"
    """When it prints: on request, at once or once it is stable; or by itself."""
    auto_s: Annotated[float, Field(gt=0)] = 0.2
    unverified_digits: Annotated[int, Field(ge=0, le=2)] = 0
    """Places that are not verified, printed in brackets."""


class SartoriusSbi(WeighingDevice):
    """A balance behind SBI."""

    def __init__(self, file: SbiFile, weighing: Weighing) -> None:
        super().__init__(weighing, file.unit)
        self._file = file
        self.every_s = file.auto_s
        self._begin()

    def handle(self, message: bytes) -> bytes | None:
        """Carry out one line; what is not understood is passed over in silence."""
        with self._lock:
            before, escape, command = message.strip(b"\r\n").rpartition(ESC)
            verb = self.verbs.get(command.decode("latin-1")) if escape and not before else None
            answer = None if verb is None else verb(self)
            return None if answer is None else answer.encode("ascii")

    def power_on(self) -> None:
        """Be as after switching on; the menu keeps how it prints."""
        super().power_on()
        self._begin()

    def _begin(self) -> None:
        self.repeating = self._printed if self._file.printing == "auto" else None

    def _printed(self) -> str:
        """Return the line of one print."""
        if self.errors:
            code, _ = self.errors.popleft()
            return self._line(STATUS, f"{f'Err {abs(code):03d}':^14}")
        beyond = self.weighing.beyond()
        if beyond:
            return self._line(STATUS, f"{'High' if beyond == '+' else 'Low':^14}")
        digits = self.weighing.digits()
        number, sign = self.number(abs(digits)), "-" if digits < 0 else "+"
        if doubtful := self._file.unverified_digits:
            number = f"{number[:-doubtful]}[{number[-doubtful:]}]"
        unit = self.unit if self.weighing.is_stable() else ""
        return self._line("N", f"{sign}{number if doubtful else number + ' ':>10}{unit:<3}")

    def _line(self, identification: str, text: str) -> str:
        return f"{identification:<6}{text}\r\n" if self._file.characters == 22 else f"{text}\r\n"

    def _print(self) -> str:
        if self._file.printing == "request-stable":
            self.weighing.wait_stable()
        return self._printed()

    def _name(self, identification: str, name: str) -> str:
        return self._line(identification, f"{name:>14}")

    def _zero(self) -> None:
        self.weighing.wait_stable()
        self.weighing.zero()

    def _tare(self) -> None:
        self.weighing.wait_stable()
        self.weighing.tare()

    def _adjust(self) -> None:
        self.weighing.clock.sleep(ADJUSTMENT_S)
        self.weighing.adjust()

    verbs: ClassVar[Mapping[str, "Verb"]] = {
        "P": _print,
        "T": _tare,
        "U": _tare,
        "V": _zero,
        "Z": _adjust,
        "S": lambda unit: unit.power_on(),
        "x1_": lambda unit: unit._name("Model", unit._file.model),  # noqa: SLF001
        "x2_": lambda unit: unit._name("SerNo.", unit._file.serial_number),  # noqa: SLF001
        "x3_": lambda unit: unit._name("Vers.", "00-01-01"),  # noqa: SLF001
        **dict.fromkeys("KLMNOQR", lambda unit: None),
    }


Verb = Callable[[SartoriusSbi], str | None]


def _make(file: SbiFile, setup: Setup) -> Twin:
    weighing = Weighing(file, setup.clock, setup.environment, setup.rng("truth"), setup.rng("noise"))
    return Twin(SartoriusSbi(file, weighing), pan=weighing)


SARTORIUS_SBI = InstrumentKind(_make, SbiFile, has_pan=True)
