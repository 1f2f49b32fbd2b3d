"""What pyvisa-py leaves undone on TCP sockets: Nagle's delay, refused connections, closed ones.

pyvisa-py 0.8 has no public way to its socket. The private one is used where it is there; elsewhere these functions
do nothing and return None.
"""

import contextlib
import os
import socket
from typing import Any


def socket_of(instrument: Any) -> socket.socket | None:
    """Return the socket below a pyvisa resource that pyvisa-py has opened, else None."""
    sessions = getattr(instrument.visalib, "sessions", None)
    if not isinstance(sessions, dict):
        return None
    interface = getattr(sessions.get(instrument.session), "interface", None)
    return interface if isinstance(interface, socket.socket) else None


def send_at_once(line: socket.socket) -> None:
    """Switch Nagle's algorithm off: with delayed acknowledgement it holds a query after a write back by 40 ms."""
    with contextlib.suppress(OSError):
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def connection_error(line: socket.socket) -> OSError | None:
    """Return why a connection that was opened "successfully" is none, or None where it is one."""
    code = line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        return OSError(code, os.strerror(code))
    try:
        line.getpeername()
    except OSError as error:
        return error
    return None


def closed_by_peer(line: socket.socket) -> bool:
    """Return whether the other side has closed, which pyvisa-py takes for silence."""
    try:
        line.settimeout(0.0)
        return line.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        with contextlib.suppress(OSError):
            line.settimeout(None)
