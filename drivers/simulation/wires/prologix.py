"""A GPIB-to-Ethernet adapter with several instruments on its bus: `PRLGX-TCPIP::host::port::INTFC`, `GPIB0::n::INSTR`.

Commands by the Prologix GPIB-ETHERNET controller's manual (section 8); one bus, so one client's address is its own but
the instruments and their output queues are everybody's.
"""

import socket
from collections.abc import Mapping
from typing import Self

from calib.drivers.simulation.outlet import Outlet
from calib.drivers.simulation.wires.exchange import Exchange
from calib.drivers.simulation.wires.prologix_client import PrologixClient
from calib.drivers.simulation.wires.server import TcpServer


class PrologixWire:
    """Serves a bus: instruments by their primary address."""

    def __init__(self, outlets: Mapping[int, Outlet], *, host: str = "127.0.0.1", number: int = 0) -> None:
        self._exchanges = {
            address: Exchange(outlet.port("prologix"), waits_for_turn=True) for address, outlet in outlets.items()
        }
        self._detach = [outlet.attach(self._exchanges[address].empty) for address, outlet in outlets.items()]
        self._server = TcpServer(self._serve, host=host, port=number)
        self.host, self.number = host, self._server.port
        self._names = {address: outlet.name for address, outlet in outlets.items()}

    @property
    def resource(self) -> str:
        """What VISA opens first, and keeps open."""
        return f"PRLGX-TCPIP0::{self.host}::{self.number}::INTFC"

    @property
    def resources(self) -> dict[str, str]:
        """What VISA opens then, by the instrument's name."""
        return {name: f"GPIB0::{address}::INSTR" for address, name in self._names.items()}

    def close(self) -> None:
        """Let the port go."""
        self._server.close()
        for detach in self._detach:
            detach()
        for exchange in self._exchanges.values():
            exchange.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serve(self, client: socket.socket) -> None:
        PrologixClient(client, self._exchanges).serve()
