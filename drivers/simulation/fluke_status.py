"""The instrument status change registers of Fluke's calibrators (5500A Operator Manual, figure 5-11 and page 6-22)."""

UP, DOWN = 0, 1


class ChangeRegisters:
    """Which bits of the instrument status went up, and which down, since that was read; and which of them count."""

    def __init__(self) -> None:
        self.enabled = [0, 0]
        self._changes = [0, 0]
        self._last = 0

    def note(self, status: int) -> None:
        """Take note of the present status."""
        self._changes[UP] |= status & ~self._last
        self._changes[DOWN] |= self._last & ~status
        self._last = status

    def read(self, *which: int) -> int:
        """Return what went up, or down, or either; reading clears it."""
        value = 0
        for index in which:
            value |= self._changes[index]
            self._changes[index] = 0
        return value

    def enable(self, mask: int, *which: int) -> None:
        """Let changes count."""
        for index in which:
            self.enabled[index] = mask

    @property
    def count(self) -> bool:
        """Whether a change that counts has not been read."""
        return bool(self._changes[UP] & self.enabled[UP] | self._changes[DOWN] & self.enabled[DOWN])
