"""How a family of instruments reports its errors, and how commands are put into one message."""

import re
from dataclasses import dataclass

_FAULT = re.compile(r"\s*([+-]?\d+)\s*(?:,\s*(.*))?$")


@dataclass(frozen=True)
class Dialect:
    """The error channel of a family of instruments."""

    error_query: str
    """Takes the oldest error out of the instrument's queue; code 0 when there is none."""
    join: str
    """Put between two commands of one message."""
    explain_query: str = ""
    """Asks what an error's code means, where the error query tells the code alone; `{code}` stands for it."""
    bits: int | None = None
    """Where the error query answers a register: its bits that are errors."""

    def together(self, *commands: str) -> str:
        """Return one message of several commands."""
        return self.join.join(commands)

    def fault(self, reply: str) -> tuple[int, str] | None:
        """Return (code, text) of an answer to the error query, or None where it is no such answer."""
        match = _FAULT.match(reply)
        if match is None:
            return None
        code = int(match[1])
        return (code if self.bits is None else code & self.bits, (match[2] or "").strip().strip('"'))


SCPI = Dialect(error_query="SYST:ERR?", join=";:")
"""SCPI 1999.0, 21.8; the colon begins each command at the root."""

FLUKE_5500 = Dialect(error_query="ERR?", join=";")
"""Fluke 5500A family (5520A, 5522A): IEEE 488.2 messages with verbs of their own."""

FLUKE_5700 = Dialect(error_query="FAULT?", join=";", explain_query="EXPLAIN? {code}")
"""Fluke 5700A family (5720A, 5730A): the same messages; its error query tells a code, `EXPLAIN?` what it means."""

HP_3458 = Dialect(error_query="ERRSTR?", join=";")
"""HP 3458A User's Guide, chapter 6: not SCPI; the error query takes one bit out of the error register, 0 at the end."""

FLUKE_8508 = Dialect(error_query="*ESR?", join=";", bits=0x3C)
"""Fluke 8508A: verbs of its own; the standard event status register tells of errors (IEEE 488.2, 11.5.1)."""


@dataclass(frozen=True)
class Vaisala(Dialect):
    """Lines that are echoed and followed by a prompt; one command each."""

    def fault(self, reply: str) -> tuple[int, str] | None:
        """Return (0 or 1, text) of the answer to `ERRS`: PASS, FAIL and texts, or "No errors"."""
        words = " ".join(reply.split())
        if words.startswith("FAIL"):
            return 1, words.removeprefix("FAIL").strip()
        return (0, "") if words.startswith("PASS") or "No errors" in words else None

    def body(self, command: str, reply: str) -> str:
        """Return an answer without echo and prompt, on a line that has not taken them off; lines end with LF."""
        lines = reply.removesuffix(">").replace("\r\n", "\n").strip("\r\n").split("\n")
        return "\n".join(lines[1:] if lines[0].strip() == command.strip() else lines).strip()


VAISALA = Vaisala(error_query="ERRS", join="\r")
"""Vaisala PTU300, PTB330, HMT330 (PTU300 User's Guide, M210796EN): no compound messages."""

MT_SICS = Dialect(error_query="I4", join="\r\n")
"""Mettler-Toledo's standard interface command set: one command a line; what is wrong is said in place of the answer."""

SBI = Dialect(error_query="\x1bx2_", join="")
"""Sartorius balance interface: ESC and a letter; nothing tells of an error."""
