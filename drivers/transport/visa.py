"""A line through PyVISA, with what PyVISA and pyvisa-py leave to their users.

One request at a time in this process, one process at a time; a timeout is followed by a resynchronisation before
anything else is asked; refused and half-dead connections are noticed on opening; every failure names the resource
and the request.
"""

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from calib.drivers.transport import tcp
from calib.drivers.transport.base import no_traffic
from calib.drivers.transport.failure import line_failure
from calib.drivers.transport.hold import Hold
from calib.errors import InputError, InstrumentError, LinkError, NoReply, ReplyError
from calib.ports import TrafficSink

if TYPE_CHECKING:
    from pyvisa.resources import MessageBasedResource

PROBE = "*IDN?"


def open_visa(
    resource: str,
    *,
    sink: TrafficSink | None = None,
    timeout_s: float = 5.0,
    probe: str | None = PROBE,
    backend: str = "@py",
) -> "VisaTransport":
    """Open a VISA resource and hold it against other processes.

    `probe` is asked at once, since an opening can succeed where nobody listens; its answer also proves, after a
    timeout, that questions and answers go together again. None for an instrument that answers nothing.
    `backend` is a VISA library in PyVISA's notation; `@py` is pyvisa-py.

    Raises
    ------
    InputError
        Not a name of a VISA resource.
    LinkError
        The instrument cannot be reached, or does not answer the probe.
    ResourceHeld
        Another process has it.
    """
    hold = Hold(resource, _canonical(resource))
    try:
        return VisaTransport(resource, hold, sink or no_traffic, timeout_s, probe, backend)
    except BaseException:
        hold.release()
        raise


