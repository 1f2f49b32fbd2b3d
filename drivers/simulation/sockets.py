"""A TCP port for lines of text: each is given to a function, what that returns is sent back."""

import socket
from collections.abc import Callable

from calib.drivers.simulation.wires.server import TcpServer

LONGEST_LINE = 65_536


class LineServer(TcpServer):
    """Serves any number of clients on one port."""

    def __init__(self, handle: Callable[[bytes], bytes | None], *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._handle = handle
        super().__init__(self._serve_lines, host=host, port=port)

    def _serve_lines(self, client: socket.socket) -> None:
        rest = b""
        while data := client.recv(4096):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                answer = self._handle(line + b"\n")
                if answer is not None:
                    client.sendall(answer)
            if len(rest) > LONGEST_LINE:
                break
