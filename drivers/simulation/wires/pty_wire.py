"""A serial line on a pseudo-terminal: `ASRL/dev/pts/3::INSTR`. POSIX only; it knows no baud rate and no parity."""

import os
import sys
import threading
from contextlib import closing, suppress
from typing import Self

from calib.drivers.simulation.outlet import Port
from calib.drivers.simulation.wires.stream import Cut, Stream
from calib.errors import InputError

CHUNK = 4096


class PtyWire:
    """Serves an instrument on a pseudo-terminal, at the pace of a serial line where `byte_s` is given."""

    def __init__(self, port: Port, *, byte_s: float = 0.0) -> None:
        if sys.platform == "win32":
            msg = f"simulated {port.outlet.name}: the wire 'pty' needs POSIX; take 'serial' (socket://) or 'rfc2217'"
            raise InputError(msg)
        import pty
        import tty

        self._port = port
        self._master, self._slave = pty.openpty()  # the slave stays open, so that clients may come and go
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self._stream = Stream(port, self._send, byte_s=byte_s, clears=True)
        self._closing = False
        threading.Thread(target=self._serve, daemon=True, name=self.path).start()

    @property
    def resource(self) -> str:
        """What VISA opens."""
        return f"ASRL{self.path}::INSTR"

    def close(self) -> None:
        """Let the terminal go; idempotent."""
        if self._closing:
            return
        self._closing = True
        with suppress(OSError):
            os.write(self._slave, b"\0")  # wakes the reader
        os.close(self._slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serve(self) -> None:
        with closing(self._stream), suppress(OSError):
            while not self._closing and (data := os.read(self._master, CHUNK)):
                if not self._closing and not self._port.outlet.down:
                    with suppress(Cut):  # a serial line has no connection that could break: it is silent
                        self._stream.take(data)
        os.close(self._master)

    def _send(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._master, data) :]
