"""A TCP socket to an instrument: no Nagle's delay, refusal and closing noticed at once.

PyVISA-py has neither (reference: PyVISA-py 0.8.1 takes a refused connection for an open one and a closed one for
silence), so this is what `TCPIP::…::SOCKET` opens where no VISA library is named.
"""

import select
import socket
import sys
from contextlib import suppress

from calib.drivers.transport.stream import StreamWire
from calib.errors import LinkError, NoReply

CHUNK = 256 * 1024
KEEPALIVE_S = 10
"""Silence after which the system asks whether the other side still lives, and the pause between its askings."""


class SocketWire(StreamWire):
    """An open connection."""

    reopens = True

    def __init__(self, resource: str, host: str, port: int, timeout_s: float) -> None:
        super().__init__(resource)
        try:
            self._socket = socket.create_connection((host, port), timeout_s)
        except TimeoutError as error:
            msg = f"{resource}: does not accept a connection within {timeout_s:g} s; is it on, and the address right?"
            raise LinkError(msg) from error
        except ConnectionRefusedError as error:
            msg = f"{resource}: nobody listens there ({error.strerror}); is it on, and the address right?"
            raise LinkError(msg) from error
        except (OSError, UnicodeError) as error:
            msg = f"{resource}: cannot be reached ({error}); is it on, and the address right?"
            raise LinkError(msg) from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _keep_alive(self._socket)
        self._timeout_s = timeout_s

    def send(self, data: bytes, request: str) -> None:
        """Send bytes."""
        try:
            self._socket.sendall(data)
        except TimeoutError as error:
            msg = f"{self.resource}: does not take {request!r} within {self._timeout_s:g} s"
            raise NoReply(msg) from error
        except OSError as error:
            raise self._broken(request, error) from error

    def _more(self, request: str, timeout_s: float) -> bytes:
        try:
            if timeout_s == 0:
                if not _readable(self._socket):
                    return b""
            elif timeout_s != self._timeout_s:
                self._socket.settimeout(timeout_s)
                self._timeout_s = timeout_s
            data = self._socket.recv(CHUNK)
        except TimeoutError:
            return b""
        except (OSError, ValueError) as error:
            raise self._broken(request, error) from error
        if not data:
            msg = f"{self.resource}: the instrument closed the connection during {request!r}; check its power"
            raise LinkError(msg)
        return data

    def receive_exactly(self, count: int, request: str, timeout_s: float) -> bytes:
        """Return the next `count` bytes, received into their place; `timeout_s` is for each part of them."""
        data = bytearray(count)
        kept, self._kept = self._kept[:count], self._kept[count:]
        data[: len(kept)] = kept
        rest = memoryview(data)[len(kept) :]
        if timeout_s != self._timeout_s:
            self._socket.settimeout(timeout_s)
            self._timeout_s = timeout_s
        while rest:
            try:
                got = self._socket.recv_into(rest)
            except TimeoutError:
                raise self._silence(request, timeout_s, bytes(data[:80])) from None
            except OSError as error:
                raise self._broken(request, error) from error
            if not got:
                msg = f"{self.resource}: the instrument closed the connection within the answer to {request!r}"
                raise LinkError(msg)
            self.heard()
            rest = rest[got:]
        return bytes(data)

    def close(self) -> None:
        """Close the connection."""
        with suppress(OSError):
            self._socket.close()

    def _broken(self, request: str, error: Exception) -> LinkError:
        return LinkError(f"{self.resource}: the line broke during {request!r} ({error}); check cable and power")


def _readable(line: socket.socket) -> bool:
    if hasattr(select, "poll"):
        poll = select.poll()  # select() fails on descriptors above 1023
        poll.register(line, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([line], [], [], 0)[0])


def _keep_alive(line: socket.socket) -> None:
    """Let the system find a host that has gone without a word."""
    with suppress(OSError):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if sys.platform == "linux":
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_S)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, KEEPALIVE_S)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
