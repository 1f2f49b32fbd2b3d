"""Mettler-Toledo balances by MT-SICS, levels 0 and 1 (AL-IC operating instructions, page 72; AT balances, page 87).

Commands and answers are lines that end with CR LF. There is no error channel: what is wrong is said in place of the
answer. Unverified against a reference manual: 9600 Bd 8N1 as the setting on delivery; what `ET` and `EL` mean; that
`SI` ends a repetition (`SIR`) which another program has left on, as it is taken to do here on opening.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from calib.drivers.balances.indication import UNITS, kilograms
from calib.drivers.dialect import MT_SICS
from calib.drivers.identity import Identity
from calib.drivers.instrument import Instrument
from calib.drivers.transport.base import Line
from calib.errors import DeviceError, InstrumentError, Overload

ERRORS = {
    "ES": "it does not know the command",
    "ET": "it has not understood the bytes: look at baud rate, bits and parity of the line",
    "EL": "it cannot carry out the command",
}
ANSWER_S = 60.0
"""Machine time that `S`, `Z` and `T` may take: they wait until the balance is stable, or give up by themselves."""
PATIENCE_S = 60.0
"""Time on the bench's clock after which a balance that is not stable is told as such."""
RETRY_S = 0.5
_WEIGHT = re.compile(r"([ST]) ([SD]) +(\S+) (\S+)")
_SHORTEST = len("S S 0000000.00")
"""An indication has ten characters, filled up with spaces: one that lost a digit on the way is shorter."""
Found = TypeVar("Found")
_TEXT = re.compile(r'I\d+ A "([^"]*)"')


class MtSicsBalance(Instrument):
    """A balance that speaks MT-SICS, whatever its model."""

    models = ()
    dialect = MT_SICS
    line = Line(write_end="\r\n", read_end="\r\n", baud=9600, hush="SI", probe="I4")

    def ask_identity(self) -> Identity:
        """Return who it says it is: model by the first word of `I2`, serial number by `I4`, firmware by `I3`."""
        model = self._about("I2").split()
        if not model:
            raise self.unreadable("I2", "", "the model")
        return Identity("Mettler-Toledo", model[0], self._about("I4").strip() or None, self._about("I3").strip())

    def query(self, command: str, *, timeout_s: float | None = None) -> str:
        """Return the answer to a command.

        Raises
        ------
        DeviceError
            It does not take the command.
        """
        reply = self.transport.query(command, timeout_s=timeout_s)
        if reply in ERRORS:
            msg = f"{self.who}: {command!r} was answered with {reply}: {ERRORS[reply]}"
            raise DeviceError(msg)
        if reply == f"{command.partition(' ')[0]} L":
            msg = f"{self.who}: {command!r} was answered with {reply}: a parameter is not allowed"
            raise DeviceError(msg)
        return reply

    def write(self, *commands: str) -> None:
        """Carry out commands, each of which is answered."""
        for command in commands:
            self.query(command)

    def check(self) -> None:
        """Raise where it does not answer: it keeps no errors."""
        self._about("I4")

    def zero(self) -> None:
        """Set the indication to zero, once it is stable."""
        self._patiently("Z", lambda reply: True if reply == "Z A" else None)

    def tare(self) -> None:
        """Take what is on the pan as tare, once it is stable."""
        self._patiently("T", self._weighed)

    def read_mass_kg(self) -> float:
        """Take one stable indication in kilograms."""
        return float(self._patiently("S", self._weighed))

    def _about(self, command: str) -> str:
        reply = self.query(command)
        match = _TEXT.fullmatch(reply)
        if match is None or not reply.startswith(command + " "):
            raise self.unreadable(command, reply, f'{command} A "…"')
        return match[1]

    def _weighed(self, reply: str) -> Decimal | None:
        """Return the kilograms of an answer with a weight; None where it is none."""
        match = _WEIGHT.fullmatch(reply)
        if match is None or len(reply) - len(match[4]) - 1 < _SHORTEST or match[2] != "S":
            return None
        return kilograms(match[3], match[4])

    def _patiently(self, command: str, read: Callable[[str], Found | None]) -> Found:
        """Ask until the balance is ready and stable; return what `read` makes of its answer."""
        begun_s = self.clock.elapsed()
        while True:
            reply = self.query(command, timeout_s=ANSWER_S)
            found = read(reply) if reply.startswith(command + " ") else None
            if found is not None:
                return found
            if reply in {f"{command} +", f"{command} -"}:
                why = "too much is on the pan" if reply.endswith("+") else "too little is on the pan, or it is missing"
                msg = f"{self.who}: {command!r} was answered with {reply}: {why}"
                raise Overload(msg)
            if reply != f"{command} I" and not reply.startswith(f"{command} D "):
                raise self.unreadable(command, reply, f"{command} S, ten characters of a number, and one of {UNITS}")
            if self.clock.elapsed() - begun_s >= PATIENCE_S:
                msg = (
                    f"{self.who}: {command!r} was answered with {reply!r} for {PATIENCE_S:g} s: it is not stable, "
                    "or busy; look for draught, vibration, something that touches the pan, or a menu that is open"
                )
                raise InstrumentError(msg)
            self.clock.sleep(RETRY_S)
