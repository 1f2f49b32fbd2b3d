"""A wire through PyVISA, whichever VISA library is below: GPIB, USB, VXI-11, HiSLIP, serial ports, sockets.

The session is used through PyVISA's VISA calls (`viWrite`, `viRead`), not through its resource's text methods: the
bytes are wanted as they are, and a query then costs less than PyVISA's own.
"""

import socket
import threading
from contextlib import suppress
from typing import Any

from calib.drivers.transport import visa_socket
from calib.drivers.transport.line import Line
from calib.drivers.transport.wire import nobody_counts
from calib.errors import InputError, InstrumentError, LinkError, NoReply, ResourceHeld

CHUNK = 20 * 1024
"""For the first part of an answer."""
LARGE_CHUNK = 1024 * 1024 + 1
"""For the others, and on VXI-11 for the first: pyvisa-py 0.8 forgets the end of a VXI-11 message that is just as long
as what was asked for, and 1280 readings of 16 characters are 20 KiB."""
_FLOWS = {"none": 0, "xon/xoff": 1, "rts/cts": 2, "dsr/dtr": 4}
"""VI_ASRL_FLOW_… of the VISA specification (VPP-4.3)."""


class VisaWire:
    """A session with one resource."""

    def __init__(self, resource: str, line: Line, backend: str) -> None:
        import pyvisa
        from pyvisa.constants import StatusCode
        from pyvisa.resources import MessageBasedResource

        self._resource = resource
        self.lock = threading.RLock()
        self.heard = nobody_counts
        self._timeout_s = line.timeout_s
        self._failed = False
        name = resource.upper()
        self.framed = not (name.startswith("ASRL") or name.endswith("SOCKET"))
        self.drops_unread = self.framed
        self.reopens = name.startswith("TCPIP") or "://" in name  # ASRLsocket://, ASRLrfc2217://
        self._serial = name.startswith("ASRL")
        self._chunk = CHUNK if "::HISLIP" in name or not name.startswith("TCPIP") else LARGE_CHUNK
        try:
            opened = pyvisa.ResourceManager(backend).open_resource(resource, open_timeout=round(line.timeout_s * 1000))
        except Exception as error:  # pyvisa-py raises bare Exception where a host is unknown
            msg = f"{resource}: cannot be opened ({error}); is it switched on, connected, and its address right?"
            raise LinkError(msg) from error
        if not isinstance(opened, MessageBasedResource):
            opened.close()
            msg = f"{resource}: not a resource that takes messages"
            raise InputError(msg)
        self._opened: Any = opened
        self._library, self._session = opened.visalib, opened.session
        self._more = StatusCode.success_max_count_read
        self._end: bytes | None = None
        self._quiet = opened.ignore_warning(StatusCode.success_device_not_present, self._more)
        self._quiet.__enter__()
        try:
            self._below = visa_socket.watch(opened)
            visa_socket.wait_for_locks(opened, line.timeout_s)
            self._set_up(line)
        except Exception as error:
            self.close()
            if self.reopens and isinstance(error, OSError):
                msg = f"{resource}: nobody listens there ({error}); is it on, and the address right?"
            else:
                msg = f"{resource}: cannot be set up ({error}); does the port know these settings?"
            raise LinkError(msg) from error

    def send(self, data: bytes, request: str) -> None:
        """Send bytes."""
        try:
            self._library.write(self._session, data)
        except Exception as error:
            raise self._failure(error, request, self._timeout_s) from error

    def receive(self, end: bytes, request: str, timeout_s: float) -> bytes:
        """Return the next message; one of no bytes is none (pyvisa-py's HiSLIP gives it where nothing was asked)."""
        try:
            self._prepare(end if not self.framed else None, timeout_s)
            data, status = self._library.read(self._session, self._chunk)
            if status == self._more:
                parts = [data]
                while status == self._more:
                    self.heard()
                    data, status = self._library.read(self._session, LARGE_CHUNK)
                    parts.append(data)
                data = b"".join(parts)
        except Exception as error:
            raise self._failure(error, request, timeout_s) from error
        if not data:
            msg = f"{self._resource}: no answer to {request!r}"
            raise NoReply(msg)
        return bytes(data)

    def receive_exactly(self, count: int, request: str, timeout_s: float) -> bytes:
        """Return the next `count` bytes."""
        parts: list[bytes] = []
        try:
            self._prepare(None, timeout_s)
            while count > 0:
                data, status = self._library.read(self._session, count)
                self.heard()
                parts.append(data)
                count -= len(data)
                if not data or (self.framed and status != self._more):
                    break
        except Exception as error:
            raise self._failure(error, request, timeout_s) from error
        if count > 0:
            msg = f"{self._resource}: the answer to {request!r} ended {count} bytes early"
            raise NoReply(msg)
        return b"".join(parts)

    def strays(self, request: str) -> bytes:
        """Return what has come on a socket or a serial port already."""
        if self.framed:
            return b""
        data = b""
        try:
            if self._below is not None:
                return visa_socket.waiting(self._opened, self._below)
            while self._serial and (count := self._opened.bytes_in_buffer):
                data += self._library.read(self._session, count)[0]
        except Exception as error:
            raise self._failure(error, request, 0.0) from error
        return data

    def status_byte(self) -> int | None:
        """Return the answer to a serial poll; None on sockets and serial ports.

        On HiSLIP pyvisa-py 0.8 takes a service request that waits for the answer; the second try gets it.
        """
        if not self.framed:
            return None
        try:
            return int(self._opened.read_stb())
        except RuntimeError as error:
            if "AsyncServiceRequest" not in str(error):
                raise self._failure(error, "serial poll", self._timeout_s) from error
        except Exception as error:
            raise self._failure(error, "serial poll", self._timeout_s) from error
        try:
            return int(self._opened.read_stb())
        except Exception as error:
            raise self._failure(error, "serial poll", self._timeout_s) from error

    def clear(self) -> None:
        """Clear the device; on sockets, serial ports and where the library cannot, drop what has come."""
        from pyvisa.constants import StatusCode

        if not self.framed:
            self.strays("clear")
            return
        try:
            self._opened.clear()
        except Exception as error:
            if getattr(error, "error_code", None) != StatusCode.error_nonsupported_operation:
                raise self._failure(error, "device clear", self._timeout_s) from error

    def close(self) -> None:
        """End the session."""
        below: list[socket.socket] = []
        with suppress(Exception):  # what cannot even be closed is gone already
            self._quiet.__exit__(None, None, None)
            if self._failed:
                below = visa_socket.hang_up(self._opened)
            self._opened.close()
        for each in below:
            each.close()

    def _set_up(self, line: Line) -> None:
        self._opened.timeout = line.timeout_s * 1000
        if not self._serial:
            return
        from pyvisa.constants import ControlFlow, Parity, StopBits

        self._opened.baud_rate = line.baud
        self._opened.data_bits = line.bits
        self._opened.parity = Parity[line.parity]
        self._opened.stop_bits = StopBits(round(line.stop_bits * 10))
        self._opened.flow_control = ControlFlow(_FLOWS[line.flow])

    def _prepare(self, end: bytes | None, timeout_s: float) -> None:
        """Set time and terminator of the next read, where they are others than before."""
        if timeout_s != self._timeout_s:
            self._opened.timeout = timeout_s * 1000
            self._timeout_s = timeout_s
        if end != self._end:
            self._opened.read_termination = None if end is None else end.decode("ascii")
            self._end = end

    def _failure(self, error: Exception, request: str, waited_s: float) -> InstrumentError:
        """Return our error for what PyVISA, its library or the system raised."""
        from pyvisa.constants import StatusCode

        self._failed = True
        if isinstance(error, visa_socket.Locked):
            return ResourceHeld(f"{self._resource}: another client has locked it; {request!r} was not carried out")
        timed_out = getattr(error, "error_code", None) == StatusCode.error_timeout or isinstance(error, TimeoutError)
        if timed_out:
            return NoReply(f"{self._resource}: no answer to {request!r} within {waited_s:g} s")
        if isinstance(error, ConnectionError | EOFError):
            why = f"{self._resource}: the instrument closed the connection during {request!r} ({error})"
            return LinkError(f"{why}; check its power")
        return LinkError(f"{self._resource}: the line broke during {request!r} ({error}); check cable and power")
