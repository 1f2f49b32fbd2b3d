"""A recording as a line: what was sent then must be sent now, message by message; the answers are those of then."""

import threading
from collections import deque
from pathlib import Path

from calib.drivers.transport.line import Line
from calib.drivers.transport.names import REPLAY, ResourceName, is_stream
from calib.drivers.transport.trafficfile import Message, Recording, shown
from calib.drivers.transport.wire import DEVICE_CLEAR, SERIAL_POLL, nobody_counts
from calib.drivers.transport.wired import WireTransport
from calib.errors import InputError, NoReply, ReplayError
from calib.ports import TrafficSink


class ReplayTransport(WireTransport):
    """A line that replays; closing it fails where the recording holds messages that were not sent."""

    def __init__(self, resource: str, wire: "ReplayWire", line: Line, sink: TrafficSink) -> None:
        self._replay = wire
        super().__init__(resource, line, lambda: wire, sink)

    def close(self) -> None:
        """Close the line.

        Raises
        ------
        ReplayError
            The recording goes on, and nothing has failed before.
        """
        first = not self._closed
        super().close()
        if first:
            self._replay.finish()


def open_replay(resource: str, name: ResourceName, line: Line, sink: TrafficSink) -> ReplayTransport:
    """Open a recording; of several instruments, the one that the resource names.

    Raises
    ------
    FileError
        The file cannot be read, or was changed.
    InputError
        It holds other instruments than the one that is named.
    """
    recording = Recording.read(Path(name.host))
    among = recording.resources()
    wanted = name.rest or (among[0] if len(among) == 1 else "")
    if wanted not in among:
        msg = (
            f"{resource}: the recording is of {', '.join(among) or 'nothing'}; name one: REPLAY::{name.host}::RESOURCE"
        )
        raise InputError(msg)
    whole_name = f"{REPLAY}{name.host}::{wanted}"
    return ReplayTransport(whole_name, ReplayWire(whole_name, recording.of(wanted)), line, sink)


class ReplayWire:
    """The instrument of a recording."""

    framed = False
    reopens = False

    def __init__(self, resource: str, messages: tuple[Message, ...]) -> None:
        self.resource = resource
        self.drops_unread = not is_stream(messages[0].resource)  # as the wire that was recorded
        self.lock = threading.RLock()
        self.heard = nobody_counts
        self._left = deque(messages)
        self._all = len(messages)
        self._rest = b""
        self._failed = False

    def send(self, data: bytes, request: str) -> None:
        """Compare what is sent with what was sent."""
        self._rest = b""
        while self._left and self._left[0].direction == "<":
            self._left.popleft()  # was late, or nobody's: came then without being read by this request
        if self._left and self._left[0].data == data:
            self._left.popleft()
            return
        self._failed = True
        what = f"has {shown(self._left[0].data)} there" if self._left else "ends before it"
        msg = f"{self.resource}: message {self._at()}, {shown(data)} is sent, and the recording {what}"
        raise ReplayError(msg)

    def receive(self, end: bytes, request: str, timeout_s: float) -> bytes:
        """Return what came then."""
        if self._rest:
            data, self._rest = self._rest, b""
            return data
        if self._left and self._left[0].direction == "<":
            return self._left.popleft().data
        msg = f"{self.resource}: no answer to {request!r}, as when it was recorded"
        raise NoReply(msg)

    def receive_exactly(self, count: int, request: str, timeout_s: float) -> bytes:
        """Return the next bytes of what came then."""
        data = b""
        while len(data) < count:
            data += self.receive(b"", request, timeout_s)
        data, self._rest = data[:count], data[count:]
        return data

    def strays(self, request: str) -> bytes:
        """Return nothing: whether something came unasked is a matter of time, and time is not replayed."""
        return b""

    def status_byte(self) -> int | None:
        """Return the status byte of then; None where none was asked."""
        if not (self._left and self._left[0].data == SERIAL_POLL):
            return None
        self.send(SERIAL_POLL, "serial poll")
        return int(self.receive(b"", "serial poll", 0.0)[1:-1])

    def clear(self) -> None:
        """Follow where it was cleared then; where a line was opened anew instead, the recording shows nothing."""
        if self._left and self._left[0].data == DEVICE_CLEAR:
            self._left.popleft()
        self._rest = b""

    def close(self) -> None:
        """Do nothing: `finish` tells what is missing."""

    def finish(self) -> None:
        """Raise `ReplayError` where the recording holds a message that was not sent."""
        missing = [message for message in self._left if message.direction == ">"]
        if missing and not self._failed:
            msg = (
                f"{self.resource}: message {self._at()}, {shown(missing[0].data)} is in the recording and was not sent"
            )
            raise ReplayError(msg)

    def _at(self) -> str:
        return f"{self._all - len(self._left) + 1} of {self._all}"
