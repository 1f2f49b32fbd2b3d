"""One client of a HiSLIP wire: what its two connections say to each other (IVI-6.1, 3 and 6)."""

import socket
import struct
import threading
import time
from contextlib import suppress

from calib.drivers.simulation.abortable import Cleared, Work
from calib.drivers.simulation.outlet import Port
from calib.drivers.simulation.reply import Piece
from calib.drivers.simulation.wires.exchange import ServiceRequest
from calib.drivers.simulation.wires.hislip_message import (
    HEADER,
    Fatal,
    FatalProtocolError,
    Header,
    Type,
    Wrong,
    pack,
    receive_header,
    skip,
)
from calib.drivers.simulation.wires.server import receive_exactly

LARGEST_PAYLOAD = 1 << 20
RMT_DELIVERED = 1
OVERLAP = 1
FIRST_MESSAGE = 0xFFFF_FF00
NUMBERS = 0xFFFF_FFFF
NAP_S = 5e-5
CATCH_UP_S = 0.1
"""How long a status query waits for a message that the client sent before it on the other connection."""
LOCK_FAILURE, LOCK_EXCLUSIVE, LOCK_SHARED, LOCK_ERROR = range(4)
DATA_TYPES = (Type.DATA, Type.DATA_END)


class Session:
    """The state of one client. Its synchronous connection is served by the thread that does the instrument's work."""

    def __init__(self, port: Port, synchronous: socket.socket) -> None:
        self._port = port
        self._sync = synchronous
        self._async: socket.socket | None = None
        self._both = threading.Event()
        self._async_sending = threading.Lock()
        self._work = Work()
        self._request = ServiceRequest()
        self._state = threading.Condition()
        self._largest = LARGEST_PAYLOAD
        self._overlap = False
        self._sent_number = FIRST_MESSAGE
        self._written = bytearray()
        self._received = self._last_number = (FIRST_MESSAGE - 2) & NUMBERS  # MessageIDs: read last, carried out last
        self._unread = False  # an answer was sent that the client has not reported as delivered
        self._clearing = False
        self._working = False

    @property
    def is_complete(self) -> bool:
        """Whether both connections are there."""
        return self._both.is_set()

    def complete_with(self, asynchronous: socket.socket) -> None:
        """Take note of the asynchronous connection: from now on the client may send anything."""
        self._async = asynchronous
        self._both.set()

    def serve_synchronous(self) -> None:
        """Serve the synchronous connection until it ends."""
        while True:
            header = receive_header(self._sync)
            if not self._both.is_set():
                raise FatalProtocolError(Fatal.CHANNELS_NOT_ESTABLISHED, "the asynchronous channel is missing")
            if header.type in DATA_TYPES:
                self._take_data(header)
            elif header.type == Type.TRIGGER:
                self._take_trigger(header)
            elif header.type == Type.DEVICE_CLEAR_COMPLETE:
                self._complete_clear(header)
            else:
                self._refuse(self._sync, header)

    def serve_asynchronous(self, channel: socket.socket) -> None:
        """Serve the asynchronous connection until it ends."""
        answers = {
            Type.ASYNC_LOCK: self._lock,
            Type.ASYNC_LOCK_INFO: self._tell_lock,
            Type.ASYNC_MAXIMUM_MESSAGE_SIZE: self._take_size,
            Type.ASYNC_STATUS_QUERY: self._tell_status,
            Type.ASYNC_DEVICE_CLEAR: self._begin_clear,
            Type.ASYNC_REMOTE_LOCAL_CONTROL: self._switch_remote,
        }
        while True:
            header = receive_header(channel)
            answer = next((do for kind, do in answers.items() if kind == header.type), None)
            if answer is None:
                self._refuse(channel, header)
                continue
            if header.length > 256:
                raise FatalProtocolError(Fatal.BAD_HEADER, f"a payload of {header.length} bytes in a control message")
            payload = receive_exactly(channel, header.length) if header.length else b""
            self._send_async(answer(header, payload))

    def close(self) -> None:
        """End both connections and what the instrument does for this client; idempotent."""
        self._work.end()
        self._port.outlet.locks.forget(self)
        for channel in (self._sync, self._async):
            if channel is not None:
                with suppress(OSError):
                    channel.shutdown(socket.SHUT_RDWR)

    def _take_data(self, header: Header) -> None:
        if header.length > LARGEST_PAYLOAD:
            skip(self._sync, header.length)
            self._send_sync(pack(Type.ERROR, Wrong.TOO_LARGE, 0, b"message too large"))
            return
        payload = receive_exactly(self._sync, header.length) if header.length else b""
        if not self._written:
            self._note_delivery(header)
        self._received = header.parameter
        if header.type == Type.DATA:
            self._written += payload
            return
        message = bytes(self._written) + payload if self._written else payload
        self._written.clear()
        self._carry_out(header.parameter, message)

    def _take_trigger(self, header: Header) -> None:
        skip(self._sync, header.length)
        self._note_delivery(header)
        self._received = header.parameter
        self._carry_out(header.parameter, None)

    def _carry_out(self, number: int, message: bytes | None) -> None:
        """Let the instrument do its work; None is a trigger."""
        before, self._last_number = self._last_number, number
        with self._state:
            if self._clearing:
                return
            self._working = True
        cut = False
        try:
            with self._work:
                self._port.wait_for_turn(self, self._work)
                if message is None:
                    self._port.device.trigger()
                else:
                    reply = self._port.ask(message)
                    cut = reply.cut
                    for piece in reply.pieces:
                        self._send_piece(piece, before if piece.late else number)
        except Cleared:
            pass
        finally:
            with self._state:
                self._working = False
                self._state.notify_all()
        if cut:
            msg = "cut by a fault"
            raise ConnectionError(msg)
        self._request_service()

    def _send_piece(self, piece: Piece, number: int) -> None:
        wait_s = piece.wait_s + len(piece.data) * piece.byte_s
        if wait_s:
            self._port.clock.sleep(wait_s)
        if self._overlap:
            self._sent_number = (self._sent_number + 2) & NUMBERS
            number = (self._sent_number - 2) & NUMBERS
        data, room = piece.data, max(self._largest - HEADER.size, 1)
        with self._state:
            if self._clearing:
                return
            self._unread = True
        while len(data) > room:
            self._send_sync(pack(Type.DATA, 0, number, data[:room]))
            data = data[room:]
        self._send_sync(pack(Type.DATA_END if piece.end else Type.DATA, 0, number, data))

    def _note_delivery(self, header: Header) -> None:
        """Take note whether the client has the last answer; in synchronized mode it is interrupted if not (3.1.1)."""
        unread, self._unread = self._unread and not header.control & RMT_DELIVERED, False
        if unread and not self._overlap:
            self._send_sync(pack(Type.INTERRUPTED, 0, header.parameter))
            self._send_async(pack(Type.ASYNC_INTERRUPTED, 0, header.parameter))
            self._port.device.interrupted()
        elif unread:
            self._unread = True

    def _lock(self, header: Header, payload: bytes) -> bytes:
        locks = self._port.outlet.locks
        if header.control == 1:
            key = payload.decode("latin-1")
            if locks.holds(self, key):
                return pack(Type.ASYNC_LOCK_RESPONSE, LOCK_ERROR)
            granted = locks.take(self, header.parameter / 1000, key)
            return pack(Type.ASYNC_LOCK_RESPONSE, LOCK_EXCLUSIVE if granted else LOCK_FAILURE)
        with self._state:  # what was sent before the release is still carried out under the lock
            self._state.wait_for(lambda: not self._working)
        released = {"exclusive": LOCK_EXCLUSIVE, "shared": LOCK_SHARED}
        return pack(Type.ASYNC_LOCK_RESPONSE, released.get(locks.release(self), LOCK_ERROR))

    def _tell_lock(self, _header: Header, _payload: bytes) -> bytes:
        locks = self._port.outlet.locks
        return pack(Type.ASYNC_LOCK_INFO_RESPONSE, int(locks.held), locks.holders)

    def _take_size(self, _header: Header, payload: bytes) -> bytes:
        if len(payload) == 8:
            self._largest = max(struct.unpack(">Q", payload)[0], HEADER.size + 1)
        return pack(Type.ASYNC_MAXIMUM_MESSAGE_SIZE_RESPONSE, 0, 0, struct.pack(">Q", LARGEST_PAYLOAD))

    def _tell_status(self, header: Header, _payload: bytes) -> bytes:
        self._catch_up(header.parameter)
        with self._state:
            if header.control & RMT_DELIVERED:
                self._unread = False
            return pack(Type.ASYNC_STATUS_RESPONSE, self._request.poll(self._status_byte()))

    def _catch_up(self, number: int) -> None:
        """Wait for the message that the client sent last: `number`, or the one before for clients that name the next.

        The other connection's thread may have it already but not yet have come to take note.
        """
        deadline = time.monotonic() + CATCH_UP_S
        ahead = (number - self._received) & NUMBERS
        if ahead == 2:
            time.sleep(NAP_S)
        while 2 < ahead < 1 << 31 and time.monotonic() < deadline:
            time.sleep(NAP_S)
            ahead = (number - self._received) & NUMBERS

    def _begin_clear(self, _header: Header, _payload: bytes) -> bytes:
        with self._state:
            self._clearing = True
            self._work.end()
        return pack(Type.ASYNC_DEVICE_CLEAR_ACKNOWLEDGE, OVERLAP if self._overlap else 0)

    def _complete_clear(self, header: Header) -> None:
        skip(self._sync, header.length)
        self._overlap = bool(header.control & OVERLAP)
        self._written.clear()
        self._sent_number, self._unread = FIRST_MESSAGE, False
        self._received = (FIRST_MESSAGE - 2) & NUMBERS
        self._port.late = None
        self._port.device.clear()
        with self._state:
            self._clearing = False
            self._work.renew()
        self._send_sync(pack(Type.DEVICE_CLEAR_ACKNOWLEDGE, OVERLAP if self._overlap else 0))

    def _switch_remote(self, _header: Header, _payload: bytes) -> bytes:
        """There is no front panel to switch."""
        return pack(Type.ASYNC_REMOTE_LOCAL_RESPONSE)

    def _refuse(self, channel: socket.socket, header: Header) -> None:
        skip(channel, header.length)
        if header.type in {Type.FATAL_ERROR, Type.ERROR}:  # the client's own complaint
            if header.type == Type.FATAL_ERROR:
                msg = "the client gave up"
                raise ConnectionError(msg)
            return
        code = Wrong.VENDOR_MESSAGE if header.type >= 128 else Wrong.MESSAGE_TYPE
        answer = pack(Type.ERROR, code, 0, f"message type {header.type} is not known here".encode())
        if channel is self._sync:
            self._send_sync(answer)
        else:
            self._send_async(answer)

    def _status_byte(self) -> int:
        return self._port.device.status_byte(message_available=self._unread)

    def _request_service(self) -> None:
        with self._state:
            byte = self._status_byte()
            new = self._request.look(byte)
        if new:
            self._send_async(pack(Type.ASYNC_SERVICE_REQUEST, byte))

    def _send_sync(self, message: bytes) -> None:
        self._sync.sendall(message)

    def _send_async(self, message: bytes) -> None:
        assert self._async is not None
        with self._async_sending, suppress(OSError):
            self._async.sendall(message)
