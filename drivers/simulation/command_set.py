"""What all simulated command sets share: messages into commands, commands into answers, errors into a queue.

A simulated instrument is an object with `handle(bytes) -> bytes | None`; wires know nothing else of it.
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


class CommandError(Exception):
    """A command is not carried out; goes into the instrument's error queue."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class CommandSet:
    """An instrument's ear and mouth. A subclass gives the table of its commands and how its errors look."""

    commands: ClassVar[Mapping[str, Handler]]
    undefined: ClassVar[tuple[int, str]]
    overflow: ClassVar[tuple[int, str]]

    def __init__(self) -> None:
        self.errors: deque[tuple[int, str]] = deque()
        self.event_status = 0
        self._lock = threading.Lock()
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
            return (";".join(answers) + "\n").encode("ascii") if answers else None

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

    def read_event_status(self, _: str) -> str:
        """`*ESR?`: reading it clears it."""
        value, self.event_status = self.event_status, 0
        return str(value)

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
