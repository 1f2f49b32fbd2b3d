"""A line that keeps questions and answers together, over any wire.

One request at a time in this process, one process at a time; what has come without being asked and what comes after a
timeout is never taken for an answer; refused and half-dead connections are noticed on opening; every failure names the
resource and the request.
"""

import time
from collections.abc import Callable
from contextlib import suppress

from calib.drivers.transport.base import NoLeases
from calib.drivers.transport.block import parse_block, read_block
from calib.drivers.transport.hold import Hold
from calib.drivers.transport.leased import LeasedWire, leased
from calib.drivers.transport.line import Line
from calib.drivers.transport.repeats import Repeats
from calib.drivers.transport.wire import DEVICE_CLEAR, SERIAL_POLL, Wire
from calib.errors import InstrumentError, LinkError, NoReply, ReplyError
from calib.ports import Leases, TrafficSink

QUIET_S = 0.3
"""Silence after which nothing late is expected any more on a line that cannot be opened anew."""
LATE_BYTES, BITS_OF_A_BYTE = 32, 10
"""On a slow serial line a message of this length may still be on its way."""
LOOK_S = 0.001
"""Silence before a reading is asked for on a wire that does not number its answers."""


class WireTransport:
    """A line over a wire; made by `open_line`."""

    def __init__(
        self, resource: str, line: Line, open_wire: Callable[[], Wire], sink: TrafficSink, hold: Hold | None = None
    ) -> None:
        self.resource = resource
        self.line = line
        self._hold = hold
        self._sink = sink
        self._end, self._read_end = line.write_end.encode("ascii"), line.read_end.encode("ascii")
        self._prompt = line.prompt.encode("ascii")
        self._chatty = bool(line.echo or line.prompt)
        self._patience_s = line.timeout_s  # the longest that an answer may still be outstanding
        self.greeting: str | None = None
        """The answer to the probe on opening."""
        self._repeats = Repeats()
        self._outstanding = False  # an answer may still come that nobody waits for
        self._renewed = False  # since the last question the line was opened anew or cleared
        self._closed = False
        self._free_at = 0.0
        self._leases: Leases = NoLeases()
        self._open_wire = open_wire
        self._wire = open_wire()
        self._watches = not (self._wire.drops_unread or self._chatty)
        self.lock = self._wire.lock
        try:
            self._greet()
        except BaseException:
            self._wire.close()
            raise

    def lease_from(self, leases: Leases) -> None:
        """Tell `leases` from now on how long each waiting may take."""
        with self.lock:
            self._open_wire = leased(self._open_wire, self.resource, leases, self.line)
            self._wire = LeasedWire(self._wire, self.resource, leases, self.line)
            self._leases = leases

    def write(self, message: str) -> None:
        """Send a message at once: a late answer cannot harm a command, and STBY must not wait for proofs."""
        with self.lock:
            if self._outstanding:
                with suppress(InstrumentError):
                    self._renew()
            self._send(message)
            if self._chatty:
                self._outstanding, self._renewed = True, False
                self._hear_out(message)
                self._outstanding = "?" in message and not self._prompt
            elif "?" in message:
                self._outstanding, self._renewed = True, False

    def read(self, *, timeout_s: float | None = None) -> str:
        """Return the next answer, or what the instrument says without being asked."""
        with self.lock:
            self._outstanding, self._renewed = True, False  # where none comes in time, it may still come
            answer = self._text("read", self._receive(self._read_end, "read", timeout_s))
            self._outstanding = False
            return answer

    def query(self, message: str, *, timeout_s: float | None = None) -> str:
        """Send a message and return its answer."""
        with self.lock:
            self._ask(message, timeout_s)
            answer = self._answer(message, timeout_s)
            if self._watches and self._repeats.doubts(message, answer, timed=timeout_s is not None):
                answer = self._own(message, answer, timeout_s)
            self._outstanding = False
            return answer

    def query_block(self, message: str, *, timeout_s: float | None = None) -> bytes:
        """Send a message and return the bytes of the block that it is answered with (IEEE 488.2, 8.7.9, 8.7.10)."""
        with self.lock:
            self._ask(message, timeout_s)
            if self._chatty:
                msg = f"{self.resource}: {message!r} asks for a block of bytes on a line that echoes or prompts"
                raise ReplyError(msg)
            data = self._receive_block(message, timeout_s)
            self._outstanding = False
            return data

    def read_bytes(self, count: int, *, timeout_s: float | None = None) -> bytes:
        """Return the next `count` bytes, whatever they are: a burst without a header."""
        with self.lock:
            self._require_open("read")
            self._outstanding, self._renewed = True, False
            data = self._wire.receive_exactly(count, f"read of {count} bytes", self._waiting_s(timeout_s))
            self._sink(self.resource, "<", data)
            self._outstanding = False
            return data

    def status_byte(self) -> int | None:
        """Return the answer to a serial poll; None on sockets and serial ports, which have none."""
        with self.lock:
            self._require_open("serial poll")
            status = self._wire.status_byte()
            if status is not None:
                self._sink(self.resource, ">", SERIAL_POLL)
                self._sink(self.resource, "<", b"[%d]" % status)
            return status

    def clear(self) -> None:
        """Clear the device: what it has to say and what it waits for is dropped, its settings stay."""
        with self.lock:
            self._require_open("device clear")
            self._sink(self.resource, ">", DEVICE_CLEAR)
            self._wire.clear()

    def resynchronise(self) -> None:
        """Drop whatever may still be on its way: the line is opened anew, or cleared and drained, and then proven.

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
            self._patience_s = self.line.timeout_s
            self._outstanding = False
            self._repeats.forget()

    def close(self) -> None:
        """Close the line and let other processes have the resource; idempotent."""
        with self.lock:
            if self._closed:
                return
            self._closed = True
            try:
                with suppress(InstrumentError):
                    if strays := self._wire.strays("close"):
                        self._sink(self.resource, "<", strays)
                self._wire.close()
            finally:
                if self._hold is not None:
                    self._hold.release()

    def _ask(self, message: str, timeout_s: float | None) -> None:
        """Send a question, once nothing that has come can be taken for its answer.

        A question that names a time of its own, as readings do, also waits for LOOK_S: an answer that some gateway
        repeats comes right behind the first.
        """
        if self._outstanding:
            self.resynchronise()
        self._require_open(message)
        try:
            if timeout_s is not None and not self._wire.framed:
                time.sleep(LOOK_S)
            strays = self._wire.strays(message)
        except InstrumentError:
            self._outstanding, self._renewed = True, False
            raise
        if strays:
            self._sink(self.resource, "<", strays)
            if self.line.hush is None:
                swapped = strays.endswith(self._read_end) and self._repeats.swapped(strays.decode("latin-1"))
                before = self._repeats.question
                self.resynchronise()  # what says one thing too many may say another
                if swapped:
                    raise self._apart(before, [repr(strays)])
        self._outstanding, self._renewed = True, False  # also where an interrupt ends the waiting
        self._send(message)

    def _own(self, message: str, answer: str, timeout_s: float | None) -> str:
        """Return the last answer that comes before the probe's known one: what was before it had come twice."""
        probe = self.line.probe
        if probe is None:
            return answer
        self._send(probe)
        deadline = time.monotonic() + self._waiting_s(timeout_s) + self.line.timeout_s
        heard = [answer]
        while (said := self._answer(probe, max(0.0, deadline - time.monotonic()))) != self.greeting:
            heard.append(said)
        self._repeats.forget()
        if set(heard) - {answer, heard[-1]}:
            raise self._apart(message, heard)
        return heard[-1]

    def _apart(self, message: str, heard: list[str]) -> ReplyError:
        """Return the error for an answer that came twice, so that another question may have been given it."""
        told = f"asked {message!r}, an answer came twice, and {', '.join(heard)} after it"
        return ReplyError(f"{self.resource}: {told}: which belongs to which question is unknown; ask and set it anew")

    def _renew(self) -> None:
        """Open the line anew, or clear it; not twice before something is asked again."""
        self._require_open("a new connection")
        if self._renewed:
            return
        if self._wire.reopens:
            self._wire.close()
            self._wire = self._open_wire()
        if self._wire.framed or not self._wire.reopens:
            self._sink(self.resource, ">", DEVICE_CLEAR)
            self._wire.clear()
        self._renewed = True

    def _greet(self) -> None:
        """Silence what talks, and ask the probe: an opening can succeed where nobody listens.

        On a serial port half a message that an earlier user left may swallow the first probe: it is asked twice.
        """
        self._hush()
        probe = self.line.probe
        if probe is None:
            return
        for again in (False,) if self._wire.framed or self._wire.reopens else (True, False):
            try:
                self._send(probe)
                self.greeting = self._answer(probe, None)
            except NoReply as silence:
                if again:
                    continue
                msg = f"{self.resource}: opened, but no answer to {probe} within {self.line.timeout_s:g} s"
                raise LinkError(msg) from silence
            return

    def _prove(self) -> None:
        """Ask the probe until its known answer comes; what comes before it was late and is dropped."""
        self._hush()
        if self.line.probe is not None:
            self._send(self.line.probe)
            deadline = time.monotonic() + self._patience_s + self.line.timeout_s
            answer = None
            while answer != self.greeting:
                left_s = deadline - time.monotonic()
                if left_s <= 0:
                    msg = f"{self.resource}: answers {answer!r} to {self.line.probe}, on opening {self.greeting!r}"
                    raise LinkError(msg)
                try:
                    answer = self._answer(self.line.probe, min(left_s, self.line.timeout_s))
                except ReplyError:
                    pass
                except NoReply:
                    if left_s <= self.line.timeout_s:
                        raise
                    self._send(self.line.probe)  # its answer may have gone the way of what was waited for before
        self._drain()  # one that came as late as this could be the probe's own

    def _hush(self) -> None:
        if self.line.hush is not None:
            self._send(self.line.hush)
            self._drain()

    def _drain(self) -> None:
        """Drop what comes until there is silence.

        Raises
        ------
        LinkError
            There is none: the instrument talks by itself.
        """
        deadline = time.monotonic() + self._patience_s + self.line.timeout_s
        quiet_s = QUIET_S + LATE_BYTES * BITS_OF_A_BYTE / self.line.baud
        with suppress(NoReply):
            while time.monotonic() < deadline:
                self._sink(self.resource, "<", self._wire.receive(self._read_end, "drain", quiet_s))
            msg = f"{self.resource}: talks without being asked, and does not stop; set it to answer on request only"
            raise LinkError(msg)

    def _answer(self, message: str, timeout_s: float | None) -> str:
        """Return the answer to a message that was sent."""
        answer = self._hear_out(message, timeout_s) if self._chatty else None
        if answer is not None:
            return answer
        return self._text(message, self._receive(self._read_end, message, timeout_s))

    def _hear_out(self, message: str, timeout_s: float | None = None) -> str | None:
        """Take the echo, and what comes up to the prompt; return that, or None where the line has no prompt.

        Raises
        ------
        ReplyError
            The echo is not what was sent: answers and questions do not go together.
        """
        heard = self._text(message, self._receive(self._prompt or self._read_end, message, timeout_s))
        if self._prompt:
            heard = heard.removesuffix(self.line.prompt)
        heard = heard.strip("\r\n")
        if not self.line.echo:
            return heard
        echo, _, rest = heard.replace("\r", "\n").partition("\n")
        if echo.strip() != message.strip():
            msg = f"{self.resource}: sent {message!r}, which came back as {echo!r}; look at the line's settings"
            raise ReplyError(msg)
        return rest.replace("\n\n", "\n").strip("\n") if self._prompt else None

    def _send(self, message: str) -> None:
        self._require_open(message)
        data = message.encode("ascii") + self._end
        if self.line.pause_s:
            with self._leases.lease(self.line.pause_s, f"{self.resource}: a pause"):
                time.sleep(max(0.0, self._free_at - time.monotonic()))
        try:
            self._wire.send(data, message)
        except BaseException:  # an interrupt may leave half a message on the line
            self._outstanding, self._renewed = True, False
            raise
        if self.line.pause_s:
            self._free_at = time.monotonic() + self.line.pause_s
        self._sink(self.resource, ">", data)

    def _receive(self, end: bytes, request: str, timeout_s: float | None) -> bytes:
        self._require_open(request)
        data = self._wire.receive(end, request, self._waiting_s(timeout_s))
        if self.line.pause_s:
            self._free_at = time.monotonic() + self.line.pause_s
        self._sink(self.resource, "<", data)
        return data

    def _receive_block(self, request: str, timeout_s: float | None) -> bytes:
        wait_s = self._waiting_s(timeout_s)
        shown = f"{self.resource}: asked {request!r}"
        if self._wire.framed:
            message = self._wire.receive(b"", request, wait_s)
            self._sink(self.resource, "<", message)
            return parse_block(message, shown)
        head, data, tail = read_block(
            lambda count, patience_s: self._wire.receive_exactly(count, request, patience_s),
            self._read_end,
            wait_s,
            shown,
        )
        self._sink(self.resource, "<", b"".join((head, data, tail)))
        return data

    def _waiting_s(self, timeout_s: float | None) -> float:
        if timeout_s is None:
            return self.line.timeout_s
        self._patience_s = max(self._patience_s, timeout_s)
        return timeout_s

    def _require_open(self, request: str) -> None:
        if self._closed:
            msg = f"{self.resource}: the line was closed; {request!r} was not sent, open it again"
            raise LinkError(msg)

    def _text(self, request: str, data: bytes) -> str:
        try:
            return data.decode("ascii").rstrip("\r\n")
        except UnicodeDecodeError as error:
            msg = f"{self.resource}: asked {request!r}, answered {data[:80]!r}, which is no text"
            raise ReplyError(msg) from error
