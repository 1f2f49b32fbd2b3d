"""A TCP socket that carries messages as they are: `TCPIP::host::port::SOCKET`, and a serial line behind `socket://`."""

import socket
from contextlib import closing, suppress

from calib.drivers.simulation.outlet import Port
from calib.drivers.simulation.wires.stream import Cut, Stream
from calib.drivers.simulation.wires.tcp_wire import TcpWire

CHUNK = 64 * 1024


class SocketWire(TcpWire):
    """Serves an instrument on a port; `byte_s` is how long each byte takes where it stands for a serial line."""

    def __init__(
        self, port: Port, *, host: str = "127.0.0.1", number: int = 0, byte_s: float = 0.0, serial: bool = False
    ) -> None:
        self._byte_s = byte_s
        self._serial = serial
        super().__init__(port, host=host, number=number)

    @property
    def resource(self) -> str:
        """What VISA opens."""
        if self._serial:
            return f"ASRLsocket://{self.host}:{self.number}::INSTR"
        return f"TCPIP::{self.host}::{self.number}::SOCKET"

    def _serve(self, client: socket.socket) -> None:
        stream = Stream(self._port, client.sendall, byte_s=self._byte_s, clears=self._serial)
        with closing(stream), suppress(Cut):
            while data := client.recv(CHUNK):
                stream.take(data)
