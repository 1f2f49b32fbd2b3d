"""A serial line behind a terminal server: `rfc2217://host:port` (RFC 2217). The client's baud rate has to be right."""

import socket
import struct
from contextlib import closing, suppress
from typing import Any

from calib.drivers.simulation.outlet import Port
from calib.drivers.simulation.wires.stream import Cut, Stream
from calib.drivers.simulation.wires.tcp_wire import TcpWire

CHUNK = 4096


class Rfc2217Wire(TcpWire):
    """Serves an instrument on a port; with `baud`, a client at another rate is not understood."""

    def __init__(
        self, port: Port, *, host: str = "127.0.0.1", number: int = 0, byte_s: float = 0.0, baud: int | None = None
    ) -> None:
        self._byte_s = byte_s
        self._baud = baud
        super().__init__(port, host=host, number=number)

    @property
    def resource(self) -> str:
        """What pyserial opens; PyVISA-py cannot."""
        return f"rfc2217://{self.host}:{self.number}"

    def _serve(self, client: socket.socket) -> None:
        from serial.rfc2217 import PortManager

        line = _Line()
        manager = PortManager(line, _Connection(client))
        stream = Stream(
            self._port, lambda data: client.sendall(b"".join(manager.escape(data))), byte_s=self._byte_s, clears=True
        )
        with closing(stream), suppress(Cut):
            while data := client.recv(CHUNK):
                try:
                    plain = b"".join(manager.filter(data))
                except (TypeError, ValueError, struct.error):  # pyserial's manager on a broken negotiation
                    break
                if plain and self._baud in {None, line.baudrate}:
                    stream.take(plain)


class _Connection:
    """What the port manager writes its own negotiation to."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client

    def write(self, data: bytes) -> None:
        self._client.sendall(data)


class _Line:
    """The settings of a serial port, as pyserial names them: all that there is of one here."""

    def __init__(self) -> None:
        self.baudrate, self.bytesize, self.parity, self.stopbits = 9600, 8, "N", 1
        self.xonxoff = self.rtscts = self.dsrdtr = False
        self.rts = self.dtr = self.cts = self.dsr = self.cd = True
        self.ri = self.break_condition = False

    def get_settings(self) -> dict[str, Any]:
        """Return the settings, so that the manager can put them back."""
        return dict(vars(self))

    def apply_settings(self, settings: dict[str, Any]) -> None:
        """Put settings back."""
        vars(self).update(settings)

    def reset_input_buffer(self) -> None:
        """Drop what came in: nothing is kept here."""

    def reset_output_buffer(self) -> None:
        """Drop what goes out: nothing is kept here."""
