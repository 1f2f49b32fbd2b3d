"""GPIB through an adapter of the Prologix family: `++` commands between the messages, on a socket or a serial port.

Prologix GPIB-ETHERNET Controller User Manual, chapter 8. One adapter has one connection, whichever of its addresses
are talked to: they take turns, and no other process may come between, since the address that is set is the adapter's.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from calib.drivers.transport.hold import Hold
from calib.drivers.transport.line import Line
from calib.drivers.transport.names import ResourceName
from calib.drivers.transport.stream import StreamWire
from calib.errors import LinkError, ReplyError

ESCAPE = b"\x1b"
_SPECIAL = b"\x1b\r\n+"
READ_S = 0.5
"""How long the adapter waits for the instrument at a time; it is asked again until our own time is over."""
SPARE_S = 0.5
"""How long the network may take on top of that."""
_SET_UP = (
    b"++savecfg 0",  # else each setting wears the adapter's EPROM
    b"++mode 1",  # controller
    b"++auto 0",  # do not address to talk after every message
    b"++eoi 1",
    b"++eos 3",  # nothing added to what is sent
    b"++eot_enable 0",
)


class Adapter:
    """One adapter, shared by the addresses that are open in this process."""

    def __init__(self, name: str, open_stream: Callable[[], StreamWire], instead_of: int | None) -> None:
        self.name = name
        self.lock = threading.RLock()
        self.users = 0
        self._open = open_stream
        self._hold = Hold(name, name, instead_of=instead_of)
        self._addressed: str | None = None
        self._patience_ms = 0
        try:
            self._stream: StreamWire | None = None
            self.stream()
        except BaseException:
            self._hold.release()
            raise

    def stream(self) -> StreamWire:
        """Return the connection, opened anew where it broke."""
        if self._stream is None:
            stream = self._open()
            try:
                for command in _SET_UP:
                    stream.send(command + b"\n", command.decode())
            except BaseException:
                stream.close()
                raise
            self._stream, self._addressed, self._patience_ms = stream, None, 0
        return self._stream

    def address(self, address: str) -> StreamWire:
        """Return the connection with `address` set."""
        stream = self.stream()
        if self._addressed != address:
            stream.send(f"++addr {address}\n".encode(), "++addr")
            self._addressed = address
        return stream

    def patience(self, patience_s: float) -> None:
        """Set how long the adapter waits for an instrument that is told to talk."""
        patience_ms = max(1, round(patience_s * 1000))
        if self._patience_ms != patience_ms:
            self.stream().send(b"++read_tmo_ms %d\n" % patience_ms, "++read_tmo_ms")
            self._patience_ms = patience_ms

    def catch_up(self, address: str, timeout_s: float) -> bytes:
        """Make sure that the adapter waits for no instrument any more; return what came from one meanwhile.

        Adapters differ in how long they wait for the first byte. Each answers a query of the address once it is done
        with all that came before; one that does not answer in time is connected to anew.
        """
        stream, mark = self.stream(), f"{address}\r\n".encode()
        stream.send(b"++addr\n", "++addr")
        deadline, data = time.monotonic() + max(SPARE_S, timeout_s), b""
        while not data.endswith(mark):
            more = stream.more("++addr", max(0.0, deadline - time.monotonic()))
            if not more:
                self.drop()
                return b""
            data += more
        return data.removesuffix(mark)

    def drop(self) -> None:
        """Close the connection; the next use opens it anew."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def release(self) -> None:
        """Let go for good."""
        self.drop()
        self._hold.release()


_adapters: dict[str, Adapter] = {}
_adapters_lock = threading.Lock()


def _taken(name: ResourceName, line: Line, instead_of: int | None) -> Adapter:
    with _adapters_lock:
        adapter = _adapters.get(name.adapter)
        if adapter is None:
            adapter = _adapters[name.adapter] = Adapter(name.adapter, lambda: _stream_to(name, line), instead_of)
        adapter.users += 1
        return adapter


