"""What all simulated command sets share: messages into commands, commands into answers, errors into a queue.

A `CommandSet` is a `Device` with the status model of IEEE 488.2; a twin adds the table of its commands, which begins
with `COMMON`, and overrides what its model does otherwise.
"""

import itertools
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

Handler = Callable[[Any, str], str | None]
"""Takes the instrument and a command's arguments; returns the answer of a query."""

QUEUE_LENGTH = 20
CACHED_MESSAGES = 512
POWER_ON = 128
"""Bit of the standard event status register (IEEE 488.2, 11.5.1.1.2)."""


class CommandError(Exception):
    """A command is not carried out; goes into the instrument's error queue."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class CommandSet:
    """An instrument's ear and mouth. A subclass gives the table of its commands and how its errors look."""

    commands: ClassVar[Mapping[str, Handler]]
    undefined: ClassVar[tuple[int, str]] = (-113, "Undefined header")
    overflow: ClassVar[tuple[int, str]] = (-350, "Queue overflow")
    interrupted_query: ClassVar[tuple[int, str] | None] = (-410, "Query INTERRUPTED")
    """None for an instrument that drops an unread answer without a word."""
    unterminated_query: ClassVar[tuple[int, str] | None] = (-420, "Query UNTERMINATED")
    error_queue_bit: ClassVar[int] = 4
    """Bit of the status byte that tells of errors in the queue (SCPI 1999.0, volume 1, 9.1); 0 where none does."""

    ends: bytes = b"\n"
    identity: str = ""
    """The answer to `*IDN?`."""

    def __init__(self) -> None:
        self.errors: deque[tuple[int, str]] = deque()
        self.event_status = POWER_ON
        self.event_enable = self.service_enable = 0
        self.register_enables: dict[str, int] = {}
        """Enable registers of SCPI's status registers, by name."""
        self._lock = threading.RLock()
        self._listeners: list[Callable[[bytes], None]] = []
        self._programs: dict[bytes, list[tuple[Handler, str]]] = {}

    def handle(self, message: bytes) -> bytes | None:
        """Carry out a message, one client at a time; return the answer with its terminator, or None."""
        with self._lock:
            program = self._programs.get(message)
            if program is None:
                program = self._understand(message)
            answers = []
            for handler, arguments in program:
                try:
                    answer = handler(self, arguments)
                except CommandError as error:
                    self.push(error.code, error.text)
                else:
                    if answer is not None:
                        answers.append(answer)
            return (";".join(answers) + "\n").encode("latin-1") if answers else None

    def talk(self) -> bytes | None:
        """Report a query error: there is nothing to say (IEEE 488.2, 6.3.2.3)."""
        if self.unterminated_query is not None:
            self._query_error(*self.unterminated_query)
        return None

    def interrupted(self) -> None:
        """Report a query error: an answer was dropped (IEEE 488.2, 6.3.2.3)."""
        if self.interrupted_query is not None:
            self._query_error(*self.interrupted_query)

    def clear(self) -> None:
        """Device clear: nothing is pending here; settings and errors stay (IEEE 488.2, 5.8)."""

    def trigger(self) -> None:
        """Group execute trigger: the same as `*TRG` (IEEE 488.2, 10.37)."""
        self.handle(b"*TRG")

    def unasked(self, say: Callable[[bytes], None]) -> Callable[[], None]:
        """Let `say` send what `speak` is given; return the way to stop that."""
        self._listeners.append(say)
        return lambda: self._listeners.remove(say) if say in self._listeners else None

    def speak(self, message: bytes) -> None:
        """Send to all stream wires what nobody asked for."""
        for say in tuple(self._listeners):
            say(message)

    def power_on(self) -> None:
        """Be as after switching off and on: reset, errors and enable registers cleared, PON set (IEEE 488.2, 11.5)."""
        with self._lock:
            self.errors.clear()
            self.event_enable = self.service_enable = 0
            self.reset()
            self.event_status = POWER_ON

    def reset(self, _: str = "") -> None:
        """`*RST`: a subclass puts its settings back here."""

    def push(self, code: int, text: str) -> None:
        """Put an error into the queue; a full queue keeps its oldest ones (SCPI 1999.0, 21.8.1)."""
        self.event_status |= self.status_bit(code)
        if len(self.errors) < QUEUE_LENGTH:
            self.errors.append((code, text))
        else:
            self.errors[-1] = self.overflow

    def status_bit(self, code: int) -> int:
        """Return the bit of the standard event status register that an error sets (IEEE 488.2, 11.5.1)."""
        return {1: 32, 2: 16, 3: 8, 4: 4}.get(-code // 100, 8)

    def clear_status(self, _: str = "") -> None:
        """`*CLS`."""
        self.errors.clear()
        self.event_status = 0

    def read_event_status(self, _: str = "") -> str:
        """`*ESR?`: reading it clears it."""
        value, self.event_status = self.event_status, 0
        return str(value)

    def complete(self, _: str = "") -> None:
        """`*OPC`: all is done when it is read, since commands take their time in `handle`."""
        self.event_status |= 1

    def status_byte(self, *, message_available: bool = False) -> int:
        """Return the status byte with its master summary in bit 6 (IEEE 488.2, 11.2)."""
        byte = self.own_status_bits()
        byte |= self.error_queue_bit if self.errors else 0
        byte |= 16 if message_available else 0
        byte |= 32 if self.event_status & self.event_enable else 0
        return byte | 64 if byte & self.service_enable else byte

    def own_status_bits(self) -> int:
        """Return the bits of the status byte that IEEE 488.2 leaves to the instrument."""
        return 0

    def read_status_byte(self, _: str = "") -> str:
        """`*STB?`: no message is available yet while this one is carried out."""
        return str(self.status_byte())

    def _query_error(self, code: int, text: str) -> None:
        self.push(code, text)
        self.event_status |= 4

    def _understand(self, message: bytes) -> list[tuple[Handler, str]]:
        """Split a message into commands; what follows an unknown one is dropped (SCPI 1999.0, volume 1, 6.2.4)."""
        program: list[tuple[Handler, str]] = []
        path = ""
        for part in split_commands(message.decode("latin-1").strip()):
            header, _, arguments = part.partition(" ")
            header = header.upper()
            full = header if header.startswith("*") else header[1:] if header.startswith(":") else path + header
            handler = self.commands.get(full)
            if handler is None:
                program.append((_push_undefined, header))
                break
            if not header.startswith("*"):
                path = full[: full.rfind(":") + 1]
            program.append((handler, arguments.strip()))
        if len(self._programs) >= CACHED_MESSAGES:
            self._programs.clear()
        self._programs[message] = program
        return program


def _push_undefined(instrument: CommandSet, _: str) -> None:
    instrument.push(*instrument.undefined)


def split_commands(message: str) -> Iterator[str]:
    """Return the commands of a message, parted by semicolons outside quotes."""
    for match in re.finditer(r"""(?:"[^"]*"|'[^']*'|[^;"'])+""", message):
        if command := match.group().strip():
            yield command


def table(commands: Mapping[str, Handler]) -> dict[str, Handler]:
    """Return handlers by every accepted spelling of headers such as `[SENSe:]VOLTage[:DC]:NPLCycles?`."""
    return {spelling: handler for pattern, handler in commands.items() for spelling in spellings(pattern)}


def spellings(pattern: str) -> Iterator[str]:
    """Return every upper-case spelling of a header: optional parts in brackets, short forms in capitals."""
    choices: list[tuple[str, ...]] = []
    for optional, mnemonic, other in re.findall(r"\[([^\]]*)\]|([A-Za-z]+)|([^A-Za-z\[\]]+)", pattern):
        if optional:
            choices.append(("", *spellings(optional)))
        elif mnemonic:
            short = re.sub(r"[a-z]", "", mnemonic)
            choices.append((short,) if short == mnemonic else (short, mnemonic.upper()))
        else:
            choices.append((other,))
    for parts in itertools.product(*choices):
        yield "".join(parts)
