"""One client of a Prologix adapter: its lines, `++` commands and settings (GPIB-ETHERNET manual, section 8)."""

import re
import socket
from collections.abc import Callable, Mapping

from calib.drivers.simulation.wires.exchange import Ending, Exchange

ESCAPE, PLUS = 0x1B, 0x2B
APPENDED = (b"\r\n", b"\r", b"\n", b"")
"""What `++eos` adds to every message, by its number."""
VERSION = "Prologix GPIB-ETHERNET Controller version 01.06.06.00"
WHOLE = 1 << 24
AT_WORK_S = 600.0
"""How long a read waits for an instrument that is at work; `++read_tmo_ms` is for the time between characters."""

_TOKEN = re.compile(rb"\x1b.|[^\x1b\r\n]|[\r\n]", re.DOTALL)


class PrologixClient:
    """Controller mode; device mode is refused."""

    def __init__(self, client: socket.socket, exchanges: Mapping[int, Exchange]) -> None:
        self._client = client
        self._exchanges = exchanges
        self._address = min(exchanges, default=0)
        self._settings = {"auto": 0, "eoi": 1, "eos": 0, "eot_enable": 0, "eot_char": 0, "read_tmo_ms": 500, "mode": 1}
        self._limits = {"auto": 1, "eoi": 1, "eos": 3, "eot_enable": 1, "eot_char": 255, "read_tmo_ms": 3000, "mode": 1}
        self._written = bytearray()
        self._commands: dict[str, Callable[[list[str]], None]] = {
            "addr": self._set_address,
            "read": self._read,
            "clr": lambda _: self._each(Exchange.clear, [self._address]),
            "trg": self._trigger,
            "spoll": self._poll,
            "srq": lambda _: self._say(str(int(any(e.requests_service for e in self._exchanges.values())))),
            "ver": lambda _: self._say(VERSION),
            "help": lambda _: self._say("++addr ++auto ++clr ++eoi ++eos ++read ++spoll ++srq ++trg ++ver"),
            "ifc": lambda _: None,
            "llo": lambda _: None,
            "loc": lambda _: None,
            "rst": lambda _: None,
            "savecfg": lambda _: None,
        }

    def serve(self) -> None:
        """Serve until the connection ends."""
        rest = b""
        while data := self._client.recv(4096):
            rest = self._take(rest + data)

    def _take(self, data: bytes) -> bytes:
        """Carry out the complete lines; return what is left."""
        line, begun, escaped = bytearray(), 0, False
        for match in _TOKEN.finditer(data):
            token = match.group()
            if token in {b"\r", b"\n"}:
                if line:
                    self._carry_out(bytes(line), command=line.startswith(b"++") and not escaped)
                line, begun, escaped = bytearray(), match.end(), False
            elif token[0] == ESCAPE:
                escaped = escaped or len(line) < 2
                line += token[1:]
            else:
                line += token
        return data[begun:]

    def _carry_out(self, line: bytes, *, command: bool) -> None:
        if command:
            name, *arguments = line[2:].decode("latin-1").split() or [""]
            if name in self._settings:
                self._set(name, arguments)
            elif name in self._commands:
                self._commands[name](arguments)
            else:
                self._say("Unrecognized command")
            return
        self._written += line + APPENDED[self._settings["eos"]]
        exchange = self._exchanges.get(self._address)
        if self._settings["eoi"] or self._written.endswith(b"\n"):
            message = bytes(self._written)
            self._written.clear()
            if exchange is not None:
                exchange.write(message)
            if self._settings["auto"]:
                self._read(["eoi"])

    def _set(self, name: str, arguments: list[str]) -> None:
        if not arguments:
            self._say(str(self._settings[name]))
        elif arguments[0].isdecimal() and int(arguments[0]) <= self._limits[name]:
            self._settings[name] = int(arguments[0])
        else:
            self._say("Unrecognized command")

    def _set_address(self, arguments: list[str]) -> None:
        if not arguments:
            self._say(str(self._address))
        elif arguments[0].isdecimal() and int(arguments[0]) <= 30:
            self._address = int(arguments[0])
        else:
            self._say("Unrecognized command")

    def _read(self, arguments: list[str]) -> None:
        """`++read [eoi|character]`: until EOI, the character or the time between characters is over."""
        exchange = self._exchanges.get(self._address)
        if exchange is None:
            return
        character = int(arguments[0]) if arguments and arguments[0].isdecimal() else None
        between_s = self._settings["read_tmo_ms"] / 1000
        data, why = exchange.read(WHOLE, between_s, first_s=AT_WORK_S, character=character)
        if why is Ending.END and self._settings["eot_enable"]:
            data += bytes([self._settings["eot_char"]])
        if data:
            self._client.sendall(data)

    def _trigger(self, arguments: list[str]) -> None:
        self._each(Exchange.trigger, [int(a) for a in arguments if a.isdecimal()] or [self._address])

    def _poll(self, arguments: list[str]) -> None:
        address = int(arguments[0]) if arguments and arguments[0].isdecimal() else self._address
        exchange = self._exchanges.get(address)
        if exchange is not None:
            self._say(str(exchange.serial_poll()))

    def _each(self, do: Callable[[Exchange], None], addresses: list[int]) -> None:
        for address in addresses:
            if address in self._exchanges:
                do(self._exchanges[address])

    def _say(self, text: str) -> None:
        self._client.sendall(text.encode("ascii") + b"\r\n")
