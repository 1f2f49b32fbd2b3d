"""TCP wires: lines of text to whatever answers lines. They know nothing of instruments."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from calib.errors import LinkError

LONGEST_LINE = 65_536


class LineServer:
    """Serves any number of clients on one port; each line is given to `handle`, what that returns is sent back."""

    def __init__(self, handle: Callable[[bytes], bytes | None], *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._handle = handle
        self._clients: set[socket.socket] = set()
        self._closing = False
        try:
            self._listener = socket.create_server((host, port))
        except OSError as error:
            msg = f"{host}:{port}: cannot be listened on ({error.strerror}); is another simulator running?"
            raise LinkError(msg) from error
        self.host, self.port = host, int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True, name=f"port {self.port}").start()

    def close(self) -> None:
        """Stop listening and drop all clients."""
        self._closing = True
        for each in (self._listener, *tuple(self._clients)):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

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
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._clients.add(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True, name=f"client of {self.port}").start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            rest = b""
            while data := client.recv(4096):
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    answer = self._handle(line + b"\n")
                    if answer is not None:
                        client.sendall(answer)
                if len(rest) > LONGEST_LINE:
                    break
        self._clients.discard(client)
