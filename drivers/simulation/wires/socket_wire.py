"""A TCP socket that carries messages as they are: `TCPIP::host::port::SOCKET`, and a serial line behind `socket://`."""

import socket
from contextlib import closing, suppress
from typing import Self

from calib.drivers.simulation.outlet import Port
from calib.drivers.simulation.wires.server import TcpServer
from calib.drivers.simulation.wires.stream import Cut, Stream

CHUNK = 64 * 1024


class SocketWire:
    """Serves an instrument on a port; `byte_s` is how long each byte takes where it stands for a serial line."""

    def __init__(
        self, port: Port, *, host: str = "127.0.0.1", number: int = 0, byte_s: float = 0.0, serial: bool = False
    ) -> None:
        self._port = port
        self._byte_s = byte_s
        self._serial = serial
        self._server = TcpServer(self._serve, host=host, port=number, refuses=lambda: port.outlet.down)
        self._detach = port.outlet.attach(self._server.drop_clients)
        self.host, self.number = host, self._server.port

    @property
    def resource(self) -> str:
        """What VISA opens."""
        if self._serial:
            return f"ASRLsocket://{self.host}:{self.number}::INSTR"
        return f"TCPIP::{self.host}::{self.number}::SOCKET"

    def close(self) -> None:
        """Let the port go."""
        self._detach()
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serve(self, client: socket.socket) -> None:
        stream = Stream(self._port, client.sendall, byte_s=self._byte_s, clears=self._serial)
        with closing(stream), suppress(Cut):
            while data := client.recv(CHUNK):
                stream.take(data)
