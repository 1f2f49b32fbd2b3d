"""HiSLIP 1.0: `TCPIP::host::hislip0,port::INSTR` (IVI-6.1). Synchronized mode unless the client asks for overlap."""

import itertools
import socket
import threading
from contextlib import suppress

from calib.drivers.simulation.outlet import Port
from calib.drivers.simulation.wires.hislip_message import Fatal, FatalProtocolError, Header, Type, pack, receive_header
from calib.drivers.simulation.wires.hislip_session import Session
from calib.drivers.simulation.wires.server import receive_exactly
from calib.drivers.simulation.wires.tcp_wire import TcpWire

PROTOCOL_VERSION = 0x0100
VENDOR = 0x5858
"""Two letters of the vendor; XX is none's."""
SUB_ADDRESS = "hislip0"
MOST_CLIENTS = 32


class HislipWire(TcpWire):
    """Serves an instrument on a port; each client has a synchronous and an asynchronous connection."""

    def __init__(self, port: Port, *, host: str = "127.0.0.1", number: int = 0) -> None:
        self._sessions: dict[int, Session] = {}
        self._numbers = itertools.cycle(range(1, 0x10000))
        self._guard = threading.Lock()
        super().__init__(port, host=host, number=number)

    @property
    def resource(self) -> str:
        """What VISA opens."""
        return f"TCPIP::{self.host}::{SUB_ADDRESS},{self.number}::INSTR"

    def _serve(self, channel: socket.socket) -> None:
        try:
            self._begin_as(receive_header(channel), channel)
        except FatalProtocolError as error:
            _give_up(channel, error)

    def _begin_as(self, header: Header, channel: socket.socket) -> None:
        if header.type == Type.INITIALIZE:
            self._serve_synchronous(channel, header)
        elif header.type == Type.ASYNC_INITIALIZE:
            self._serve_asynchronous(channel, header)
        else:
            raise FatalProtocolError(Fatal.BAD_INITIALIZATION, "not initialized")

    def _serve_synchronous(self, channel: socket.socket, header: Header) -> None:
        if header.length > 256:
            raise FatalProtocolError(Fatal.BAD_INITIALIZATION, "the sub-address is too long")
        name = receive_exactly(channel, header.length).decode("latin-1") if header.length else SUB_ADDRESS
        if name.lower() != SUB_ADDRESS:
            raise FatalProtocolError(Fatal.BAD_INITIALIZATION, f"no sub-address {name!r}")
        number, session = self._begin(channel)
        version = min(PROTOCOL_VERSION, header.parameter >> 16)
        channel.sendall(pack(Type.INITIALIZE_RESPONSE, 0, version << 16 | number))
        try:
            session.serve_synchronous()
        except FatalProtocolError as error:
            _give_up(channel, error)
        finally:
            with self._guard:
                self._sessions.pop(number, None)
            session.close()

    def _serve_asynchronous(self, channel: socket.socket, header: Header) -> None:
        session = self._sessions.get(header.parameter)
        if session is None or session.is_complete:
            raise FatalProtocolError(Fatal.BAD_INITIALIZATION, f"no session {header.parameter} waits for this channel")
        session.complete_with(channel)
        channel.sendall(pack(Type.ASYNC_INITIALIZE_RESPONSE, 0, VENDOR))
        try:
            session.serve_asynchronous(channel)
        except FatalProtocolError as error:
            _give_up(channel, error)
        finally:
            session.close()

    def _begin(self, channel: socket.socket) -> tuple[int, Session]:
        with self._guard:
            if len(self._sessions) >= MOST_CLIENTS:
                raise FatalProtocolError(Fatal.TOO_MANY_CLIENTS, "too many clients")
            number = next(n for n in self._numbers if n not in self._sessions)
            session = self._sessions[number] = Session(self._port, channel)
            return number, session


def _give_up(channel: socket.socket, error: FatalProtocolError) -> None:
    with suppress(OSError):
        channel.sendall(pack(Type.FATAL_ERROR, error.code, 0, str(error).encode()))
