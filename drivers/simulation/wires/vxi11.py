"""VXI-11: `TCPIP::host,port::inst0::INSTR`, without a port where a portmapper tells it.

VXI-11, TCP/IP Instrument Protocol, revision 1.0: B.6 has the calls, their flags and errors. Each link has its own
message exchange.
"""

import socket
import struct
import threading
from contextlib import suppress
from typing import Self

from calib.drivers.simulation.outlet import Port
from calib.drivers.simulation.wires.exchange import Ending, Exchange
from calib.drivers.simulation.wires.interrupt_channel import InterruptChannel
from calib.drivers.simulation.wires.rpc import Program, Xdr, pack_opaque, serve_calls
from calib.drivers.simulation.wires.server import TcpServer, reset

CORE, ASYNC = 0x0607AF, 0x0607B0
VERSION = 1
DEVICE = "inst0"
LONGEST_WRITE = 1 << 20
MOST_LINKS = 32

OK, NOT_ACCESSIBLE, BAD_LINK, PARAMETER, NO_CHANNEL, UNSUPPORTED, NO_RESOURCES = 0, 3, 4, 5, 6, 8, 9
LOCKED, NO_LOCK, TIMEOUT, ABORTED, CHANNEL_EXISTS = 11, 12, 15, 23, 29
WAIT_LOCK, END_FLAG, TERMCHAR_SET = 1, 8, 128
REASON = {Ending.FULL: 1, Ending.CHARACTER: 2, Ending.END: 4}


class Link:
    """What a client has after create_link."""

    def __init__(self, port: Port, channel: InterruptChannel) -> None:
        self.exchange = Exchange(port, on_service_request=self._request_service)
        self.written = bytearray()
        self.handle: bytes | None = None
        """What the client wants to be told with a service request; None where it wants none."""
        self._channel = channel

    def _request_service(self) -> None:
        if self.handle is not None:
            self._channel.request_service(self.handle)


class Vxi11Wire:
    """Serves an instrument's core and abort channels."""

    def __init__(self, port: Port, *, host: str = "127.0.0.1", number: int = 0) -> None:
        self._port = port
        self._links: dict[int, Link] = {}
        self._last = 0
        self._guard = threading.Lock()
        down = lambda: port.outlet.down  # noqa: E731  said twice
        self._abort = TcpServer(self._serve_abort, host=host, refuses=down)
        try:
            self._core = TcpServer(self._serve_core, host=host, port=number, refuses=down)
        except BaseException:
            self._abort.close()
            raise
        self._detach = port.outlet.attach(self._core.drop_clients)
        self.host, self.number = host, self._core.port

    @property
    def resource(self) -> str:
        """What VISA opens without a portmapper."""
        return f"TCPIP::{self.host},{self.number}::{DEVICE}::INSTR"

    def close(self) -> None:
        """Let the ports go."""
        self._detach()
        self._core.close()
        self._abort.close()
        for link in tuple(self._links.values()):
            link.exchange.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serve_abort(self, client: socket.socket) -> None:
        serve_calls(client, {ASYNC: Program(ASYNC, VERSION, {1: self._abort_link})})

    def _serve_core(self, client: socket.socket) -> None:
        _Connection(self, client).serve()

    def _abort_link(self, arguments: Xdr) -> bytes:
        link = self._links.get(arguments.integer())
        if link is None:
            return _error(BAD_LINK)
        link.exchange.abort()
        return _error(OK)

    def add(self, link: Link) -> int:
        """Keep a link; return its number, 0 where there are too many."""
        with self._guard:
            if len(self._links) >= MOST_LINKS:
                return 0
            self._last += 1
            self._links[self._last] = link
            return self._last

    def remove(self, number: int) -> Link | None:
        """Forget a link, its lock too."""
        with self._guard:
            link = self._links.pop(number, None)
        if link is not None:
            self.port.outlet.locks.forget(link)
            link.exchange.close()
        return link

    @property
    def port(self) -> Port:
        """The instrument."""
        return self._port

    @property
    def abort_number(self) -> int:
        """TCP port of the abort channel."""
        return self._abort.port


