"""A portmapper (RFC 1833, version 2) that tells where a VXI-11 core channel is, over TCP and UDP."""

import socket
import struct
import threading
from contextlib import suppress
from typing import Self

from calib.drivers.simulation.wires.rpc import Program, Xdr, answer_call, serve_calls
from calib.drivers.simulation.wires.server import TcpServer
from calib.drivers.simulation.wires.vxi11 import CORE, VERSION
from calib.errors import LinkError

PORTMAPPER, PORTMAPPER_VERSION, GET_PORT = 100_000, 2, 3
NUMBER = 111
TCP = 6


class Portmapper:
    """Answers where the core channel is; port 111, where clients ask, needs a privileged user."""

    def __init__(self, core: int, *, host: str = "127.0.0.1", number: int = NUMBER) -> None:
        self._core = core
        self._programs = {PORTMAPPER: Program(PORTMAPPER, PORTMAPPER_VERSION, {GET_PORT: self._get_port})}
        self._tcp = TcpServer(lambda client: serve_calls(client, self._programs), host=host, port=number)
        self.number = self._tcp.port
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._udp.bind((host, self.number))
        except OSError as error:
            self.close()
            msg = f"{host}:{self.number}: cannot be used for UDP ({error.strerror})"
            raise LinkError(msg) from error
        threading.Thread(target=self._serve_udp, daemon=True, name="portmapper").start()

    def close(self) -> None:
        """Let the ports go."""
        self._tcp.close()
        with suppress(OSError):
            self._udp.shutdown(socket.SHUT_RDWR)
        self._udp.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _get_port(self, arguments: Xdr) -> bytes:
        program, version, protocol = arguments.unsigned(), arguments.unsigned(), arguments.unsigned()
        found = (program, version, protocol) == (CORE, VERSION, TCP)
        return struct.pack(">I", self._core if found else 0)

    def _serve_udp(self) -> None:
        with suppress(OSError):
            while True:
                call, client = self._udp.recvfrom(4096)
                answer = answer_call(call, self._programs)
                if answer is not None:
                    self._udp.sendto(answer, client)
