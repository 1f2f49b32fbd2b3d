"""What pyvisa-py leaves undone on TCP: Nagle's delay, refused connections, closed ones that look like silence.

pyvisa-py 0.8 has no public way to its socket. The private one is used where it is there; elsewhere nothing is done.
"""

import os
import select
import socket
from contextlib import suppress
from typing import Any


class _Watched(socket.socket):
    """A socket that raises where the peer has closed: pyvisa-py reads b"" again and again until its timeout."""

    def recv(self, count: int, flags: int = 0, /) -> bytes:
        data = super().recv(count, flags)
        if count and not data:
            msg = "the instrument closed the connection"
            raise ConnectionResetError(msg)
        return data


def watch(instrument: Any) -> socket.socket | None:
    """Make the TCP socket below a pyvisa-py resource send at once and tell of its end; return it, or None without one.

    Raises
    ------
    OSError
        The connection was refused, whatever pyvisa-py says.
    """
    session = _session(instrument)
    for holder, name in ((session, "interface"), (getattr(session, "interface", None), "sock")):
        below = getattr(holder, name, None)
        if isinstance(below, socket.socket):
            code = below.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code:
                raise OSError(code, os.strerror(code))
            below.getpeername()
            below.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            timeout_s = below.gettimeout()
            watched = _Watched(fileno=below.detach())
            watched.settimeout(timeout_s)
            setattr(holder, name, watched)
            return watched
    behind = getattr(getattr(session, "interface", None), "_socket", None)  # ASRLsocket://, pyserial's
    if isinstance(behind, socket.socket):
        behind.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return None


def waiting(instrument: Any, below: socket.socket) -> bytes:
    """Take off and return what has come on a SOCKET session already; raise `OSError` where the peer has closed."""
    pending = getattr(_session(instrument), "_pending_buffer", bytearray())
    data = bytes(pending)
    pending.clear()
    while select.select([below], [], [], 0)[0]:
        data += below.recv(65_536)
    return data


class Locked(Exception):
    """Another client has locked the instrument, and did not release it in time."""


def wait_for_locks(instrument: Any, timeout_s: float) -> None:
    """Let messages on VXI-11 wait for another client's lock; pyvisa-py has them refused at once, as an I/O error.

    Flag and error code: VXI-11, B.5.3 and B.5.2.
    """
    session = _session(instrument)
    interface = getattr(session, "interface", None)
    if interface is None or not (hasattr(session, "lock_timeout") and hasattr(interface, "device_write")):
        return
    session.lock_timeout = round(timeout_s * 1000)

    def waiting_for(call: Any, flags_at: int) -> Any:
        def called(*arguments: Any) -> Any:
            flags = arguments[flags_at] | _WAIT_LOCK
            answer = call(*arguments[:flags_at], flags, *arguments[flags_at + 1 :])
            if answer[0] == _LOCKED_BY_ANOTHER:
                raise Locked
            return answer

        return called

    interface.device_write = waiting_for(interface.device_write, 3)
    interface.device_read = waiting_for(interface.device_read, 4)


_WAIT_LOCK = 1
_LOCKED_BY_ANOTHER = 11


def hang_up(instrument: Any) -> list[socket.socket]:
    """End the connections below a resource, so that closing it waits for no answer of an instrument gone silent.

    Returns what is to be closed after it: pyvisa-py leaves it open where its own closing fails.
    """
    interface = getattr(_session(instrument), "interface", None)
    held = [getattr(interface, name, None) for name in ("sock", "_sync", "_async")]  # VXI-11; HiSLIP
    ended = [below for below in held if isinstance(below, socket.socket)]
    for below in ended:
        with suppress(OSError):
            below.shutdown(socket.SHUT_RDWR)
    return ended


def _session(instrument: Any) -> Any:
    sessions = getattr(instrument.visalib, "sessions", None)
    return sessions.get(instrument.session) if isinstance(sessions, dict) else None
