"""The agenda of a phase: which points are still to be measured, in which order."""

from collections.abc import Sequence

from calib.procedure import Point


class Agenda:
    """Points that wait. Going to one changes their order; it never drops any."""

    def __init__(self, points: Sequence[Point]) -> None:
        self._waiting = list(points)

    @property
    def first(self) -> Point | None:
        """The point that is to be measured next."""
        return self._waiting[0] if self._waiting else None

    @property
    def waiting(self) -> tuple[Point, ...]:
        """All that wait, in their order."""
        return tuple(self._waiting)

    def done(self, point: Point) -> None:
        """Take a point off."""
        self._waiting.remove(point)

    def go_to(self, point: Point) -> None:
        """Let a point be the next; those before it come after the last one, and one that was off comes back."""
        if point in self._waiting:
            place = self._waiting.index(point)
            self._waiting = self._waiting[place:] + self._waiting[:place]
        else:
            self._waiting.insert(0, point)
