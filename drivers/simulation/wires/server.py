"""A TCP port that takes any number of clients; what is said there is the wire's own matter."""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from calib.errors import LinkError


class TcpServer:
    """Listens on a port; each client is served by `serve` in a thread of its own until it returns."""

    def __init__(
        self,
        serve: Callable[[socket.socket], None],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        refuses: Callable[[], bool] = lambda: False,
    ) -> None:
        self._serve_client = serve
        self._refuses = refuses
        self._clients: set[socket.socket] = set()
        self._closing = False
        try:
            self._listener = socket.create_server((host, port))
        except OSError as error:
            msg = f"{host}:{port}: cannot be listened on ({error.strerror}); is another simulator running?"
            raise LinkError(msg) from error
        self.host, self.port = host, int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True, name=f"port {self.port}").start()

    def drop_clients(self) -> None:
        """End all connections; go on listening."""
        for client in tuple(self._clients):
            reset(client)

    def close(self) -> None:
        """Stop listening and drop all clients."""
        self._closing = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for client in tuple(self._clients):
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while not self._closing:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._refuses():
                reset(client)
                client.close()
                continue
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._clients.add(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True, name=f"client of {self.port}").start()

    def _serve(self, client: socket.socket) -> None:
        try:
            with client, suppress(OSError):
                self._serve_client(client)
        finally:
            self._clients.discard(client)


def reset(client: socket.socket) -> None:
    """End a connection the hard way, as an instrument does that loses its power: what was sent may be lost."""
    with suppress(OSError):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)


def receive_exactly(client: socket.socket, count: int) -> bytes:
    """Return `count` bytes.

    Raises
    ------
    ConnectionError
        The other side closed before.
    """
    data = client.recv(count)
    if len(data) == count:
        return data
    parts = bytearray(data)
    while len(parts) < count:
        data = client.recv(min(count - len(parts), 1 << 20))
        if not data:
            msg = "closed by the client"
            raise ConnectionError(msg)
        parts += data
    return bytes(parts)
