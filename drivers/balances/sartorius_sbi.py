"""Sartorius balances by SBI (Cubis MSE operating instructions, page 71; LE2202S, page 51; Master series, page 5-5).

A command is ESC and a letter, and nearly none is answered; what is printed has 16 characters, or 22 with an
identification of 6 before them, each with CR LF at its end. A blank unit says that the balance is not stable.
Unverified against the manuals: 1200 Bd 7O1 as the setting on delivery, and how `x1_` and `x2_` lay out model and
serial number.

Printing has to be set to "on request" in its menu. One that prints by itself is noticed where it says more than it was
asked for; it cannot be silenced from here.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from calib.drivers.balances.indication import UNITS, digit_kg, kilograms
from calib.drivers.dialect import SBI
from calib.drivers.identity import Identity
from calib.drivers.instrument import Instrument
from calib.drivers.transport.base import Line
from calib.errors import DeviceError, InstrumentError, Overload

ESC = "\x1b"
PRINT, TARE, ZERO, MODEL, SERIAL = (ESC + command for command in ("P", "T", "V", "x1_", "x2_"))
ANSWER_S = 60.0
"""Machine time that a print may take, which may be set to wait until the balance is stable."""
PATIENCE_S = 60.0
"""Time on the bench's clock after which a balance that is not stable is told as such."""
RETRY_S = 0.5
ZERO_S, ZERO_LOOKS = 2.0, 10
ZERO_DIGITS = 5
"""What a balance may show that was just set to zero, in its last place."""
_PRINTED = re.compile(r"(?P<sign>[+\- ])(?P<number>[ \d.\[\]]{10})(?P<unit>.{3})")
_SHORT, _LONG = 14, 20
"""Characters of a printed line, its end aside."""
_IDENTIFICATIONS = {"", "N", "G", "G#", "Stat"}
"""Net, gross, status; others, such as the tare, are not what is on the display."""
_NAME = re.compile(r"[\w.+/-]+", re.ASCII)


@dataclass(frozen=True)
class _Shown:
    kg: Decimal
    digit_kg: Decimal


class SartoriusBalance(Instrument):
    """A balance that speaks SBI, whatever its model."""

    models = ()
    dialect = SBI
    line = Line(write_end="\r\n", read_end="\r\n", baud=1200, bits=7, parity="odd", probe=SERIAL)

    def ask_identity(self) -> Identity:
        """Return who it says it is."""
        return Identity("Sartorius", self._name(MODEL), self._name(SERIAL), "")

    def query(self, command: str, *, timeout_s: float | None = None) -> str:
        """Return what is printed after a command; silence is `NoReply`, for what it does not understand too."""
        return self.transport.query(command, timeout_s=timeout_s)

    def write(self, *commands: str) -> None:
        """Send commands; none is answered."""
        for command in commands:
            self.transport.write(command)

    def check(self) -> None:
        """Raise where it does not answer: it keeps no errors."""
        self._name(SERIAL)

    def zero(self) -> None:
        """Set the indication to zero; what it shows afterwards confirms it."""
        self._bring_to_zero(ZERO)

    def tare(self) -> None:
        """Take what is on the pan as tare; what it shows afterwards confirms it."""
        self._bring_to_zero(TARE)

    def read_mass_kg(self) -> float:
        """Take one stable indication in kilograms."""
        return float(self._stable().kg)

    def _bring_to_zero(self, command: str) -> None:
        self.write(command)
        for _ in range(ZERO_LOOKS):
            self.clock.sleep(ZERO_S)
            shown = self._stable()
            if abs(shown.kg) <= ZERO_DIGITS * shown.digit_kg:
                return
        msg = f"{self.who}: shows {shown.kg} kg after {command!r}; it does not go to zero: take all off the pan"
        raise InstrumentError(msg)

    def _stable(self) -> _Shown:
        """Print until the balance says that it is stable."""
        begun_s = self.clock.elapsed()
        while True:
            reply = self.query(PRINT, timeout_s=ANSWER_S)
            if (shown := self._shown(reply)) is not None:
                return shown
            if self.clock.elapsed() - begun_s >= PATIENCE_S:
                msg = (
                    f"{self.who}: printed {reply!r} after {PATIENCE_S:g} s: it is not stable; "
                    "look for draught, vibration, or something that touches the pan"
                )
                raise InstrumentError(msg)
            self.clock.sleep(RETRY_S)

    def _shown(self, reply: str) -> _Shown | None:
        """Return what a printed line says; None where it is not stable, or is being adjusted."""
        identification, line = (reply[:6].strip(), reply[6:]) if len(reply) == _LONG else ("", reply)
        expected = f"16 or 22 characters with a number and one of {UNITS}"
        if len(line) != _SHORT or identification not in _IDENTIFICATIONS:
            raise self.unreadable(PRINT, reply, expected)
        word = line.strip()
        if word in {"H", "High", "L", "Low"}:
            why = "too much is on the pan" if word.startswith("H") else "too little is on the pan, or it is missing"
            msg = f"{self.who}: printed {reply!r}: {why}"
            raise Overload(msg)
        if word.upper().startswith("ERR"):
            msg = f"{self.who}: printed {reply!r}: it reports an error; look it up in its manual"
            raise DeviceError(msg)
        if word == "C" or word.startswith("Cal"):
            return None
        match = _PRINTED.fullmatch(line)
        if match is None:
            raise self.unreadable(PRINT, reply, expected)
        unit = match["unit"].strip()
        if not unit:
            return None
        number = match["sign"].strip() + match["number"].strip().replace("[", "").replace("]", "")
        kg = kilograms(number, unit)
        if kg is None:
            raise self.unreadable(PRINT, reply, expected)
        return _Shown(kg, digit_kg(number, unit))

    def _name(self, command: str) -> str:
        """Return the model or the serial number, the last word of what is printed."""
        reply = self.query(command)
        words = reply.split()
        if _PRINTED.fullmatch(reply[-_SHORT:]):
            msg = f"{self.who}: asked {command!r}, sent {reply!r}: it prints by itself; set it to print on request"
            raise DeviceError(msg)
        if not words or not _NAME.fullmatch(words[-1]):
            raise self.unreadable(command, reply, "a model or a serial number")
        return words[-1]
