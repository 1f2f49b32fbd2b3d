"""A line through PyVISA that keeps questions and answers together.

One request at a time in this process, one process at a time; a timeout is followed by a resynchronisation before
anything else is asked; refused and half-dead connections are noticed on opening; every failure names the resource
and the request.
"""

import threading
import time
from contextlib import suppress

from calib.drivers.transport.base import no_traffic
from calib.drivers.transport.hold import Hold
from calib.drivers.transport.visa_line import VisaLine
from calib.errors import InputError, InstrumentError, LinkError, NoReply, ReplyError
from calib.ports import TrafficSink

PROBE = "*IDN?"
QUIET_S = 0.3
"""Silence after which nothing late is expected any more on a line that cannot be opened anew."""


def open_visa(
    resource: str,
    *,
    sink: TrafficSink | None = None,
    timeout_s: float = 5.0,
    probe: str | None = PROBE,
    backend: str = "@py",
    instead_of: int | None = None,
) -> "VisaTransport":
    """Open a VISA resource and hold it against other processes.

    `probe` is asked at once, since an opening can succeed where nobody listens; its answer also proves, after a
    timeout, that questions and answers go together again. None for an instrument that answers nothing.
    `backend` is a VISA library in PyVISA's notation; `@py` is pyvisa-py.
    `instead_of` is the id of a dead process whose hold on the resource is taken over.

    Raises
    ------
    InputError
        Not a name of a VISA resource.
    LinkError
        The instrument cannot be reached, or does not answer the probe.
    ResourceHeld
        Another process has it.
    """
    hold = Hold(resource, _canonical(resource), instead_of=instead_of)
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
        self._reopens = resource.upper().endswith("SOCKET")
        self._outstanding = False  # an answer may still come that nobody waits for
        self._renewed = False  # since the last question the line was opened anew or cleared
        self._closed = False
        self._line = VisaLine(resource, timeout_s, backend)
        try:
            if probe is not None:
                self._greeting = self._greet(probe)
        except BaseException:
            self._line.close()
            raise

    def write(self, message: str) -> None:
        """Send a message at once: a late answer cannot harm a command, and STBY must not wait for proofs."""
        with self.lock:
            if self._outstanding:
                with suppress(InstrumentError):
                    self._renew()
            self._send(message)
            if "?" in message:
                self._outstanding, self._renewed = True, False

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
            self._outstanding, self._renewed = True, False  # also where an interrupt ends the waiting
            self._send(message)
            answer = self._receive(message, timeout_s)
            self._outstanding = False
            return answer

    def resynchronise(self) -> None:
        """Drop whatever may still be on its way: a socket is opened anew, another line is cleared and drained.

        Raises
        ------
        LinkError, NoReply
            The instrument does not answer, or not as the one that was opened.
        """
        with self.lock:
            self._outstanding = True
            try:
                self._renew()
                self._prove()
            except InstrumentError:
                self._renewed = False
                raise
            self._patience_s = self._timeout_s
            self._outstanding = False

    def close(self) -> None:
        """Close the line and let other processes have the resource; idempotent."""
        with self.lock:
            self._closed = True
            self._line.close()
            self._hold.release()

    def _renew(self) -> None:
        """Open a socket anew, clear another line; not twice before something is asked again."""
        if self._closed:
            msg = f"{self.resource}: the line was closed; open it again"
            raise LinkError(msg)
        if self._renewed:
            return
        if self._reopens:
            self._line.close()
            self._line = VisaLine(self.resource, self._timeout_s, self._backend)
        else:
            self._line.clear()
        self._renewed = True

    def _greet(self, probe: str) -> str:
        try:
            self._send(probe)
            return self._receive(probe, None)
        except NoReply as silence:
            msg = f"{self.resource}: opened, but no answer to {probe} within {self._timeout_s:g} s"
            raise LinkError(msg) from silence

    def _prove(self) -> None:
        """Ask the probe and read until its known answer comes; what comes before it was late and is dropped."""
        if self._probe is not None:
            self._send(self._probe)
            deadline = time.monotonic() + self._patience_s + self._timeout_s
            answer = None
            while answer != self._greeting:
                left_s = deadline - time.monotonic()
                if left_s <= 0:
                    msg = f"{self.resource}: answers {answer!r} to {self._probe}, on opening {self._greeting!r}"
                    raise LinkError(msg)
                with suppress(ReplyError):
                    answer = self._receive(self._probe, left_s)
        if not self._reopens:
            with suppress(NoReply):
                while True:
                    self._sink(self.resource, "<", self._line.receive("drain", QUIET_S))

    def _send(self, message: str) -> None:
        data = message.encode("ascii") + b"\n"
        try:
            self._line.send(data, message)
        except BaseException:  # an interrupt may leave half a message on the line
            self._outstanding, self._renewed = True, False
            raise
        self._sink(self.resource, ">", data)

    def _receive(self, request: str, timeout_s: float | None) -> str:
        if timeout_s is None:
            timeout_s = self._timeout_s
        elif timeout_s > self._patience_s:
            self._patience_s = timeout_s
        data = self._line.receive(request, timeout_s)
        self._sink(self.resource, "<", data)
        try:
            return data.decode("ascii").rstrip("\r\n")
        except UnicodeDecodeError as error:
            msg = f"{self.resource}: asked {request!r}, answered {data[:80]!r}, which is no text"
            raise ReplyError(msg) from error


def _canonical(resource: str) -> str:
    """Return the one spelling of a resource that its lock is named by."""
    from pyvisa import rname

    try:
        return str(rname.to_canonical_name(resource)).lower()
    except rname.InvalidResourceName:
        msg = f"{resource!r} is no VISA resource, such as TCPIP::192.168.1.20::5025::SOCKET or GPIB0::22::INSTR"
        raise InputError(msg) from None
