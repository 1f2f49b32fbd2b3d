"""What a wire sees of a simulated instrument, and nothing else."""

from collections.abc import Callable
from typing import Protocol


class Device(Protocol):
    """A simulated instrument. It may be called by several wires at once and serves them one after the other."""

    ends: bytes
    """Characters that each end a message on a stream wire (socket, serial): `b"\\n"`, `b"\\r"`, or both."""

    def handle(self, message: bytes) -> bytes | None:
        """Carry out one whole message, with or without its terminator.

        Return its answer with the instrument's own terminator (or echo, or prompt), None where it has none. What takes
        time, such as a reading, takes it here, on the bench's clock.
        """
        ...

    def talk(self) -> bytes | None:
        """Return what the instrument says when addressed to talk with no answer waiting; None for silence."""
        ...

    def status_byte(self, *, message_available: bool = False) -> int:
        """Return the answer to a serial poll; never waits.

        `message_available` says whether the wire holds an answer that nobody has read: for instruments of IEEE 488.2
        that is bit 4. Bit 6 is set where the instrument requests service.
        """
        ...

    def interrupted(self) -> None:
        """Take note that an answer was dropped because another message came before it was read."""
        ...

    def clear(self) -> None:
        """Device clear (IEEE 488.1 DCL, SDC): buffers and pending triggers; settings and errors stay."""
        ...

    def trigger(self) -> None:
        """Group execute trigger."""
        ...

    def unasked(self, say: Callable[[bytes], None]) -> Callable[[], None]:
        """Subscribe a stream wire to what the instrument sends of its own; return the way to unsubscribe."""
        ...

    def power_on(self) -> None:
        """Be as after switching off and on again."""
        ...

    def push(self, code: int, text: str) -> None:
        """Put an error that nobody caused into the instrument's own error channel."""
        ...