def _stream_to(name: ResourceName, line: Line) -> StreamWire:
    if name.port:
        from calib.drivers.transport.tcp import SocketWire

        return SocketWire(name.adapter, name.host, name.port, line.timeout_s)
    from calib.drivers.transport.serialport import SerialWire

    return SerialWire(name.host, line)


def _given_back(adapter: Adapter) -> None:
    with _adapters_lock:
        adapter.users -= 1
        if adapter.users == 0:
            del _adapters[adapter.name]
            adapter.release()


class PrologixWire(StreamWire):
    """An instrument at one GPIB address behind an adapter. It talks only when it is told to."""

    drops_unread = True

    def __init__(self, resource: str, name: ResourceName, line: Line, instead_of: int | None = None) -> None:
        super().__init__(resource)
        self._address = name.rest
        self._adapter = _taken(name, line, instead_of)
        self._closed = False
        self.lock = self._adapter.lock
        self._talking = False  # told to talk, and not silent since

    def send(self, data: bytes, request: str) -> None:
        """Send a message with END; CR, LF, ESC and + in it are escaped."""
        escaped = b"".join(ESCAPE + bytes([b]) if b in _SPECIAL else bytes([b]) for b in data)
        with self._at_work():
            self._talking = False
            self._stream().send(escaped + b"\n", request)

    def receive(self, end: bytes, request: str, timeout_s: float) -> bytes:
        """Tell the instrument to talk and return what it says up to and with `end`."""
        if not self._kept:
            self._talking = False
        return super().receive(end, request, timeout_s)

    def strays(self, request: str) -> bytes:
        """Return what came behind the last message; who is not told to talk says nothing."""
        kept, self._kept = self._kept, b""
        return kept

    def status_byte(self) -> int:
        """Return the answer to a serial poll."""
        with self._at_work():
            stream = self._stream()
            stream.send(b"++spoll\n", "++spoll")
            answer = stream.receive(b"\n", "++spoll", READ_S + SPARE_S)
        try:
            return int(answer)
        except ValueError:
            msg = f"{self.resource}: asked '++spoll', the adapter answered {answer!r}; expected a number"
            raise ReplyError(msg) from None

    def clear(self) -> None:
        """Clear the device (SDC)."""
        with self._at_work():
            self._stream().send(b"++clr\n", "++clr")
            self._kept, self._talking = b"", False

    def close(self) -> None:
        """Let the address go, and with the last one the adapter."""
        if not self._closed:
            self._closed = True
            _given_back(self._adapter)

    def _stream(self) -> StreamWire:
        """Return the adapter's connection, at this address, with nothing on it that was another's."""
        stream = self._adapter.address(self._address)
        stream.strays("++addr")
        return stream

    def _more(self, request: str, timeout_s: float) -> bytes:
        """Tell the instrument to talk until it does; the adapter itself waits for READ_S at a time."""
        deadline = time.monotonic() + timeout_s
        with self._at_work():
            while (left_s := deadline - time.monotonic()) > 0:
                if not self._talking:
                    stream = self._stream()
                    self._adapter.patience(min(READ_S, left_s))
                    stream.send(b"++read eoi\n", request)
                    self._talking = True
                if data := self._adapter.stream().more(request, min(READ_S, left_s) + SPARE_S):
                    return data
                data = self._adapter.catch_up(self._address, deadline - time.monotonic())
                self._talking = False
                if data:
                    return data
        return b""

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """Keep the other addresses out; a broken connection is closed, and opened anew by whoever comes next."""
        with self.lock:
            try:
                yield
            except LinkError as error:
                self._adapter.drop()
                msg = f"{self.resource}: {error}"
                raise LinkError(msg) from error
            except BaseException:
                self._adapter.drop()  # an interrupt, or silence of the adapter itself: who knows what still comes
                raise
