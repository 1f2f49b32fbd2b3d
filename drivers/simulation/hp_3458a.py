"""The 3458A: not SCPI; it measures all the time, and talks without being asked (User's Guide, chapters 4 and 6).

A reading goes to the output, or to the memory while that is on. Free running (TARM AUTO, TRIG AUTO) leaves the newest
reading in the output buffer: who sets something and then reads gets a reading of before. A query takes its place.
"""

import re
from collections.abc import Iterator

from calib.drivers.simulation.hp_3458a_commands import ACTIONS, QUERIES
from calib.drivers.simulation.hp_3458a_functions import FUNCTIONS
from calib.drivers.simulation.hp_3458a_readings import END, Readings3458A
from calib.drivers.simulation.hp_3458a_settings import REGISTERS, SETTINGS, SUBPROGRAM, SYNTAX, Refused


class Hp3458A(Readings3458A):
    """A 3458A."""

    def handle(self, message: bytes) -> bytes | None:
        """Carry out the commands of a message; return what they put into the output buffer."""
        with self._lock:
            self.let_run()
            output = b""
            for command in _commands(message.decode("latin-1")):
                output += self._carry_out(command)
                if output:
                    self.stale = None
            return output or None

    def talk(self) -> bytes | None:
        """Addressed to talk: a reading out of the memory, of before, on demand (SYN), or the next of a free run."""
        with self._lock:
            self.let_run()
            if self.memory and self.word("MEM") != "OFF":
                return self.put_out([self.memory.pop(-1 if self.mode == "LIFO" else 0)])
            if self.stale is not None:
                stale, self.stale = self.stale, None
                return stale
            if self.on_demand():
                return self.measure()
            if self.is_free():
                self.run_s = self.meter.clock.elapsed()
                return self.measure()
            return None

    def clear(self) -> None:
        """Device clear: nothing is left in the buffers; a subprogram's entry or pause ends."""
        self.stale = None
        self.entry = None
        self.run_s = self.meter.clock.elapsed()

    def trigger(self) -> None:
        """Group execute trigger: as TRIG SGL; the reading waits in the output buffer."""
        with self._lock:
            self.stale = self._carry_out("TRIG SGL") or None

    def status_byte(self, *, message_available: bool = False) -> int:
        """Return the status register: ready, error, data available, service requested."""
        byte = self.status | 16 | (32 if self.register & int(self.number("EMASK")) else 0)
        byte |= 128 if message_available or self.stale is not None else 0
        return byte | 64 if byte & int(self.number("RQS")) & ~64 else byte

    def power_on(self) -> None:
        """Be as after switching off and on."""
        with self._lock:
            self.memory = []
            self.reset()
            self.status |= 8

    def push(self, code: int, text: str) -> None:
        """Set a bit of the error register: `code` is its number, from 100, or else the hardware's."""
        self.register |= 1 << (code - 100 if 100 <= code < 115 else 0)

    def call(self, words: list[str]) -> bytes:
        """`CALL name`."""
        name = (words or ["0"])[0]
        if name not in self.subprograms:
            raise Refused(SUBPROGRAM)
        output = b"".join(self._carry_out(command) for command in self.subprograms[name])
        self.status |= 1
        return output

    def end_subprogram(self) -> None:
        """`SUBEND`: what was entered since SUB is stored."""
        if self.entry is None:
            raise Refused(SUBPROGRAM)
        name, commands = self.entry
        self.subprograms[name], self.entry = commands, None

    def _carry_out(self, command: str) -> bytes:
        head, *arguments = _fields(command)
        head = head.upper()
        if self.entry is not None and head != "SUBEND":
            self.entry[1].append(command)
            return b""
        try:
            output = self._answer(head[:-1], arguments) if head.endswith("?") else self._do(head, arguments)
        except Refused as error:
            self.register |= error.weight
            return b""
        return output

    def _do(self, head: str, arguments: list[str]) -> bytes:
        words = [a.upper() for a in arguments]
        if head in {"TARM", "TRIG", "TRG", "T"}:
            return self.on_trigger("TARM" if head == "TARM" else "TRIG", words)
        if head == "RMEM":
            return self.read_memory(words)
        if head == "CALL":
            return self.call(words)
        if head == "RMATH":
            return f"{self.math.registers[REGISTERS.read((words or [''])[0])]: .8E}".encode("ascii") + END
        if head == "SUB":
            self.entry = ((words or ["0"])[0], [])
            return b""
        if head == "SUBEND":
            self.end_subprogram()
            return b""
        if head in ACTIONS:
            ACTIONS[head](self, arguments)
        elif head in FUNCTIONS:
            self.select(head, words)
        elif head in SETTINGS:
            self.assign(head, words)
        else:
            raise Refused(SYNTAX)
        self.run_s = self.meter.clock.elapsed()
        return b""

    def _answer(self, name: str, arguments: list[str]) -> bytes:
        if name in QUERIES:
            return QUERIES[name](self, [a.upper() for a in arguments]).encode("ascii") + END
        if name not in SETTINGS:
            raise Refused(SYNTAX)
        values, parameters = self.values[name], SETTINGS[name]
        if self.word("QFORMAT") == "ALPHA":
            shown = f"{name} " + ",".join(v if isinstance(v, str) else f"{v:.9G}" for v in values)
        else:
            shown = ",".join(p.numeric(v) for p, v in zip(parameters, values, strict=True))
        return shown.encode("ascii") + END


def _commands(text: str) -> Iterator[str]:
    """Return the commands of a message, parted by semicolons or line ends outside quotes."""
    for match in re.finditer(r"""(?:"[^"]*"|'[^']*'|[^;\r\n"'])+""", text):
        if command := match.group().strip():
            yield command


def _fields(command: str) -> list[str]:
    """Return head and arguments, parted by commas or spaces; quotes are taken off."""
    head, _, rest = command.partition(" ")
    quoted = re.findall(r"""\s*(?:"([^"]*)"|'([^']*)'|([^,\s]+))\s*,?|\s*(,)""", rest)
    return [head, *(double or single or bare for double, single, bare, _comma in quoted)]