class VisaTransport:
    """A line through PyVISA; made by `open_visa`."""

    def __init__(
        self, resource: str, hold: Hold, sink: TrafficSink, timeout_s: float, probe: str | None, backend: str
    ) -> None:
        self.resource = resource
        self.lock = threading.RLock()
        self._hold = hold
        self._sink = sink
        self._timeout_s = timeout_s
        self._patience_s = timeout_s  # the longest that an answer may still be outstanding
        self._probe = probe
        self._greeting: str | None = None
        self._backend = backend
        self._outstanding = False  # an answer may still come that nobody waits for
        self._line = self._open()
        try:
            if probe is not None:
                self._greeting = self._greet(probe)
        except BaseException:
            self._shut()
            raise

    def write(self, message: str) -> None:
        """Send a message. After a timeout it resynchronises first, but a command goes out even where that fails."""
        with self.lock:
            if self._outstanding:
                with suppress(InstrumentError):
                    self.resynchronise()
            self._send(message)
            if "?" in message:
                self._outstanding = True

    def read(self, *, timeout_s: float | None = None) -> str:
        """Return the next answer."""
        with self.lock:
            answer = self._receive("read", timeout_s)
            self._outstanding = False
            return answer

    def query(self, message: str, *, timeout_s: float | None = None) -> str:
        """Send a message and return its answer."""
        with self.lock:
            if self._outstanding:
                self.resynchronise()
            self._outstanding = True  # also where an interrupt ends the waiting
            self._send(message)
            answer = self._receive(message, timeout_s)
            self._outstanding = False
            return answer

    def resynchronise(self) -> None:
        """Drop whatever may still be on its way: a socket is opened anew, other lines are cleared and drained.

        Raises
        ------
        LinkError, NoReply
            The instrument does not answer, or not as the one that was opened.
        """
        with self.lock:
            self._outstanding = True
            if self.resource.upper().endswith("SOCKET"):
                self._shut()
                self._line = self._open()
            else:
                self._clear()
            self._prove()
            self._patience_s = self._timeout_s
            self._outstanding = False

    def close(self) -> None:
        """Close the line and let other processes have the resource; idempotent."""
        with self.lock:
            self._shut()
            self._hold.release()

    def _open(self) -> "MessageBasedResource":
        import pyvisa
        from pyvisa.resources import MessageBasedResource

        try:
            manager = pyvisa.ResourceManager(self._backend)
            line = manager.open_resource(self.resource, open_timeout=round(self._timeout_s * 1000))
        except Exception as error:  # pyvisa-py raises bare Exception where a host is unknown
            msg = f"{self.resource}: cannot be opened ({error}); is it switched on, connected, and its address right?"
            raise LinkError(msg) from error
        if not isinstance(line, MessageBasedResource):
            line.close()
            msg = f"{self.resource}: not a resource that takes messages"
            raise InputError(msg)
        line.timeout = self._timeout_s * 1000
        self._line_timeout_s = self._timeout_s
        self._set_up(line)
        return line

    def _set_up(self, line: "MessageBasedResource") -> None:
        if self.resource.upper().startswith("ASRL") or self.resource.upper().endswith("SOCKET"):
            line.read_termination = "\n"  # HiSLIP, VXI-11 and GPIB carry the end of a message themselves
        below = tcp.socket_of(line)
        if below is None:
            return
        refused = tcp.connection_error(below)
        if refused is not None:
            line.close()
            msg = f"{self.resource}: nobody listens there ({refused.strerror}); is it switched on, the address right?"
            raise LinkError(msg) from refused
        tcp.send_at_once(below)

    def _greet(self, probe: str) -> str:
        try:
            self._send(probe)
            return self._receive(probe, None)
        except NoReply as silence:
            msg = f"{self.resource}: opened, but no answer to {probe} within {self._timeout_s:g} s"
            raise LinkError(msg) from silence

    def _prove(self) -> None:
        """Ask the probe and read until its known answer comes; what comes before it was late and is dropped."""
        if self._probe is None or self._greeting is None:
            return
        self._send(self._probe)
        deadline = time.monotonic() + self._patience_s + self._timeout_s
        answer = None
        while (left_s := deadline - time.monotonic()) > 0:
            answer = self._receive(self._probe, left_s)
            if answer == self._greeting:
                return
        msg = f"{self.resource}: answers {answer!r} to {self._probe} where {self._greeting!r} was the answer on opening"
        raise LinkError(msg)

    def _clear(self) -> None:
        with suppress(Exception):  # not every backend can clear every kind of line; the draining and the proof remain
            self._line.clear()
        with suppress(InstrumentError):
            while True:
                self._receive("drain", 0.1)

    def _send(self, message: str) -> None:
        data = message.encode("ascii") + b"\n"
        try:
            self._line.write_raw(data)
        except Exception as error:
            raise line_failure(error, self.resource, message, self._timeout_s, self._line) from error
        self._sink(self.resource, ">", data)

    def _receive(self, request: str, timeout_s: float | None) -> str:
        wanted_s = self._timeout_s if timeout_s is None else timeout_s
        try:
            if wanted_s != self._line_timeout_s:
                self._line.timeout = wanted_s * 1000
                self._line_timeout_s = wanted_s
            data = self._line.read_raw()
        except Exception as error:
            self._patience_s = max(self._patience_s, wanted_s)
            raise line_failure(error, self.resource, request, wanted_s, self._line) from error
        self._sink(self.resource, "<", data)
        try:
            return data.decode("ascii").rstrip("\r\n")
        except UnicodeDecodeError as error:
            msg = f"{self.resource}: asked {request!r}, answered {data[:80]!r}, which is no text"
            raise ReplyError(msg) from error

    def _shut(self) -> None:
        with suppress(Exception):  # what cannot even be closed is gone already
            self._line.close()


def _canonical(resource: str) -> str:
    """Return the one spelling of a resource that its lock is named by."""
    from pyvisa import rname

    try:
        return str(rname.to_canonical_name(resource)).lower()
    except rname.InvalidResourceName:
        msg = f"{resource!r} is no VISA resource, such as TCPIP::192.168.1.20::5025::SOCKET or GPIB0::22::INSTR"
        raise InputError(msg) from None
