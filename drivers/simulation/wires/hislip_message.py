"""Messages of HiSLIP 1.0: the header, the types, the errors (IVI-6.1, tables 2 to 4, 14 and 16)."""

import socket
import struct
from enum import IntEnum
from typing import NamedTuple

from calib.drivers.simulation.wires.server import receive_exactly

HEADER = struct.Struct(">2sBBIQ")
PROLOGUE = b"HS"


class Type(IntEnum):
    """What a message is."""

    INITIALIZE = 0
    INITIALIZE_RESPONSE = 1
    FATAL_ERROR = 2
    ERROR = 3
    ASYNC_LOCK = 4
    ASYNC_LOCK_RESPONSE = 5
    DATA = 6
    DATA_END = 7
    DEVICE_CLEAR_COMPLETE = 8
    DEVICE_CLEAR_ACKNOWLEDGE = 9
    ASYNC_REMOTE_LOCAL_CONTROL = 10
    ASYNC_REMOTE_LOCAL_RESPONSE = 11
    TRIGGER = 12
    INTERRUPTED = 13
    ASYNC_INTERRUPTED = 14
    ASYNC_MAXIMUM_MESSAGE_SIZE = 15
    ASYNC_MAXIMUM_MESSAGE_SIZE_RESPONSE = 16
    ASYNC_INITIALIZE = 17
    ASYNC_INITIALIZE_RESPONSE = 18
    ASYNC_DEVICE_CLEAR = 19
    ASYNC_SERVICE_REQUEST = 20
    ASYNC_STATUS_QUERY = 21
    ASYNC_STATUS_RESPONSE = 22
    ASYNC_DEVICE_CLEAR_ACKNOWLEDGE = 23
    ASYNC_LOCK_INFO = 24
    ASYNC_LOCK_INFO_RESPONSE = 25


class Fatal(IntEnum):
    """Codes of FatalError: the connection ends."""

    UNIDENTIFIED = 0
    BAD_HEADER = 1
    CHANNELS_NOT_ESTABLISHED = 2
    BAD_INITIALIZATION = 3
    TOO_MANY_CLIENTS = 4


class Wrong(IntEnum):
    """Codes of Error: the message is dropped."""

    UNIDENTIFIED = 0
    MESSAGE_TYPE = 1
    CONTROL_CODE = 2
    VENDOR_MESSAGE = 3
    TOO_LARGE = 4


class Header(NamedTuple):
    """A message without its payload."""

    type: int
    control: int
    parameter: int
    length: int


class FatalProtocolError(Exception):
    """What the other side sent ends the connection."""

    def __init__(self, code: Fatal, text: str) -> None:
        super().__init__(text)
        self.code = code


def pack(type_: Type, control: int = 0, parameter: int = 0, payload: bytes = b"") -> bytes:
    """Return a message."""
    return HEADER.pack(PROLOGUE, type_, control, parameter, len(payload)) + payload


def receive_header(channel: socket.socket) -> Header:
    """Return the next header.

    Raises
    ------
    FatalProtocolError
        It does not begin as one.
    """
    prologue, type_, control, parameter, length = HEADER.unpack(receive_exactly(channel, HEADER.size))
    if prologue != PROLOGUE:
        raise FatalProtocolError(Fatal.BAD_HEADER, "poorly formed message header")
    return Header(type_, control, parameter, length)


def skip(channel: socket.socket, count: int) -> None:
    """Drop a payload."""
    while count > 0:
        count -= len(receive_exactly(channel, min(count, 1 << 16)))
