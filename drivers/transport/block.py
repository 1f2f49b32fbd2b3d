"""Blocks of bytes within a message: IEEE 488.2, 8.7.9 (definite length) and 8.7.10 (indefinite length)."""

from collections.abc import Callable

from calib.errors import NoReply, ReplyError

QUIET_S = 0.3
LARGEST = 999_999_999


def read_block(
    take: Callable[[int, float], bytes], end: bytes, timeout_s: float, shown: str
) -> tuple[bytes, bytes, bytes]:
    """Read a block off a stream; return (its header, its bytes, what ends the message).

    `take` returns that many bytes within that many seconds. The end of a block of indefinite length is the
    terminator that is followed by silence: on a stream nothing else tells it.
    """
    head = take(2, timeout_s)
    if head == b"#0":
        data = _until_silence(take, end, timeout_s)
        return head, data[: -len(end)], end
    head += take(_digits(head, shown), timeout_s)
    data = take(_length(head, shown), timeout_s)
    tail = take(len(end), timeout_s)
    if end == b"\n" and tail == b"\r":
        tail += take(1, timeout_s)
    if not tail.endswith(end):
        msg = f"{shown}: a block of {len(data)} bytes that is followed by {tail!r} in place of {end!r}"
        raise ReplyError(msg)
    return head, data, tail


def parse_block(message: bytes, shown: str) -> bytes:
    """Return the bytes of the block that a whole message holds."""
    head = message[:2]
    if head == b"#0":
        return message[2:].removesuffix(b"\n")
    start = 2 + _digits(head, shown)
    count = _length(message[:start], shown)
    data, tail = message[start : start + count], message[start + count :]
    if len(data) < count or tail.strip(b"\r\n"):
        msg = f"{shown}: a block that says {count} bytes, in a message with {len(message) - start} behind its header"
        raise ReplyError(msg)
    return data


def _digits(head: bytes, shown: str) -> int:
    if len(head) == 2 and head[:1] == b"#" and head[1:].isdigit():
        return int(head[1:])
    msg = f"{shown}: answered {head!r}…, which begins no block of bytes (IEEE 488.2, 8.7.9)"
    raise ReplyError(msg)


def _length(head: bytes, shown: str) -> int:
    digits = head[2:]
    if digits.isdigit() and int(digits) <= LARGEST:
        return int(digits)
    msg = f"{shown}: answered {head!r}…, which tells no length of a block (IEEE 488.2, 8.7.9)"
    raise ReplyError(msg)


def _until_silence(take: Callable[[int, float], bytes], end: bytes, timeout_s: float) -> bytes:
    data = bytearray()
    while True:
        try:
            data += take(1, QUIET_S if data.endswith(end) else timeout_s)
        except NoReply:
            if data.endswith(end):
                return bytes(data)
            raise
