"""Long messages in the traffic that a run keeps: their beginning, their length and their digest."""

import hashlib

LIMIT = 64 * 1024
"""Bytes above which a message is not kept whole; its samples are kept as readings anyway."""
HEAD = 1024


def abridged(message: bytes) -> bytes:
    """Return the message, or of one above LIMIT its first bytes and, in brackets, length and SHA-256 of the whole."""
    if len(message) <= LIMIT:
        return message
    digest = hashlib.sha256(message).hexdigest()
    return message[:HEAD] + f"[… {len(message)} bytes in all, SHA-256 {digest}]".encode()
