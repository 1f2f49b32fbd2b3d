"""ONC remote procedure calls over TCP and UDP: record marking and messages (RFC 5531), data (XDR, RFC 4506)."""

import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from calib.drivers.simulation.wires.server import receive_exactly

LAST_FRAGMENT = 0x8000_0000
LONGEST_RECORD = 1 << 22
CALL, REPLY = 0, 1
RPC_VERSION = 2
SUCCESS, PROGRAM_UNAVAILABLE, PROGRAM_MISMATCH, PROCEDURE_UNAVAILABLE, GARBAGE_ARGUMENTS = range(5)


class Xdr:
    """Reads XDR data."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data = data
        self._at = at

    def unsigned(self) -> int:
        """Return an unsigned integer."""
        (value,) = struct.unpack_from(">I", self._data, self._at)
        self._at += 4
        return int(value)

    def integer(self) -> int:
        """Return a signed integer."""
        (value,) = struct.unpack_from(">i", self._data, self._at)
        self._at += 4
        return int(value)

    def opaque(self) -> bytes:
        """Return bytes of variable length."""
        count = self.unsigned()
        data = self._data[self._at : self._at + count]
        if len(data) < count:
            raise struct.error
        self._at += count + -count % 4
        return data

    def rest(self) -> "Xdr":
        """Return a reader of what is left."""
        return Xdr(self._data, self._at)


def pack_opaque(data: bytes) -> bytes:
    """Return bytes of variable length in XDR."""
    return struct.pack(">I", len(data)) + data + b"\0" * (-len(data) % 4)


Procedure = Callable[[Xdr], bytes]


@dataclass(frozen=True)
class Program:
    """A program's number, version, and procedures by number; procedure 0 does nothing."""

    number: int
    version: int
    procedures: Mapping[int, Procedure]


def answer_call(record: bytes, programs: Mapping[int, Program]) -> bytes | None:
    """Return the answer to a call, None for what is no call (RFC 5531, 9)."""
    try:
        xid, kind, rpc_version, number, version, procedure = struct.unpack_from(">6I", record)
        if kind != CALL:
            return None
        if rpc_version != RPC_VERSION:
            return struct.pack(">6I", xid, REPLY, 1, 0, RPC_VERSION, RPC_VERSION)
        arguments = Xdr(record, 24)
        for _ in range(2):  # credentials and verifier
            arguments.unsigned()
            arguments.opaque()
    except struct.error:
        return None
    return struct.pack(">5I", xid, REPLY, 0, 0, 0) + _accepted(programs.get(number), version, procedure, arguments)


def _accepted(program: Program | None, version: int, procedure: int, arguments: Xdr) -> bytes:
    if program is None:
        return struct.pack(">I", PROGRAM_UNAVAILABLE)
    if version != program.version:
        return struct.pack(">3I", PROGRAM_MISMATCH, program.version, program.version)
    if procedure == 0:
        return struct.pack(">I", SUCCESS)
    do = program.procedures.get(procedure)
    if do is None:
        return struct.pack(">I", PROCEDURE_UNAVAILABLE)
    try:
        return struct.pack(">I", SUCCESS) + do(arguments.rest())
    except (struct.error, UnicodeDecodeError):
        return struct.pack(">I", GARBAGE_ARGUMENTS)


def receive_record(client: socket.socket) -> bytes | None:
    """Return the next record of a TCP connection, None where it has ended (RFC 5531, 11)."""
    parts = []
    length = 0
    while True:
        try:
            (mark,) = struct.unpack(">I", receive_exactly(client, 4))
            size = mark & ~LAST_FRAGMENT
            length += size
            if length > LONGEST_RECORD:
                return None
            parts.append(receive_exactly(client, size) if size else b"")
        except OSError:
            return None
        if mark & LAST_FRAGMENT:
            return b"".join(parts)


def send_record(client: socket.socket, record: bytes) -> None:
    """Send a record in one fragment."""
    client.sendall(struct.pack(">I", LAST_FRAGMENT | len(record)) + record)


def serve_calls(client: socket.socket, programs: Mapping[int, Program]) -> None:
    """Answer calls on a TCP connection until it ends."""
    while (record := receive_record(client)) is not None:
        answer = answer_call(record, programs)
        if answer is None:
            return
        send_record(client, answer)


def call(number: int, version: int, procedure: int, arguments: bytes, xid: int) -> bytes:
    """Return a call without credentials."""
    return struct.pack(">10I", xid, CALL, RPC_VERSION, number, version, procedure, 0, 0, 0, 0) + arguments
