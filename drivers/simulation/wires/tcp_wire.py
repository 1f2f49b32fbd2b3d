"""What wires with a TCP port of their own share: the port, its clients dropped when the instrument is away, the end."""

import socket
from abc import ABC, abstractmethod
from typing import Self

from calib.drivers.simulation.outlet import Port
from calib.drivers.simulation.wires.server import TcpServer


class TcpWire(ABC):
    """Serves an instrument on a port; a subclass says how a client is served, and what its resource is called."""

    def __init__(self, port: Port, *, host: str, number: int) -> None:
        self._port = port
        self._server = TcpServer(self._serve, host=host, port=number, refuses=lambda: port.outlet.down)
        self._detach = port.outlet.attach(self._server.drop_clients)
        self.host, self.number = host, self._server.port

    def close(self) -> None:
        """Let the port go."""
        self._detach()
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def _serve(self, client: socket.socket) -> None:
        """Serve a client until it goes."""