class _Connection:
    """One client's connection to the core channel, with the links that it makes."""

    def __init__(self, wire: Vxi11Wire, client: socket.socket) -> None:
        self._wire = wire
        self._client = client
        self._links: dict[int, Link] = {}
        self._interrupts = InterruptChannel()
        self._locks = wire.port.outlet.locks

    def serve(self) -> None:
        procedures = {
            10: self._create_link,
            11: self._write,
            12: self._read,
            13: self._read_status,
            14: self._trigger,
            15: self._clear,
            16: self._switch_remote,
            17: self._switch_remote,
            18: self._lock,
            19: self._unlock,
            20: self._enable_service_request,
            22: self._do_command,
            23: self._destroy_link,
            25: self._create_interrupt_channel,
            26: self._destroy_interrupt_channel,
        }
        try:
            with suppress(ConnectionError):
                serve_calls(self._client, {CORE: Program(CORE, VERSION, procedures)})
        finally:
            for number in tuple(self._links):
                self._wire.remove(number)
            self._interrupts.close()
            reset(self._client)

    def _create_link(self, arguments: Xdr) -> bytes:
        arguments.integer()  # the client's own number
        lock, lock_ms, name = arguments.unsigned(), arguments.unsigned(), arguments.opaque().decode("ascii")
        if name.lower() != DEVICE:
            return _error(NOT_ACCESSIBLE, 0, 0, 0)
        link = Link(self._wire.port, self._interrupts)
        number = self._wire.add(link)
        if not number:
            link.exchange.close()
            return _error(NO_RESOURCES, 0, 0, 0)
        if lock and not self._locks.take(link, lock_ms / 1000):
            self._wire.remove(number)
            return _error(LOCKED, 0, 0, 0)
        self._links[number] = link
        return _error(OK, number, self._wire.abort_number, LONGEST_WRITE)

    def _write(self, arguments: Xdr) -> bytes:
        link = self._links.get(arguments.integer())
        _io_ms, lock_ms, flags = arguments.unsigned(), arguments.unsigned(), arguments.integer()
        data = arguments.opaque()
        if (error := self._hindrance(link, flags, lock_ms)) or link is None:
            return _error(error, 0)
        if len(data) > LONGEST_WRITE:
            return _error(PARAMETER, 0)
        link.written += data
        if flags & END_FLAG or data.endswith(b"\n"):
            message = bytes(link.written)
            link.written.clear()
            link.exchange.write(message)
        return _error(OK, len(data))

    def _read(self, arguments: Xdr) -> bytes:
        link = self._links.get(arguments.integer())
        size, io_ms, lock_ms = arguments.unsigned(), arguments.unsigned(), arguments.unsigned()
        flags, character = arguments.integer(), arguments.integer()
        if (error := self._hindrance(link, flags, lock_ms)) or link is None:
            return _error(error, 0) + pack_opaque(b"")
        wanted = character & 0xFF if flags & TERMCHAR_SET else None
        data, why = link.exchange.read(size, io_ms / 1000, character=wanted)
        error = {Ending.TIMEOUT: TIMEOUT, Ending.ABORTED: ABORTED}.get(why, OK)
        return _error(error, REASON.get(why, 0)) + pack_opaque(data)

    def _read_status(self, arguments: Xdr) -> bytes:
        link, error = self._generic(arguments)
        if link is None or error:
            return _error(error, 0)
        return _error(OK, link.exchange.serial_poll())

    def _trigger(self, arguments: Xdr) -> bytes:
        link, error = self._generic(arguments)
        if link is not None and not error:
            link.exchange.trigger()
        return _error(error)

    def _clear(self, arguments: Xdr) -> bytes:
        link, error = self._generic(arguments)
        if link is not None and not error:
            link.written.clear()
            link.exchange.clear()
        return _error(error)

    def _switch_remote(self, arguments: Xdr) -> bytes:
        """device_remote and device_local: there is no front panel to switch."""
        return _error(self._generic(arguments)[1])

    def _lock(self, arguments: Xdr) -> bytes:
        link, flags, lock_ms = self._links.get(arguments.integer()), arguments.integer(), arguments.unsigned()
        if link is None:
            return _error(BAD_LINK)
        return _error(OK if self._locks.take(link, lock_ms / 1000 if flags & WAIT_LOCK else 0.0) else LOCKED)

    def _unlock(self, arguments: Xdr) -> bytes:
        link = self._links.get(arguments.integer())
        if link is None:
            return _error(BAD_LINK)
        return _error(OK if self._locks.release(link) else NO_LOCK)

    def _enable_service_request(self, arguments: Xdr) -> bytes:
        link, enable, handle = self._links.get(arguments.integer()), arguments.unsigned(), arguments.opaque()
        if link is None:
            return _error(BAD_LINK)
        if len(handle) > 40:
            return _error(PARAMETER)
        link.handle = handle if enable else None
        return _error(OK)

    def _do_command(self, arguments: Xdr) -> bytes:
        """device_docmd: for gateways only (VXI-11.2); an instrument has none."""
        return _error(UNSUPPORTED if self._links.get(arguments.integer()) else BAD_LINK) + pack_opaque(b"")

    def _destroy_link(self, arguments: Xdr) -> bytes:
        number = arguments.integer()
        if self._links.pop(number, None) is None:
            return _error(BAD_LINK)
        self._wire.remove(number)
        return _error(OK)

    def _create_interrupt_channel(self, arguments: Xdr) -> bytes:
        host = socket.inet_ntoa(struct.pack(">I", arguments.unsigned()))
        number, program, version, family = (arguments.unsigned() for _ in range(4))
        if self._interrupts.is_open:
            return _error(CHANNEL_EXISTS)
        if family != 0:  # UDP
            return _error(UNSUPPORTED)
        return _error(OK if self._interrupts.open(host, number, program, version) else NO_CHANNEL)

    def _destroy_interrupt_channel(self, _: Xdr) -> bytes:
        if not self._interrupts.is_open:
            return _error(NO_CHANNEL)
        self._interrupts.close()
        return _error(OK)

    def _generic(self, arguments: Xdr) -> tuple[Link | None, int]:
        """Read the arguments that several calls share; return the link and what hinders its use."""
        link, flags, lock_ms = self._links.get(arguments.integer()), arguments.integer(), arguments.unsigned()
        arguments.unsigned()  # io_timeout
        return link, self._hindrance(link, flags, lock_ms)

    def _hindrance(self, link: Link | None, flags: int, lock_ms: int) -> int:
        if link is None:
            return BAD_LINK
        return OK if self._locks.wait_for_turn(link, lock_ms / 1000 if flags & WAIT_LOCK else 0.0) else LOCKED


def _error(code: int, *values: int) -> bytes:
    return struct.pack(f">{1 + len(values)}I", code, *values)
