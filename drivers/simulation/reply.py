"""What comes back for one message, as the wires send it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that a wire sends at one time."""

    data: bytes
    end: bool = True
    """Whether a wire that marks the end of a message does so here."""
    wait_s: float = 0.0
    """Time on the bench's clock before it is sent."""
    byte_s: float = 0.0
    """Time on the bench's clock that each byte takes."""
    late: bool = False
    """Whether it answers an earlier message."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What comes back for one message."""

    pieces: tuple[Piece, ...] = ()
    cut: bool = False
    """Whether the connection breaks after these pieces."""


SILENT = Reply()
