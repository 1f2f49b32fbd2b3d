"""The warm-up: before the first point, and again where a run was cut off for so long that power may have been off."""

from collections.abc import Callable

from calib.clock import Clock
from calib.procedure import WarmUp
from calib.record import Journal
from calib.record.model import Preparation
from calib.run.interrupts import Interrupts
from calib.run.station import JournalStation
from calib.text import Text, both

GROUP = "warm-up"
"""What the journal calls this preparation; attempts rest on it."""


class Warming:
    """Sees to it that the instruments are warm."""

    def __init__(
        self, wanted: WarmUp | None, journal: Journal, clock: Clock, station: JournalStation, interrupts: Interrupts
    ) -> None:
        self._wanted = wanted
        self._journal = journal
        self._clock = clock
        self._station = station
        self._interrupts = interrupts

    def warm(self, tell: Callable[[Text], None]) -> tuple[Preparation, ...]:
        """Wait where that is needed; return the warm-up that attempts rest on, if there is any."""
        if self._wanted is None:
            return ()
        before = self._still_warm(self._wanted)
        if before is not None:
            return (before,)
        why = both("warm-up of {who}", who=", ".join(self._wanted.roles))
        tell(why)
        with self._interrupts.held_back():
            preparation = self._journal.begin_preparation(GROUP)
        self._station.wait(self._wanted.seconds, why)
        with self._interrupts.held_back():
            self._journal.end_preparation(preparation)
        return (preparation,)

    def _still_warm(self, wanted: WarmUp) -> Preparation | None:
        """Return a warm-up that came to its end, where the run was not away for long since."""
        if self._clock.now().timestamp() - self._journal.idle_since_s > wanted.cold_after_s:
            return None
        done = [p for p in self._journal.readings().preparations if p.group == GROUP and self._journal.is_ended(p)]
        return done[-1] if done else None
